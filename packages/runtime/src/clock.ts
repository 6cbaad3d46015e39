// Time as an argument: only a service's `main.ts` makes the real clock, so that tests can hand in their own.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
