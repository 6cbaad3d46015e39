import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { contentCodingOf, decodeBody } from './decode-body.ts';

const BYTES_MAX = 100_000;

function codingOf(value: string | undefined) {
  const req = new IncomingMessage(new Socket());
  if (value !== undefined) req.headers['content-encoding'] = value;
  return contentCodingOf(req);
}

describe('contentCodingOf', () => {
  it.each([
    [undefined, 'identity'],
    ['identity', 'identity'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    [' br ', 'br'],
  ])('reads %s as %s', (value, coding) => {
    expect(codingOf(value)).toBe(coding);
  });

  it.each(['deflate', 'zstd', 'gzip, br', 'gzip, gzip'])('refuses %s', (value) => {
    expect(() => codingOf(value)).toThrow(expect.objectContaining({ code: 'unsupported_encoding' }));
  });
});

describe.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
] as const)('decodeBody of %s', (coding, compress) => {
  it('gives back what was compressed, up to the bound', () => {
    const text = Buffer.alloc(BYTES_MAX, 'text');
    expect(decodeBody(compress(text), coding, BYTES_MAX)).toEqual(text);
  });

  it('refuses one byte more, and a bomb a hundred times as large', () => {
    for (const size of [BYTES_MAX + 1, BYTES_MAX * 100]) {
      expect(() => decodeBody(compress(Buffer.alloc(size)), coding, BYTES_MAX)).toThrow(
        expect.objectContaining({ code: 'body_too_large' }),
      );
    }
  });

  it('refuses bytes that are damaged, cut off or something else', () => {
    const bytes = compress(Buffer.from('{"id":"a","type":"b"}'.repeat(50)));
    for (const damaged of [bytes.subarray(0, -5), Buffer.from('{}'), Buffer.alloc(0)]) {
      expect(() => decodeBody(damaged, coding, BYTES_MAX)).toThrow(
        expect.objectContaining({ code: 'invalid_request' }),
      );
    }
  });
});
