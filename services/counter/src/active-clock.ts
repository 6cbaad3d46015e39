// A clock that stands still while the process does: stopped by a signal, suspended with its machine, starved. Without it an
// innocent text would be past its deadline at the moment the process goes on.

export interface ActiveClock {
  /** Milliseconds since the clock was made, in which the process ran. */
  now(): number;
}

/** Between two looks at the clock at most `stepMaxMs` pass. */
export function createActiveClock(realNow: () => number, stepMaxMs: number): ActiveClock {
  let activeMs = 0;
  let seenMs = realNow();
  return {
    now() {
      const nowMs = realNow();
      activeMs += Math.min(nowMs - seenMs, stepMaxMs);
      seenMs = nowMs;
      return activeMs;
    },
  };
}
