import { expect, it } from 'vitest';
import { parseMeterPath } from './meter.ts';

it.each([
  ['$.gib', ['gib']],
  ['$.a.b_c-d', ['a', 'b_c-d']],
  [`$["a b"][0]['c'].d`, ['a b', 0, 'c', 'd']],
])('%s', (path, segments) => {
  expect(parseMeterPath(path)).toEqual(segments);
});

it.each([
  '',
  '$',
  'gib',
  '$.',
  '$..a',
  '$.*',
  '$[-1]',
  '$[?(@.a)]',
  '$.a b',
  '$["a\\"b"]',
  `$${'.a'.repeat(9)}`,
  '$.a[0',
  `$.${'a'.repeat(300)}`,
])('%s is no path', (path) => {
  expect(parseMeterPath(path)).toBeNull();
});
