import { expect, it } from 'vitest';
import { hasDuplicateMembers } from './duplicate-members.ts';

it.each([
  ['{"a":1,"a":2}', true],
  ['{"a":1,"\\u0061":2}', true],
  ['{"a":{"b":[{"c":1,"c":1}]}}', true],
  ['[{"a":1},{"a":1,"a":1}]', true],
  ['{"__proto__":1,"__proto__":2}', true],
  ['{"a":1,"b":{"a":1}}', false],
  ['[{"a":1},{"a":1}]', false],
  ['{"a:b":"c:d","e\\"":":"}', false],
  ['{"__proto__":{"a":1}}', false],
  ['"a:b"', false],
  ['{}', false],
  ['null', false],
])('%s: %s', (text, expected) => {
  expect(hasDuplicateMembers(text, JSON.parse(text))).toBe(expected);
});
