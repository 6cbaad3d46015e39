import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apportion } from './apportion.ts';

it.each([
  [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
  [-100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
  [10n, [0n, 7n, 3n], [0n, 7n, 3n]],
  [1n, [1n, 2n], [0n, 1n]],
  [5n, [0n, 0n], [5n, 0n]],
  [0n, [3n, 4n], [0n, 0n]],
  [7n, [], []],
])('%s by %s', (total, weights, shares) => {
  expect(apportion(total, weights)).toEqual(shares);
});

it('adds up, and no part is off by a unit', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), weights, (total, given) => {
      const shares = apportion(total, given);
      expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(total);
      const whole = given.reduce((sum, weight) => sum + weight, 0n);
      if (whole === 0n) return;
      for (const [index, share] of shares.entries()) {
        const error = share * whole - total * (given[index] ?? 0n);
        expect(error < whole && error > -whole).toBe(true);
      }
    }),
    { seed: 4 },
  );
});
