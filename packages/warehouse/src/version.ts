// The version of a usage row, by which ClickHouse keeps one of several: the earlier in the log, the greater, and of one place
// the later revision. The same arithmetic stands in withdraw-copies.sql and books.ts.
//
//   version := (2^96 - 1 - place) * 2^24 + revision        place := epoch * 2^64 + position

import type { LogPlace } from '@tollgate/domain';

const UINT64_MAX = 0xffff_ffff_ffff_ffffn;
const EPOCH_MAX = 0xffff_ffff;
const POSITION_END = 1n << 63n;
const REVISION_BITS = 24n;
/** The greatest is left to tombstones. */
const REVISION_END = 2 ** 24 - 1;

/** As its low and high 64 bits. Revision 0 is what the counter writes, each time that it reads the log. */
export function versionOf({ epoch, position }: LogPlace, revision: number): readonly [bigint, bigint] {
  if (position < 0n || position >= POSITION_END) throw new RangeError(`${position} is no position in a log`);
  if (!Number.isInteger(epoch) || epoch < 0 || epoch > EPOCH_MAX) throw new RangeError(`${epoch} is no epoch`);
  if (!Number.isInteger(revision) || revision < 0 || revision >= REVISION_END) {
    throw new RangeError(`${revision} is no revision`);
  }
  const low = ((UINT64_MAX - position) << REVISION_BITS) + BigInt(revision);
  return [low & UINT64_MAX, (BigInt(EPOCH_MAX - epoch) << REVISION_BITS) + (low >> 64n)];
}

/** A version as its low and high 64 bits. */
export function halvesOf(version: bigint): readonly [bigint, bigint] {
  return [version & UINT64_MAX, version >> 64n];
}

/** The place that a version stands for. */
export function placeOf(version: bigint): { readonly epoch: number; readonly position: bigint } {
  const inverse = version >> REVISION_BITS;
  return { epoch: EPOCH_MAX - Number(inverse >> 64n), position: UINT64_MAX - (inverse & UINT64_MAX) };
}
