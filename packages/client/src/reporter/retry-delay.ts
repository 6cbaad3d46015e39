// How long to wait before the next attempt: twice as long each time, with half of it left to chance so that many clients do
// not come back at once, and never before the server said.

/** What a server may ask for is bounded, lest a mistake of a proxy holds events back for days. */
const RETRY_AFTER_MAX_MS = 10 * 60 * 1_000;

export interface RetryTimes {
  /** Before the second attempt. */
  readonly firstMs: number;
  readonly maxMs: number;
}

/** `chance` is at least 0 and less than 1. */
export function retryDelayMs(
  { firstMs, maxMs }: RetryTimes,
  failure: { readonly failures: number; readonly retryAfterMs: number | null; readonly chance: number },
): number {
  const wholeMs = Math.min(maxMs, firstMs * 2 ** Math.min(failure.failures - 1, 30));
  const delayMs = wholeMs / 2 + (wholeMs / 2) * failure.chance;
  return Math.max(delayMs, Math.min(failure.retryAfterMs ?? 0, RETRY_AFTER_MAX_MS));
}
