// The windows of limits and the periods of invoices: one calendar for both, in the customer's own time zone, so that a
// monthly budget and a monthly bill begin and end at the same instant.

import { Temporal } from 'temporal-polyfill';

/** A `minute` is not of the calendar: it is a bucket that drains, see `limit.ts`. */
export const CALENDAR_WINDOWS = ['hour', 'day', 'week', 'month', 'billing_period', 'lifetime'] as const;

export type CalendarWindow = (typeof CALENDAR_WINDOWS)[number];

/** Half-open, in milliseconds since the epoch. */
export interface TimeSpan {
  readonly startMs: number;
  /** Infinity for a lifetime. */
  readonly endMs: number;
}

/** From an instant on, the zone and the day of the month on which the billing period begins. */
export interface CalendarEra {
  /** Negative infinity for the first era. */
  readonly fromMs: number;
  /** IANA time zone. */
  readonly zone: string;
  /** 1 to 31; in a shorter month the period begins on its last day. */
  readonly anchorDay: number;
}

/** In ascending order. The first era reaches back without end. */
export type Calendar = readonly [CalendarEra, ...CalendarEra[]];

export const LIFETIME: TimeSpan = { startMs: 0, endMs: Number.POSITIVE_INFINITY };

const HOUR_MS = 3_600_000;

/**
 * The window that holds the instant. Windows of one kind meet without gap or overlap, also where a zone moves its clocks
 * and where a customer moves to another zone: such a change waits for the end of the window that is under way, and the
 * first window in the new zone is a short one. Nobody gets a second quota by moving.
 */
export function windowAt(window: CalendarWindow, calendar: Calendar, atMs: number): TimeSpan {
  if (window === 'lifetime') return LIFETIME;
  // Of each era whose change was made by then: from when it has windows of its own.
  const eras: EraInEffect[] = [];
  for (const era of calendar) {
    if (eras.length > 0 && era.fromMs > atMs) break;
    eras.push({ era, fromMs: spanAmong({ window, eras, atMs: era.fromMs })?.endMs ?? Number.NEGATIVE_INFINITY });
  }
  return spanAmong({ window, eras, atMs }) ?? naturalWindow(window, calendar[0], atMs);
}

type NaturalWindow = Exclude<CalendarWindow, 'lifetime'>;

interface EraInEffect {
  readonly era: CalendarEra;
  readonly fromMs: number;
}

interface Sought {
  readonly window: NaturalWindow;
  readonly eras: readonly EraInEffect[];
  readonly atMs: number;
}

/** Undefined while there are no eras. */
function spanAmong({ window, eras, atMs }: Sought): TimeSpan | undefined {
  const current = eras.findLast(({ fromMs }) => fromMs <= atMs);
  if (current === undefined) return undefined;
  const span = naturalWindow(window, current.era, atMs);
  return { startMs: Math.max(span.startMs, current.fromMs), endMs: span.endMs };
}

function naturalWindow(window: NaturalWindow, { zone, anchorDay }: CalendarEra, atMs: number): TimeSpan {
  const at = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone);
  if (window === 'hour') return hourAt(at);
  const [first, next] = datesOf(window, at.toPlainDate(), anchorDay);
  return { startMs: startOfDate(first, zone), endMs: startOfDate(next, zone) };
}

/** The dates on which the window and the one after it begin. */
function datesOf(
  window: Exclude<NaturalWindow, 'hour'>,
  date: Temporal.PlainDate,
  anchorDay: number,
): readonly [Temporal.PlainDate, Temporal.PlainDate] {
  switch (window) {
    case 'day':
      return [date, date.add({ days: 1 })];
    case 'week': {
      // ISO 8601: weeks begin on Monday.
      const monday = date.subtract({ days: date.dayOfWeek - 1 });
      return [monday, monday.add({ days: 7 })];
    }
    case 'month': {
      const first = date.with({ day: 1 });
      return [first, first.add({ months: 1 })];
    }
    case 'billing_period': {
      const month = date.toPlainYearMonth();
      const start = anchorIn(month, anchorDay);
      return Temporal.PlainDate.compare(date, start) >= 0
        ? [start, anchorIn(month.add({ months: 1 }), anchorDay)]
        : [anchorIn(month.subtract({ months: 1 }), anchorDay), start];
    }
  }
}

/** `toPlainDate` clips the day to the length of the month; the anchor itself is kept, so that the 31st comes back. */
function anchorIn(month: Temporal.PlainYearMonth, anchorDay: number): Temporal.PlainDate {
  return month.toPlainDate({ day: Math.min(anchorDay, month.daysInMonth) });
}

/** The first instant of a date: not always midnight, which some zones skip when their clocks change. */
function startOfDate(date: Temporal.PlainDate, zone: string): number {
  return date.toZonedDateTime(zone).epochMilliseconds;
}

/** An hour of the wall clock; where the clock moves by less than an hour, the move itself ends it. */
function hourAt(at: Temporal.ZonedDateTime): TimeSpan {
  const offsetMs = offsetOf(at);
  const startMs = Math.floor((at.epochMilliseconds + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs;
  const endMs = startMs + HOUR_MS;
  const hasOffset = (atMs: number): boolean =>
    offsetOf(Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(at.timeZoneId)) === offsetMs;
  return {
    startMs: hasOffset(startMs) ? startMs : (moveOf(at, 'previous') ?? startMs),
    endMs: hasOffset(endMs - 1) ? endMs : (moveOf(at, 'next') ?? endMs),
  };
}

function offsetOf(at: Temporal.ZonedDateTime): number {
  return at.offsetNanoseconds / 1e6;
}

/** The last change of the offset at or before the instant, or the first one after it. */
function moveOf(at: Temporal.ZonedDateTime, direction: 'previous' | 'next'): number | undefined {
  // `previous` is strictly before, and the instant itself may be the move.
  const from = direction === 'previous' ? at.add({ nanoseconds: 1 }) : at;
  return from.getTimeZoneTransition(direction)?.epochMilliseconds;
}
