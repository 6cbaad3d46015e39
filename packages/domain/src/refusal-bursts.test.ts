import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BURST_LONGEST_MS, BURST_QUIET_MS, type Burst, followBursts } from './refusal-bursts.ts';

const MINUTE_MS = 60_000;
const at = (minute: number, source = 'a') => ({ source, minuteMs: minute * MINUTE_MS });
const starts = (bursts: readonly Burst[]) => bursts.map(({ startedAtMs }) => startedAtMs / MINUTE_MS);

describe('followBursts', () => {
  it('tells a burst once while it goes on, and again after a quiet time', () => {
    const { started, changed } = followBursts([at(10), at(11), at(15), at(21)], []);
    expect(starts(started)).toEqual([10, 21]);
    expect(changed).toEqual([{ source: 'a', startedAtMs: 21 * MINUTE_MS, lastAtMs: 21 * MINUTE_MS }]);
  });

  it('tells a burst of hours once an hour', () => {
    const minutes = Array.from({ length: 150 }, (_, minute) => at(minute));
    expect(starts(followBursts(minutes, []).started)).toEqual([0, 60, 120]);
  });

  it('keeps sources apart', () => {
    expect(followBursts([at(1, 'a'), at(1, 'b')], []).started.map(({ source }) => source)).toEqual(['a', 'b']);
  });

  // However the minutes are cut into looks, in whatever order, each look seeing some of them again.
  it('tells the same bursts however often it looks', () => {
    const minutesOf = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 80 });
    fc.assert(
      fc.property(minutesOf, fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1 }), (found, steps) => {
        const minutes = found.toSorted((one, other) => one - other).map((minute) => at(minute));
        const atOnce = followBursts(minutes, []).started;
        const told: Burst[] = [];
        let latest: readonly Burst[] = [];
        for (let seen = 0, look = 0; seen < minutes.length; look += 1) {
          const next = seen + (steps[look % steps.length] ?? 1);
          const { changed, started } = followBursts(minutes.slice(Math.max(0, seen - 3), next), latest);
          told.push(...started);
          latest = changed.length > 0 ? changed : latest;
          seen = next;
        }
        expect(starts(told)).toEqual(starts(atOnce));
        for (const [index, burst] of atOnce.entries()) {
          const before = atOnce[index - 1];
          if (before === undefined) continue;
          const gapMs = burst.startedAtMs - before.startedAtMs;
          expect(gapMs > BURST_QUIET_MS || gapMs >= BURST_LONGEST_MS).toBe(true);
        }
      }),
      { seed: 20261124, numRuns: 300 },
    );
  });
});
