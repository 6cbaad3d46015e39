import type { Limit } from '@tollgate/accounts';
import type { LimitReading } from '@tollgate/limits';
import { describe, expect, it } from 'vitest';
import { figuresOf, windowOf } from './limit-figures.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 24);
const NOON_MS = START_MS + DAY_MS / 2;

const limit: Limit = {
  id: 'lim_1',
  customerId: 'cus_1',
  scope: { kind: 'customer', id: 'cus_1' },
  setBy: 'operator',
  modelPattern: null,
  metric: 'tokens',
  window: 'day',
  amount: 100n,
  mode: 'block',
  thresholds: [],
  allowanceWhenUnknown: null,
  refusesEvents: false,
  countsFromMs: 0,
  suspendedUntilMs: null,
  revision: 1,
  createdAtMs: 0,
  updatedAtMs: 0,
};

function figures(changes: Partial<Limit>, reading: LimitReading | null) {
  const changed = { ...limit, ...changes };
  const calendar = [{ fromMs: Number.NEGATIVE_INFINITY, zone: 'UTC', anchorDay: 1 }] as const;
  const window = windowOf(changed, calendar, NOON_MS);
  return figuresOf({ limit: changed, window, reading, nowMs: NOON_MS });
}

const known = (used: bigint, held = 0n): LimitReading => ({ isKnown: true, used, held });

describe('the figures of a limit', () => {
  it('are what is used and held, what is left, and what it comes to at this pace', () => {
    expect(figures({}, known(30n, 20n))).toEqual({
      state: 'known',
      isSuspended: false,
      used: 30n,
      held: 20n,
      remaining: 50n,
      projected: 60n,
      windowStartMs: START_MS,
      resetsAtMs: START_MS + DAY_MS,
    });
  });

  it('never say that less than nothing is left', () => {
    expect(figures({}, known(150n, 1n))).toMatchObject({ used: 150n, remaining: 0n });
  });

  it('are null, and not zero, while they are not known', () => {
    const nothing = { used: null, held: null, remaining: null, projected: null, resetsAtMs: START_MS + DAY_MS };
    expect(figures({}, { isKnown: false, used: 7n, held: 0n })).toMatchObject({ ...nothing, state: 'rebuilding' });
    expect(figures({}, null)).toMatchObject({ ...nothing, state: 'unknown' });
  });

  it('project from a reset on, and not from the start of the window', () => {
    expect(figures({ countsFromMs: START_MS + DAY_MS / 4 }, known(30n))).toMatchObject({ projected: 90n });
  });

  it('of a lifetime have no window, and of a minute the time in which the bucket drains', () => {
    const none = { windowStartMs: null, projected: null };
    expect(figures({ window: 'lifetime' }, known(30n))).toMatchObject({ ...none, resetsAtMs: null });
    expect(figures({ window: 'minute' }, known(50n))).toMatchObject({ ...none, resetsAtMs: NOON_MS + 30_000 });
    expect(figures({ window: 'minute' }, known(0n))).toMatchObject({ ...none, resetsAtMs: null });
    expect(figures({ window: 'minute', amount: 0n }, known(1n))).toMatchObject({ remaining: 0n, resetsAtMs: null });
  });

  it('say whether it is suspended at this instant', () => {
    expect(figures({ suspendedUntilMs: NOON_MS + 1 }, null).isSuspended).toBe(true);
    expect(figures({ suspendedUntilMs: NOON_MS }, null).isSuspended).toBe(false);
  });
});
