import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, exact, exactText, parseExact, plus, roundHalfUp, sum, times, timesNeeded, ZERO } from './exact.ts';

const amount = fc.record({
  value: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
  digits: fc.integer({ min: 0, max: 30 }),
});

describe('rounding half-up', () => {
  it.each([
    ['0.005', 2, 1n],
    ['0.00499999999999999999', 2, 0n],
    ['2.675', 2, 268n],
    ['-0.005', 2, -1n],
    ['-0.0049', 2, 0n],
    ['0.5', 0, 1n],
    ['1.0005', 3, 1001n],
    ['12', 2, 1200n],
  ])('%s to %i digits', (text, digits, expected) => {
    expect(roundHalfUp(parseExact(text) ?? ZERO, digits)).toBe(expected);
  });

  it('treats what is credited as what was billed', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 4 }), (given, digits) => {
        expect(roundHalfUp({ ...given, value: -given.value }, digits)).toBe(-roundHalfUp(given, digits));
      }),
      { seed: 1 },
    );
  });

  it('is off by half a unit at most', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 4 }), (given, digits) => {
        const error = plus(given, exact(-roundHalfUp(given, digits), digits));
        const size = error.value < 0n ? { ...error, value: -error.value } : error;
        expect(compare(times(size, exact(2n)), exact(1n, digits))).toBeLessThanOrEqual(0);
      }),
      { seed: 2 },
    );
  });
});

it('adds and multiplies without loss', () => {
  fc.assert(
    fc.property(amount, amount, amount, (a, b, c) => {
      expect(compare(times(a, plus(b, c)), plus(times(a, b), times(a, c)))).toBe(0);
      expect(compare(sum([a, b, c]), sum([c, a, b]))).toBe(0);
    }),
    { seed: 3 },
  );
});

it.each([
  ['2.50', '2.5'],
  ['100', '100'],
  ['-0.000001', '-0.000001'],
  ['0.0', '0'],
])('%s is read, and written as %s', (text, written) => {
  expect(exactText(parseExact(text) ?? exact(-1n))).toBe(written);
});

it.each([
  ['0', '10', 0n],
  ['-3', '10', 0n],
  ['0.0001', '10', 1n],
  ['10', '10', 1n],
  ['10.5', '10', 2n],
  ['1', '0.25', 4n],
])('%s needs packages of %s', (given, size, packages) => {
  expect(timesNeeded(parseExact(given) ?? ZERO, parseExact(size) ?? ZERO)).toBe(packages);
});
