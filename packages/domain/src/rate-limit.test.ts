import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BucketState, chargeRate, DEBT_MINUTES_MAX, decideRate, RATE_MAX, rateWaitMs } from './rate-limit.ts';

const SEED = 20_261_124;
const START_MS = 1_790_000_000_000;

const limitOf = (perMinute: number) => ({ perMinute, burst: perMinute, debtMinutes: DEBT_MINUTES_MAX });

/** Lets one request after the other ask for one unit; answers which were allowed. */
function run(perMinute: number, timesMs: readonly number[]): readonly boolean[] {
  let state: BucketState | undefined;
  return timesMs.map((timeMs) => {
    const decision = decideRate([{ state, limit: limitOf(perMinute), cost: 1 }], START_MS + timeMs);
    state = decision.states[0];
    return decision.isAllowed;
  });
}

describe('a rate', () => {
  it('allows its burst at once, and then one for each interval', () => {
    const burst = run(
      60,
      Array.from({ length: 61 }, () => 0),
    );
    expect(burst.filter(Boolean)).toHaveLength(60);
    expect(burst.at(-1)).toBe(false);
    expect(run(60, [...Array.from({ length: 60 }, () => 0), 999, 1_000, 1_000, 1_999, 2_000]).slice(60)).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it('never allows more than its burst and what drains, in any stretch of time', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), gaps, (perMinute, gapsMs) => {
        let timeMs = 0;
        const timesMs = gapsMs.map((gapMs) => {
          timeMs += gapMs;
          return timeMs;
        });
        const allowedMs = timesMs.filter((_, index) => run(perMinute, timesMs)[index]);
        for (const [from, firstMs] of allowedMs.entries()) {
          for (const [to, lastMs] of allowedMs.entries()) {
            if (to < from) continue;
            expect(to - from + 1).toBeLessThanOrEqual(perMinute + (perMinute * (lastMs - firstMs)) / 60_000);
          }
        }
      }),
      { seed: SEED, numRuns: 30 },
    );
  });

  it('allows what it said would be allowed, and not a millisecond earlier', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.nat({ max: 600_000_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        (perMinute, level, cost) => {
          const request = {
            state: { level, atMs: START_MS },
            limit: limitOf(perMinute),
            cost: Math.min(cost, perMinute),
          };
          const waitMs = decideRate([request], START_MS).standings[0]?.retryAfterMs ?? 0;
          expect(decideRate([request], START_MS + waitMs).isAllowed).toBe(true);
          if (waitMs > 0) expect(decideRate([request], START_MS + waitMs - 1).isAllowed).toBe(false);
        },
      ),
      { seed: SEED },
    );
  });

  it('says what remains and when it is whole again', () => {
    const decision = decideRate([{ state: undefined, limit: limitOf(60), cost: 15 }], START_MS);
    expect(decision.standings).toEqual([{ remaining: 45, retryAfterMs: 0, resetAfterMs: 15_000 }]);
    const [state] = decision.states;
    expect(decideRate([{ state, limit: limitOf(60), cost: 0 }], START_MS + 15_000).standings).toEqual([
      { remaining: 60, retryAfterMs: 0, resetAfterMs: 0 },
    ]);
  });

  it('takes from all of several buckets or from none', () => {
    const full = chargeRate({ state: undefined, limit: limitOf(10), cost: 10 }, START_MS);
    const requests = [
      { state: undefined, limit: limitOf(60), cost: 1 },
      { state: full, limit: limitOf(10), cost: 0 },
    ];
    const refused = decideRate(requests, START_MS);
    expect(refused.isAllowed).toBe(false);
    expect(refused.standings.map(({ remaining, retryAfterMs }) => [remaining, retryAfterMs])).toEqual([
      [60, 0],
      [0, 6_000],
    ]);
    expect(decideRate(requests, START_MS + 6_000).standings.map(({ remaining }) => remaining)).toEqual([59, 1]);
  });

  it('goes past its end when it is charged, as far as its debt, and drains from there', () => {
    const state = chargeRate({ state: undefined, limit: limitOf(100), cost: 250 }, START_MS);
    expect(rateWaitMs({ state, limit: limitOf(100) }, START_MS)).toBe(90_600);
    const most = chargeRate({ state, limit: limitOf(100), cost: 1_000_000 }, START_MS);
    expect(rateWaitMs({ state: most, limit: limitOf(100) }, START_MS)).toBe(60 * 60_000 + 600);
  });

  it('follows a limit that is raised or lowered at once', () => {
    const state = chargeRate({ state: undefined, limit: limitOf(100), cost: 100 }, START_MS);
    expect(rateWaitMs({ state, limit: limitOf(100) }, START_MS)).toBe(600);
    expect(rateWaitMs({ state, limit: limitOf(1_000) }, START_MS)).toBe(0);
    expect(rateWaitMs({ state, limit: limitOf(10) }, START_MS)).toBe(91 * 6_000);
  });

  it('drains on after its clock was set back', () => {
    const state = chargeRate({ state: undefined, limit: limitOf(60), cost: 60 }, START_MS);
    const back = decideRate([{ state, limit: limitOf(60), cost: 1 }], START_MS - 3_600_000);
    expect(back.isAllowed).toBe(false);
    const [later] = back.states;
    expect(decideRate([{ state: later, limit: limitOf(60), cost: 1 }], START_MS - 3_599_000).isAllowed).toBe(true);
  });

  it('stays in the whole numbers at its largest', () => {
    const limit = limitOf(RATE_MAX);
    let state = chargeRate({ state: undefined, limit, cost: Number.MAX_SAFE_INTEGER }, START_MS);
    state = chargeRate({ state, limit, cost: Number.MAX_SAFE_INTEGER }, START_MS);
    expect(Number.isSafeInteger(state.level * 2)).toBe(true);
    expect(rateWaitMs({ state, limit }, START_MS)).toBe(3_600_001);
  });
});
