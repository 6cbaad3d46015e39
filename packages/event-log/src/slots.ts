// A bound on how much goes on at once. Who waits is served in the order of asking.

export interface Slots {
  /** Resolves with the function that gives the slot back; with undefined when the signal was aborted first. */
  take(signal: AbortSignal): Promise<(() => void) | undefined>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting = new Set<() => void>();

  const release = (): void => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else next();
  };

  return {
    take(signal) {
      if (signal.aborted) return Promise.resolve(undefined);
      if (free > 0) {
        free -= 1;
        return Promise.resolve(release);
      }
      return new Promise((resolve) => {
        const settle = (slot: (() => void) | undefined): void => {
          waiting.delete(take);
          signal.removeEventListener('abort', giveUp);
          resolve(slot);
        };
        const take = (): void => settle(release);
        const giveUp = (): void => settle(undefined);
        waiting.add(take);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}
