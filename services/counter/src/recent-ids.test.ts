import { expect, it } from 'vitest';
import { RecentIds } from './recent-ids.ts';

const place = (position: bigint, epoch = 1) => ({ epoch, position });

it('knows a later copy, and takes the same place for a redelivery', () => {
  const ids = new RecentIds();
  expect(ids.isCopy(0, 'a', place(5n))).toBe(false);
  expect(ids.isCopy(0, 'a', place(6n))).toBe(true);
  expect(ids.isCopy(0, 'a', place(5n))).toBe(false);
  expect(ids.isCopy(0, 'a', place(1n, 2))).toBe(true);
  expect(ids.isCopy(1, 'a', place(7n))).toBe(false);
});

it('takes an earlier place for the first, when the log is read again', () => {
  const ids = new RecentIds();
  ids.isCopy(0, 'a', place(9n));
  expect(ids.isCopy(0, 'a', place(3n))).toBe(false);
  expect(ids.isCopy(0, 'a', place(9n))).toBe(true);
});

it('keeps the last 20,000 ids at least, and is bounded', () => {
  const ids = new RecentIds();
  for (let n = 0; n < 100_000; n++) ids.isCopy(0, `id-${n}`, place(BigInt(n)));
  expect(ids.isCopy(0, 'id-80000', place(200_000n))).toBe(true);
  expect(ids.isCopy(0, 'id-100', place(200_000n))).toBe(false);
});

it('forgets what it is told to', () => {
  const ids = new RecentIds();
  ids.isCopy(0, 'a', place(1n));
  ids.isCopy(1, 'a', place(1n));
  ids.isCopy(1, 'b', place(2n));
  ids.keepOnly([1]);
  ids.forgetEvent(1, 'b');
  expect(ids.isCopy(0, 'a', place(8n))).toBe(false);
  expect(ids.isCopy(1, 'b', place(8n))).toBe(false);
  expect(ids.isCopy(1, 'a', place(8n))).toBe(true);
  ids.forgetPartition(1);
  expect(ids.isCopy(1, 'a', place(8n))).toBe(false);
});
