import { expect, it } from 'vitest';
import { parseExact } from './exact-json.ts';

it('keeps every digit of a whole number, and leaves all else alone', () => {
  const text = `{"a":9007199254740993,"b":[-12345678901234567890,12],"c":1.2345678901234567,"d":"x \\" 9007199254740993","e":1234567890123456e3}`;
  expect(parseExact(text)).toEqual({
    a: '9007199254740993',
    b: ['-12345678901234567890', 12],
    c: 1.2345678901234567,
    d: 'x " 9007199254740993',
    e: 1234567890123456e3,
  });
});
