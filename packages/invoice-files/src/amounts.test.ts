import { exactText } from '@tollgate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactOf, minorOf, spread } from './amounts.ts';

it.each([
  ['12.30', 1230n],
  ['-0.05', -5n],
  ['1230', 1230n],
  ['-1.005', -1005n],
])('money of %s is %s minor units', (money, minor) => {
  expect(minorOf(money)).toBe(minor);
});

it.each(['0', '-0.5', '12', '0.0000000000000000000000000001', '-98765432109876543210.01'])('reads %s', (text) => {
  expect(exactText(exactOf(text))).toBe(text);
});

describe('parts', () => {
  it('add up to the whole, each within one of its share', () => {
    const weights = fc.array(fc.bigInt({ min: -500n, max: 5_000n }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.bigInt({ min: -9_999n, max: 9_999n }), weights, (total, list) => {
        const parts = spread(total, list);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(total);
        const whole = list.reduce((sum, weight) => sum + weight, 0n);
        if (whole === 0n) return;
        for (const [index, part] of parts.entries()) {
          const share = Number(total * (list[index] ?? 0n)) / Number(whole);
          expect(Math.abs(Number(part) - share)).toBeLessThanOrEqual(1 + 1e-6);
        }
      }),
      { seed: 6 },
    );
  });

  it('of nothing to go by are all in the first', () => {
    expect(spread(7n, [0n, 0n])).toEqual([7n, 0n]);
  });
});
