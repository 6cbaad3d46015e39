import type { LimitDemand } from '@tollgate/domain';
import { expect, it } from 'vitest';
import { Allowances } from './allowances.ts';

const AT = { nowMs: 1_000, expiresAtMs: 2_000 };

function demand(quantity: bigint, allowanceWhenUnknown: bigint | null = 10n): LimitDemand {
  return {
    limit: {
      ...{ id: 'lim_1', scope: { kind: 'customer', id: 'cus_1' }, modelPattern: null, metric: 'requests' },
      ...{ window: 'day', countsFromMs: 0 },
    },
    ...{ windowStartMs: 0, amount: 100n, quantity, mode: 'block', allowanceWhenUnknown },
  };
}

it('admits the share of this process and no more, requests under way included', () => {
  const allowances = new Allowances({ processes: 2 });
  const first = allowances.take([demand(3n)], AT);
  const second = allowances.take([demand(3n)], AT);
  expect([first.allowances, second.allowances]).toEqual([[10n], [null]]);
  first.end([null]);
  expect(allowances.take([demand(2n)], AT).allowances).toEqual([10n]);
  expect(allowances.take([demand(1n)], AT).allowances).toEqual([null]);
});

it('gives back what was refused, and what a known counter took', () => {
  const allowances = new Allowances({ processes: 1 });
  for (const remaining of [undefined, [50n]]) {
    const taken = allowances.take([demand(10n)], AT);
    expect(taken.allowances).toEqual([10n]);
    taken.end(remaining);
  }
  expect(allowances.take([demand(10n)], AT).allowances).toEqual([10n]);
});

it('remembers what was let through until its reservation has run out and the counter is known', () => {
  const allowances = new Allowances({ processes: 1 });
  allowances.take([demand(10n)], AT).end([null]);
  // Known again and lost again at once: no second allowance.
  allowances.take([demand(1n)], AT).end([5n]);
  allowances.take([demand(0n)], AT).end([5n]);
  expect(allowances.take([demand(1n)], AT).allowances).toEqual([null]);
  allowances.take([demand(0n)], { nowMs: 2_000, expiresAtMs: 3_000 }).end([5n]);
  expect(allowances.take([demand(10n)], AT).allowances).toEqual([10n]);
});

it('has nothing for a closed limit', () => {
  expect(new Allowances({ processes: 1 }).take([demand(0n, null)], AT).allowances).toEqual([null]);
});
