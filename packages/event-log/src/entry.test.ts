import { expect, test } from 'vitest';
import { packEntry, unpackEntry } from './entry.ts';
import { RECORDS_PER_ENTRY_MAX } from './event-log.ts';

test('what is packed is unpacked, in order, empty records included', () => {
  const records = ['a', '', 'longer'].map((text) => Buffer.from(text));
  expect(unpackEntry(packEntry(records)).map(String)).toEqual(['a', '', 'longer']);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['too short for a length', Buffer.from([1, 0])],
  ['a length past the end', Buffer.from([9, 0, 0, 0, 1])],
  ['bytes after the last record', Buffer.concat([packEntry([Buffer.from('a')]), Buffer.from([7])])],
  [
    'more records than an entry may hold',
    packEntry(Array.from({ length: RECORDS_PER_ENTRY_MAX + 1 }, () => Buffer.alloc(0))),
  ],
])('bytes that are not an entry (%s) are one record', (_, bytes) => {
  expect(unpackEntry(bytes)).toEqual([bytes]);
});
