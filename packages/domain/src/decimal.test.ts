import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal } from './decimal.ts';

describe('decimal text', () => {
  it.each([
    ['2.5', 2_500_000n],
    ['2.500000000', 2_500_000n],
    ['0', 0n],
    ['-0.000001', -1n],
    ['0.0000001', undefined],
    ['1e3', undefined],
    ['.5', undefined],
    ['5.', undefined],
    ['+1', undefined],
    [' 1', undefined],
    ['', undefined],
    ['1,5', undefined],
  ])('%j in millionths is %s', (text, expected) => {
    expect(parseDecimal(text, 6)).toBe(expected);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.integer({ min: 0, max: 12 }),
        (value, digits) => {
          expect(parseDecimal(formatDecimal(value, digits), digits)).toBe(value);
        },
      ),
      { seed: 7 },
    );
  });
});
