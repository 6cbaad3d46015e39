import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toJsonText } from './json-text.ts';

it('is JSON.stringify for what JSON.stringify can say', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(toJsonText(value as never))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { seed: 20_261_124 },
  );
});

it('writes whole numbers with all their digits', () => {
  expect(toJsonText({ tokens: { input: 9_007_199_254_740_993n }, list: [0n, -1n] })).toBe(
    '{"tokens":{"input":9007199254740993},"list":[0,-1]}',
  );
});

it('leaves out what is undefined', () => {
  expect(toJsonText({ a: undefined, b: null, c: [undefined, 1] })).toBe('{"b":null,"c":[null,1]}');
});
