import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSseReader } from './sse-reader.ts';

function read(pieces: readonly Uint8Array[]): unknown[] {
  const values: unknown[] = [];
  const reader = createSseReader((value) => values.push(value));
  for (const piece of pieces) reader.add(piece);
  reader.end();
  return values;
}

const BODY = [
  ': a comment',
  'event: message_start',
  'data: {"text":"Größe ✓ 🎉"}',
  '',
  'data: {"a":1,',
  'data: "b":2}',
  '',
  'data:{"c":3}\r',
  '\r',
  'data: [DONE]',
  '',
  'data: {"last":true}',
].join('\n');
const VALUES = [{ text: 'Größe ✓ 🎉' }, { a: 1, b: 2 }, { c: 3 }, { last: true }];

it('the same is read wherever the bytes are cut', () => {
  const bytes = new TextEncoder().encode(BODY);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 20 }), (cuts) => {
      const places = [0, ...cuts.sort((one, other) => one - other), bytes.length];
      const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      expect(read(pieces)).toEqual(VALUES);
    }),
  );
});

it('an event without end is passed over, and the next one is read', () => {
  const line = new TextEncoder().encode('x'.repeat(1_000_000));
  const values = read([
    new TextEncoder().encode('data: "'),
    ...Array(6).fill(line),
    new TextEncoder().encode('"\n\ndata: 1\n\n'),
  ]);
  expect(values).toEqual([1]);
});
