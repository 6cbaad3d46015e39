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

/** A limit as far as it tells of itself. */
export interface WatchedLimit {
  readonly amount: bigint;
  readonly thresholds: readonly number[];
  /** Since when it is as it is: of windows that had ended by then it has nothing to tell. */
  readonly updatedAtMs: number;
}

export interface LimitNews {
  readonly kind: 'threshold' | 'projected';
  /** Percent of the amount; 100 for a projection. */
  readonly threshold: number;
  readonly used: bigint;
  readonly window: TimeSpan;
}

/** All that there is to tell of a limit, told already or not: who tells it remembers by limit, revision, window and threshold. */
export function newsOf(
  limit: WatchedLimit,
  windows: readonly { readonly window: TimeSpan; readonly used: bigint }[],
  nowMs: number,
): readonly LimitNews[] {
  return windows
    .filter(({ window }) => window.endMs > limit.updatedAtMs)
    .flatMap(({ window, used }) => {
      const reached = thresholdsReached({ ...limit, used });
      const news = reached.map((threshold): LimitNews => ({ kind: 'threshold', threshold, used, window }));
      return willExceed(limit, { window, used, nowMs })
        ? [...news, { kind: 'projected', threshold: 100, used, window } as const]
        : news;
    });
}

/** In the window under way, and not once it has come to pass. */
function willExceed({ amount }: WatchedLimit, of: Parameters<typeof projectedUse>[0]): boolean {
  const { used, window, nowMs } = of;
  if (used >= amount || nowMs < window.startMs || nowMs >= window.endMs) return false;
  const projected = projectedUse(of);
  return projected !== null && projected > amount;
}
