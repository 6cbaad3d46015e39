// When a limit tells: at shares of its amount that were reached, and when its use is on the way to pass it.

import type { TimeSpan } from './calendar.ts';

/** Percent of the amount. */
export const THRESHOLDS_DEFAULT: readonly number[] = [50, 75, 90, 100];

/** Nothing is projected from less than this share of a window: a single morning says little of a month. */
const ELAPSED_SHARE_MIN = 0.1;

/** The thresholds that the use has reached, in ascending order. A limit of nothing is reached by any use. */
export function thresholdsReached(limit: {
  readonly used: bigint;
  readonly amount: bigint;
  readonly thresholds: readonly number[];
}): readonly number[] {
  const { used, amount, thresholds } = limit;
  if (used === 0n) return [];
  return thresholds.filter((percent) => used * 100n >= amount * BigInt(percent)).toSorted((a, b) => a - b);
}

/**
 * What the use comes to by the end of the window if it goes on at the pace it has had in it so far. Null while too little
 * of the window is over, and for one that never ends.
 */
export function projectedUse(of: {
  readonly used: bigint;
  readonly window: TimeSpan;
  readonly nowMs: number;
}): bigint | null {
  const { used, window, nowMs } = of;
  const durationMs = window.endMs - window.startMs;
  const elapsedMs = nowMs - window.startMs;
  if (!Number.isFinite(durationMs) || elapsedMs < durationMs * ELAPSED_SHARE_MIN) return null;
  if (nowMs >= window.endMs) return used;
  return (used * BigInt(durationMs)) / BigInt(elapsedMs);
}
