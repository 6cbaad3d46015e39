import { type LogBatch, positionOf } from '@tollgate/event-log';
import { expect, it } from 'vitest';
import { cutBatch } from './cut-batch.ts';

function batchOf(entries: readonly number[]): LogBatch {
  const records = entries.flatMap((size, entry) =>
    Array.from({ length: size }, (_, index) => ({
      partition: 3,
      position: positionOf(100n + BigInt(entry), index),
      value: new Uint8Array(),
    })),
  );
  return { partition: 3, firstOffset: 100n, nextOffset: 100n + BigInt(entries.length), records };
}

it('cuts between entries, and leaves no record and no offset out', () => {
  const batch = batchOf([3_000, 1_999, 1, 4_000, 4_000, 7]);
  const parts = [...cutBatch(batch)];
  expect(parts.map(({ records, firstOffset, nextOffset }) => [records.length, firstOffset, nextOffset])).toEqual([
    [5_000, 100n, 103n],
    [8_000, 103n, 105n],
    [7, 105n, 106n],
  ]);
  expect(parts.flatMap(({ records }) => records)).toEqual(batch.records);
});

it('leaves a small batch, and one without records, in one part', () => {
  expect([...cutBatch(batchOf([10]))]).toEqual([batchOf([10])]);
  expect([...cutBatch(batchOf([]))]).toEqual([batchOf([])]);
});
