// The version of a usage row, by which ClickHouse keeps one of several: the earlier in the log, the greater. The same
// arithmetic stands in withdraw-copies.sql.

import type { LogPlace } from '@tollgate/domain';

const UINT64_MAX = 0xffff_ffff_ffff_ffffn;
const POSITION_END = 1n << 63n;
const EPOCH_END = 0x1_0000_0000;

/** `2^128 - 2 - (epoch * 2^64 + position)`, as its low and high 64 bits. The greatest UInt128 stays for voids. */
export function versionOf({ epoch, position }: LogPlace): readonly [bigint, bigint] {
  if (position < 0n || position >= POSITION_END) throw new RangeError(`${position} is no position in a log`);
  if (!Number.isInteger(epoch) || epoch < 0 || epoch >= EPOCH_END) throw new RangeError(`${epoch} is no epoch`);
  return [UINT64_MAX - 1n - position, UINT64_MAX - BigInt(epoch)];
}

/** The place that a version stands for. */
export function placeOf(version: bigint): { readonly epoch: number; readonly position: bigint } {
  return { epoch: Number(UINT64_MAX - (version >> 64n)), position: UINT64_MAX - 1n - (version & UINT64_MAX) };
}
