import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectedUse, THRESHOLDS_DEFAULT, thresholdsReached } from './limit-alerts.ts';

describe('the thresholds reached', () => {
  it.each([
    [0n, 100n, []],
    [49n, 100n, []],
    [50n, 100n, [50]],
    [89n, 100n, [50, 75]],
    [100n, 100n, [50, 75, 90, 100]],
    [250n, 100n, [50, 75, 90, 100]],
    [0n, 0n, []],
    [1n, 0n, [50, 75, 90, 100]],
    // 50 % of 3 is 1.5: two of three are past it, one is not.
    [1n, 3n, []],
    [2n, 3n, [50]],
  ])('by %s of %s are %j', (used, amount, reached) => {
    expect(thresholdsReached({ used, amount, thresholds: THRESHOLDS_DEFAULT })).toEqual(reached);
  });

  it('never become fewer as the use grows', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 24n });
    fc.assert(
      fc.property(amount, amount, amount, (limit, used, more) => {
        const before = thresholdsReached({ used, amount: limit, thresholds: THRESHOLDS_DEFAULT });
        const after = thresholdsReached({ used: used + more, amount: limit, thresholds: THRESHOLDS_DEFAULT });
        expect(after.slice(0, before.length)).toEqual(before);
      }),
    );
  });
});

describe('the projected use', () => {
  const window = { startMs: 1_000, endMs: 2_000 };

  it.each([
    [50n, 1_099, null],
    [50n, 1_100, 500n],
    [50n, 1_500, 100n],
    [50n, 2_000, 50n],
    [50n, 2_500, 50n],
  ])('of %s at %i is %s', (used, nowMs, projected) => {
    expect(projectedUse({ used, window, nowMs })).toBe(projected);
  });

  it('of a lifetime is not known', () => {
    expect(projectedUse({ used: 5n, window: { startMs: 0, endMs: Number.POSITIVE_INFINITY }, nowMs: 1 })).toBeNull();
  });
});
