import { expect, it } from 'vitest';
import { bearerTokenOf } from './bearer-token.ts';

it.each([
  ['Bearer abc', 'abc'],
  ['bearer abc', 'abc'],
  ['BEARER   tg_live_x', 'tg_live_x'],
  ['Bearer a.b-c_d~e+f/g==', 'a.b-c_d~e+f/g=='],
])('%j holds a token', (header, token) => {
  expect(bearerTokenOf(header)).toBe(token);
});

it.each([undefined, ''])('%j is a missing token', (header) => {
  expect(() => bearerTokenOf(header)).toThrow(expect.objectContaining({ code: 'missing_token', status: 401 }));
});

it.each([
  'Bearer',
  'Bearer ',
  'Bearer a b',
  'Bearer a, Bearer b',
  'Bearer "a"',
  'Bearer a ',
  ' Bearer a',
  'Bearer\ta',
  'Basic YTpi',
  'tg_live_abc',
  'Bearer =',
  'Bearer ä',
  `Bearer ${'a'.repeat(5_000)}`,
])('is told from other headers, case %#', (header) => {
  expect(() => bearerTokenOf(header)).toThrow(expect.objectContaining({ code: 'invalid_token', status: 401 }));
});
