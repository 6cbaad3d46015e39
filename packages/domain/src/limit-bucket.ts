// The limit of a minute: a bucket that use fills and time drains evenly (the generic cell rate algorithm, counted from the
// other end), so that no two bursts meet at a boundary.

const MINUTE_MS = 60_000n;

export interface Bucket {
  /** In 60,000ths of the limit's unit, so that what drains in a millisecond is a whole number. */
  level: bigint;
  atMs: number;
  /** What drains in a minute: the limit's amount, as last heard. */
  amount: bigint;
}

/** Drains the bucket until now, then adds; it never holds less than nothing. */
export function pour(
  bucket: Bucket,
  { quantity, amount, nowMs }: { readonly quantity: bigint; readonly amount?: bigint; readonly nowMs: number },
): void {
  bucket.amount = amount ?? bucket.amount;
  bucket.level = atLeastZero(levelOf(bucket, nowMs) + quantity * MINUTE_MS);
  bucket.atMs = Math.max(bucket.atMs, nowMs);
}

/** Whole units that fit in. */
export function leftIn(bucket: Bucket, nowMs: number): bigint {
  return atLeastZero((bucket.amount * MINUTE_MS - levelOf(bucket, nowMs)) / MINUTE_MS);
}

function levelOf({ level, atMs, amount }: Bucket, nowMs: number): bigint {
  return atLeastZero(level - amount * BigInt(Math.max(0, nowMs - atMs)));
}

function atLeastZero(value: bigint): bigint {
  return value > 0n ? value : 0n;
}
