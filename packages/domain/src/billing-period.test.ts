import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billingPeriodAt, cutPeriod, dateSpan, dateTextAt, daysIn, prorate, zoneOfPeriod } from './billing-period.ts';
import type { TimeSpan } from './calendar.ts';

function span(start: string, end: string): TimeSpan {
  return { startMs: Date.parse(start), endMs: Date.parse(end) };
}

describe('days', () => {
  it.each([
    // Clocks move on 8 March and 1 November in New York: the months are an hour short and an hour long.
    ['America/New_York', '2026-03-01T05:00:00Z', '2026-04-01T04:00:00Z', 31],
    ['America/New_York', '2026-11-01T04:00:00Z', '2026-12-01T05:00:00Z', 30],
    ['America/New_York', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z', 1],
    ['Asia/Tokyo', '2026-01-31T15:00:00Z', '2026-02-28T15:00:00Z', 28],
    // Apia skipped 30 December 2011.
    ['Pacific/Apia', '2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z', 2],
    ['UTC', '2026-01-10T12:00:00Z', '2026-01-20T09:00:00Z', 10],
  ])('in %s from %s to %s are %i dates', (zone, start, end, days) => {
    expect(daysIn(span(start, end), zone)).toBe(days);
  });

  it("are the customer's", () => {
    expect(dateTextAt(Date.parse('2026-10-31T15:00:00Z'), 'Asia/Tokyo')).toBe('2026-11-01');
  });
});

it.each([
  ['UTC', '2026-11-01', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'],
  ['America/New_York', '2026-11-01', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
  // The clocks move at midnight, so that the date begins at 01:00.
  ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z', '2026-04-24T21:00:00Z'],
])('a date in %s: %s', (zone, date, start, end) => {
  expect(dateSpan(date, zone)).toEqual(span(start, end));
});

it('begins on the anchor day, in the zone', () => {
  const calendar = [{ fromMs: Number.NEGATIVE_INFINITY, zone: 'Europe/Berlin', anchorDay: 31 }] as const;
  expect(billingPeriodAt(calendar, Date.parse('2026-03-15T00:00:00Z'))).toEqual(
    span('2026-02-27T23:00:00Z', '2026-03-30T22:00:00Z'),
  );
});

it('is of the zone that was in force when it began: a move waits for the end of the period under way', () => {
  const movedAtMs = Date.parse('2026-03-15T12:00:00Z');
  const calendar = [
    { fromMs: Number.NEGATIVE_INFINITY, zone: 'UTC', anchorDay: 1 },
    { fromMs: movedAtMs, zone: 'Asia/Tokyo', anchorDay: 1 },
  ] as const;
  const march = billingPeriodAt(calendar, movedAtMs);
  const next = billingPeriodAt(calendar, march.endMs);
  expect([march, next].map((period) => zoneOfPeriod(calendar, period))).toEqual(['UTC', 'Asia/Tokyo']);
  // One at the very start of a period waits too.
  const early = [calendar[0], { ...calendar[1], fromMs: march.startMs }] as const;
  expect(zoneOfPeriod(early, billingPeriodAt(early, march.startMs))).toBe('UTC');
});

describe('proration', () => {
  const january = span('2023-01-01T00:00:00Z', '2023-02-01T00:00:00Z');

  it.each([
    // https://docs.zuora.com/en/zuora-billing/bill-your-customer/usage-billing/unbilled-usage/usage-charge-proration
    ['17 of 31 days of $31 are $17', 3100n, '2023-01-15T00:00:00Z', '2023-02-01T00:00:00Z', 1700n],
    ['all of it', 3100n, '2023-01-01T00:00:00Z', '2023-02-01T00:00:00Z', 3100n],
    ['a start at noon pays for its day', 3100n, '2023-01-31T12:00:00Z', '2023-02-01T00:00:00Z', 100n],
    ['an end at noon does not', 3100n, '2023-01-01T00:00:00Z', '2023-01-02T12:00:00Z', 100n],
    ['nothing of a part of a day in between', 3100n, '2023-01-05T10:00:00Z', '2023-01-05T20:00:00Z', 0n],
    ['rounded half-up', 100n, '2023-01-01T00:00:00Z', '2023-01-02T00:00:00Z', 3n],
  ])('%s', (_name, amount, start, end, expected) => {
    expect(prorate({ amount, span: span(start, end), period: january, zone: 'UTC' })).toBe(expected);
  });

  it('adds up to the whole, however a period is cut', () => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Pacific/Apia', 'Africa/Casablanca', 'Asia/Kathmandu');
    const anchorDay = fc.integer({ min: 1, max: 31 });
    const at = fc.integer({ min: Date.UTC(2011, 0, 1), max: Date.UTC(2030, 0, 1) });
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });
    fc.assert(
      fc.property(
        zones,
        anchorDay,
        at,
        cuts,
        fc.bigInt({ min: 0n, max: 10n ** 9n }),
        (zone, day, atMs, places, amount) => {
          const period = billingPeriodAt([{ fromMs: Number.NEGATIVE_INFINITY, zone, anchorDay: day }], atMs);
          const changes = places.map((place) => Math.floor(period.startMs + place * (period.endMs - period.startMs)));
          const parts = cutPeriod(period, changes).map((part) => prorate({ amount, span: part, period, zone }));
          expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount);
          expect(parts.every((part) => part >= 0n)).toBe(true);
        },
      ),
      { seed: 5, numRuns: 300 },
    );
  });

  it('does not divide a period without a day', () => {
    const hours = span('2023-01-01T01:00:00Z', '2023-01-01T05:00:00Z');
    const [first, second] = cutPeriod(hours, [Date.parse('2023-01-01T02:00:00Z')]);
    expect(first && prorate({ amount: 9n, span: first, period: hours, zone: 'UTC' })).toBe(0n);
    expect(second && prorate({ amount: 9n, span: second, period: hours, zone: 'UTC' })).toBe(9n);
  });
});
