import { expect, it } from 'vitest';
import { byteRangeOf } from './byte-range.ts';

it.each([
  [undefined, null],
  ['bytes=0-9', { start: 0, end: 10 }],
  ['bytes=90-', { start: 90, end: 100 }],
  ['bytes=90-500', { start: 90, end: 100 }],
  ['bytes=-10', { start: 90, end: 100 }],
  ['bytes=-500', { start: 0, end: 100 }],
  // Not to be satisfied, or more than one: all of it.
  ['bytes=100-', null],
  ['bytes=-0', null],
  ['bytes=9-8', null],
  ['bytes=0-1,5-6', null],
  ['lines=0-1', null],
  ['bytes=-', null],
])('reads %s of 100 bytes', (header, range) => {
  expect(byteRangeOf(header, 100)).toEqual(range);
});
