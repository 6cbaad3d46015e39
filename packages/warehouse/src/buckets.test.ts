import { describe, expect, it } from 'vitest';
import { runsOf } from './arithmetic-runs.ts';
import { bucketsOf } from './buckets.ts';
import type { Bucket } from './warehouse.ts';

function starts(options: { start: string; end: string; bucket: Bucket; zone: string }): string[] {
  const { bucket, zone } = options;
  const buckets = bucketsOf({ startMs: Date.parse(options.start), endMs: Date.parse(options.end), bucket, zone });
  return buckets.starts.map((startMs) => new Date(startMs).toISOString().replace(':00.000Z', 'Z'));
}

describe('buckets', () => {
  it('begin a day with the skip where the clock skips midnight', () => {
    const cairo = {
      start: '2026-04-23T12:00Z',
      end: '2026-04-25T00:00Z',
      bucket: 'day',
      zone: 'Africa/Cairo',
    } as const;
    expect(starts(cairo)).toEqual(['2026-04-23T12:00Z', '2026-04-23T22:00Z', '2026-04-24T21:00Z']);
  });

  it('leave out the date that a zone skipped', () => {
    const apia = { start: '2011-12-29T10:00Z', end: '2011-12-31T10:00Z', bucket: 'day', zone: 'Pacific/Apia' } as const;
    expect(starts(apia)).toEqual(['2011-12-29T10:00Z', '2011-12-30T10:00Z']);
  });

  it('divide hours where the clock moves by half of one', () => {
    const lordHowe = {
      start: '2026-04-04T13:00Z',
      end: '2026-04-04T17:00Z',
      bucket: 'hour',
      zone: 'Australia/Lord_Howe',
    } as const;
    expect(starts(lordHowe)).toEqual([
      '2026-04-04T13:00Z',
      '2026-04-04T14:00Z',
      '2026-04-04T15:00Z',
      '2026-04-04T15:30Z',
      '2026-04-04T16:30Z',
    ]);
  });

  it('cover the period without a gap, in order, in every zone of a year', () => {
    for (const zone of ['America/Santiago', 'Asia/Kathmandu', 'Europe/Dublin', 'Africa/Casablanca', 'Asia/Tehran']) {
      for (const bucket of ['hour', 'day', 'month'] as const) {
        const [startMs, endMs] = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)];
        const list = bucketsOf({ startMs, endMs, bucket, zone }).starts;
        expect(list[0]).toBe(startMs);
        expect(list).toEqual([...new Set(list)].sort((a, b) => a - b));
        const expected = { hour: 365 * 24, day: 365, month: 12 }[bucket];
        expect(list.length).toBeGreaterThanOrEqual(expected);
        expect(list.length).toBeLessThanOrEqual(expected + 3);
      }
    }
  });
});

describe('runs', () => {
  it.each([[[]], [[5]], [[1, 2, 3]], [[0, 3600, 7200, 7300, 7400, 9000]], [[1, 10, 11, 12, 30]]])(
    'hold %j',
    (values) => {
      const { starts: firsts, counts, steps } = runsOf(values);
      const again = firsts.flatMap((first, run) =>
        Array.from({ length: counts[run] ?? 0 }, (_, index) => first + index * (steps[run] ?? 0)),
      );
      expect(again).toEqual(values);
    },
  );
});
