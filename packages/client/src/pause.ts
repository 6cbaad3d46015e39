// A wait that can be cut short. One in the background does not keep a process from ending: what has to happen before the
// end happens in `on-exit.ts`.

export interface Pause {
  readonly isOver: Promise<void>;
  end(): void;
}

export function startPause(delayMs: number, kind: 'background' | 'foreground'): Pause {
  let resolve = (): void => {};
  const isOver = new Promise<void>((settle) => {
    resolve = settle;
  });
  const timer = setTimeout(() => resolve(), delayMs);
  if (kind === 'background') unref(timer);
  const end = (): void => {
    clearTimeout(timer);
    resolve();
  };
  return { isOver, end };
}

/** Node and Bun have timers that are objects; elsewhere a timer is a number, and this does nothing. */
function unref(timer: unknown): void {
  if (typeof timer !== 'object' || timer === null || !('unref' in timer)) return;
  if (typeof timer.unref === 'function') timer.unref();
}
