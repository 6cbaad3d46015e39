// How a limit stands at an instant: what its counter says, and its window. Pure.

import type { Limit } from '@tollgate/accounts';
import { type Calendar, countingStart, projectedUse, type TimeSpan, windowAt } from '@tollgate/domain';
import type { LimitReading } from '@tollgate/limits';

export interface LimitFigures {
  /** `rebuilding`: what was used before is being counted; `unknown`: the counter cannot be reached. */
  readonly state: 'known' | 'rebuilding' | 'unknown';
  readonly isSuspended: boolean;
  /** In the metric's unit; null while they are not known, which is never zero. */
  readonly used: bigint | null;
  readonly held: bigint | null;
  readonly remaining: bigint | null;
  readonly projected: bigint | null;
  /** Null for a bucket and for a lifetime. */
  readonly windowStartMs: number | null;
  readonly resetsAtMs: number | null;
}

const MINUTE_MS = 60_000n;

/** The window under way; null for a bucket, which has none. */
export function windowOf({ window }: Pick<Limit, 'window'>, calendar: Calendar, nowMs: number): TimeSpan | null {
  return window === 'minute' ? null : windowAt(window, calendar, nowMs);
}

export function figuresOf(of: {
  readonly limit: Limit;
  readonly window: TimeSpan | null;
  /** Null when the counter could not be reached. */
  readonly reading: LimitReading | null;
  readonly nowMs: number;
}): LimitFigures {
  const { limit, window, reading, nowMs } = of;
  const frame = {
    isSuspended: limit.suspendedUntilMs !== null && limit.suspendedUntilMs > nowMs,
    windowStartMs: isEndless(window) ? null : window.startMs,
    resetsAtMs: isEndless(window) ? null : window.endMs,
  };
  if (reading === null || !reading.isKnown) {
    const state = reading === null ? 'unknown' : 'rebuilding';
    return { ...frame, state, used: null, held: null, remaining: null, projected: null };
  }
  const { used, held } = reading;
  const left = limit.amount - used - held;
  return {
    ...frame,
    ...(window === null ? { resetsAtMs: drainedAt(used, limit.amount, nowMs) } : {}),
    state: 'known',
    used,
    held,
    remaining: left > 0n ? left : 0n,
    projected: window === null ? null : projectedUse({ used, window: countedSpan(limit, window), nowMs }),
  };
}

function isEndless(window: TimeSpan | null): window is null {
  return window === null || !Number.isFinite(window.endMs);
}

/** The pace is that since a reset: before it, nothing was counted. */
function countedSpan(limit: Limit, { startMs, endMs }: TimeSpan): TimeSpan {
  return { startMs: countingStart(limit, startMs), endMs };
}

function drainedAt(used: bigint, amount: bigint, nowMs: number): number | null {
  if (used === 0n || amount === 0n) return null;
  return nowMs + Number((used * MINUTE_MS + amount - 1n) / amount);
}
