import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALENDAR_WINDOWS, type Calendar, type CalendarWindow, windowAt } from './calendar.ts';

const ALWAYS = Number.NEGATIVE_INFINITY;

function calendarIn(zone: string, anchorDay = 1): Calendar {
  return [{ fromMs: ALWAYS, zone, anchorDay }];
}

/** Zones whose clocks do what code tends to forget: half an hour, midnight skipped or repeated, a whole day skipped. */
const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'America/Havana',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Africa/Casablanca',
];

const zone = fc.constantFrom(...ZONES);
const window = fc.constantFrom(...CALENDAR_WINDOWS.filter((each) => each !== 'lifetime'));
const instant = fc.integer({ min: Date.UTC(2009, 0, 1), max: Date.UTC(2030, 0, 1) });
const anchorDay = fc.integer({ min: 1, max: 31 });

function isoSpan(kind: CalendarWindow, calendar: Calendar, at: string): readonly [string, string] {
  const { startMs, endMs } = windowAt(kind, calendar, Date.parse(at));
  return [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
}

describe('a window', () => {
  it.each([
    ['day', 'America/New_York', '2026-03-08T12:00:00Z', '2026-03-08T05:00:00.000Z', '2026-03-09T04:00:00.000Z'],
    ['day', 'America/New_York', '2026-11-01T12:00:00Z', '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
    ['week', 'Europe/Berlin', '2026-11-29T12:00:00Z', '2026-11-22T23:00:00.000Z', '2026-11-29T23:00:00.000Z'],
    ['month', 'Asia/Tokyo', '2026-02-28T15:00:00Z', '2026-02-28T15:00:00.000Z', '2026-03-31T15:00:00.000Z'],
    ['hour', 'Asia/Kathmandu', '2026-06-01T00:20:00Z', '2026-06-01T00:15:00.000Z', '2026-06-01T01:15:00.000Z'],
    // 01:30 to 02:00 comes twice in one night: the second half hour is a window of its own.
    ['hour', 'Australia/Lord_Howe', '2026-04-04T15:10:00Z', '2026-04-04T15:00:00.000Z', '2026-04-04T15:30:00.000Z'],
    // Samoa skipped the 30th of December 2011.
    ['day', 'Pacific/Apia', '2011-12-30T09:00:00Z', '2011-12-29T10:00:00.000Z', '2011-12-30T10:00:00.000Z'],
  ] as const)('of a %s in %s at %s begins and ends where the clocks say', (kind, name, at, start, end) => {
    expect(isoSpan(kind, calendarIn(name), at)).toEqual([start, end]);
  });

  it.each([
    [31, '2026-02-10T00:00:00Z', '2026-01-31', '2026-02-28'],
    [31, '2026-02-28T00:00:00Z', '2026-02-28', '2026-03-31'],
    [31, '2026-03-30T23:59:59Z', '2026-02-28', '2026-03-31'],
    [30, '2028-02-29T00:00:00Z', '2028-02-29', '2028-03-30'],
    [15, '2026-12-31T00:00:00Z', '2026-12-15', '2027-01-15'],
    [1, '2026-12-31T00:00:00Z', '2026-12-01', '2027-01-01'],
  ] as const)(
    'of a billing period anchored on day %i, at %s, is clipped but never drifts',
    (anchor, at, start, end) => {
      expect(isoSpan('billing_period', calendarIn('UTC', anchor), at)).toEqual([
        `${start}T00:00:00.000Z`,
        `${end}T00:00:00.000Z`,
      ]);
    },
  );

  it('of a lifetime never ends', () => {
    expect(windowAt('lifetime', calendarIn('UTC'), Date.UTC(2026, 0, 1))).toEqual({
      startMs: 0,
      endMs: Number.POSITIVE_INFINITY,
    });
  });
});

describe('windows', () => {
  it('hold their instant and meet without gap or overlap, in every zone', () => {
    fc.assert(
      fc.property(window, zone, anchorDay, instant, (kind, name, anchor, atMs) => {
        const calendar = calendarIn(name, anchor);
        const { startMs, endMs } = windowAt(kind, calendar, atMs);
        expect(startMs).toBeLessThanOrEqual(atMs);
        expect(endMs).toBeGreaterThan(atMs);
        expect(windowAt(kind, calendar, startMs)).toEqual({ startMs, endMs });
        expect(windowAt(kind, calendar, endMs).startMs).toBe(endMs);
        expect(windowAt(kind, calendar, startMs - 1).endMs).toBe(startMs);
      }),
      { numRuns: 3_000 },
    );
  });

  it('meet also where the customer moves to another zone or anchor, and none is cut short by the move', () => {
    const era = fc.record({ fromMs: instant, zone, anchorDay });
    fc.assert(
      fc.property(window, zone, fc.array(era, { minLength: 1, maxLength: 3 }), instant, (kind, name, moves, atMs) => {
        const first = calendarIn(name)[0];
        const calendar: Calendar = [first, ...moves.toSorted((a, b) => a.fromMs - b.fromMs)];
        const span = windowAt(kind, calendar, atMs);
        expect(span.startMs).toBeLessThanOrEqual(atMs);
        expect(span.endMs).toBeGreaterThan(atMs);
        expect(windowAt(kind, calendar, span.endMs - 1)).toEqual(span);
        expect(windowAt(kind, calendar, span.startMs)).toEqual(span);
        expect(windowAt(kind, calendar, span.endMs).startMs).toBe(span.endMs);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are found at once, however often a customer moved within one of them', () => {
    const moves = Array.from({ length: 100 }, (_, at) => ({
      fromMs: Date.UTC(2026, 5, 2) + at,
      zone: at % 2 === 0 ? 'Asia/Tokyo' : 'America/New_York',
      anchorDay: 31,
    }));
    expect(isoSpan('month', [calendarIn('UTC')[0], ...moves], '2026-07-05T00:00:00Z')).toEqual([
      '2026-07-01T04:00:00.000Z',
      '2026-08-01T04:00:00.000Z',
    ]);
  });

  it('under way when the customer moves keep their end', () => {
    const [before] = calendarIn('UTC');
    const calendar: Calendar = [
      before,
      { fromMs: Date.parse('2026-06-10T12:00:00Z'), zone: 'America/New_York', anchorDay: 1 },
    ];
    expect(isoSpan('day', calendar, '2026-06-10T13:00:00Z')[1]).toBe('2026-06-11T00:00:00.000Z');
    expect(isoSpan('day', calendar, '2026-06-11T01:00:00Z')).toEqual([
      '2026-06-11T00:00:00.000Z',
      '2026-06-11T04:00:00.000Z',
    ]);
    expect(isoSpan('day', calendar, '2026-06-11T05:00:00Z')[0]).toBe('2026-06-11T04:00:00.000Z');
  });
});
