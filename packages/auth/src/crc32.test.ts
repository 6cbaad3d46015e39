import { expect, it } from 'vitest';
import { crc32 } from './crc32.ts';

// The check value is the one that every catalogue of CRCs gives for CRC-32/ISO-HDLC; the others are zlib's.
it.each([
  ['', 0x00000000],
  ['a', 0xe8b7be43],
  ['abc', 0x352441c2],
  ['123456789', 0xcbf43926],
  ['message digest', 0x20159d7f],
  ['The quick brown fox jumps over the lazy dog', 0x414fa339],
])('of %j', (text, expected) => {
  expect(crc32(text)).toBe(expected);
});
