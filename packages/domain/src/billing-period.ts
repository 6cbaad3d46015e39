// The periods that invoices are about, and what part of a fee, an allowance or a commitment falls into a part of one. Days
// are those of the customer's zone, and they count alike: a day on which the clocks move is one day.

import { Temporal } from 'temporal-polyfill';
import { type Calendar, type TimeSpan, windowAt } from './calendar.ts';
import { divideHalfUp } from './exact.ts';

/** The period that holds the instant: the same as the window of a limit over a `billing_period`. */
export function billingPeriodAt(calendar: Calendar, atMs: number): TimeSpan {
  return windowAt('billing_period', calendar, atMs);
}

/**
 * The IANA zone that a billing period is of. A change of the calendar waits for the end of the period under way, and one at
 * the very start of a period waits for its end.
 */
export function zoneOfPeriod(calendar: Calendar, { startMs }: TimeSpan): string {
  return (calendar.findLast(({ fromMs }) => fromMs < startMs) ?? calendar[0]).zone;
}

/** The period in parts: a change of terms ends one and begins the next. Instants outside of the period cut nothing. */
export function cutPeriod({ startMs, endMs }: TimeSpan, changesMs: readonly number[]): readonly TimeSpan[] {
  const within = changesMs.filter((atMs) => atMs > startMs && atMs < endMs);
  const edges = [startMs, ...new Set(within.toSorted((a, b) => a - b)), endMs];
  return edges.slice(1).map((edgeMs, index) => ({ startMs: edges[index] ?? startMs, endMs: edgeMs }));
}

/** Dates of the zone from the one that holds the start up to the one that holds the end, which is not counted. */
export function daysIn({ startMs, endMs }: TimeSpan, zone: string): number {
  return dateAt(startMs, zone).until(dateAt(endMs, zone), { largestUnit: 'days' }).days;
}

/** `2026-11-24`, the date on which the instant falls in the zone. */
export function dateTextAt(atMs: number, zone: string): string {
  return dateAt(atMs, zone).toString();
}

/** The instants of a date of the zone, such as `2026-11-24`. Where the clocks move it has not 24 hours. */
export function dateSpan(date: string, zone: string): TimeSpan {
  const day = Temporal.PlainDate.from(date);
  const startOf = (of: Temporal.PlainDate): number => of.toZonedDateTime(zone).epochMilliseconds;
  return { startMs: startOf(day), endMs: startOf(day.add({ days: 1 })) };
}

/**
 * The part of a whole period's amount that falls into a span of it, by days. Reckoned as what has accrued by the span's end
 * less what had accrued by its start, each rounded half-up: so spans that meet add up to the whole however often a period
 * is cut, also when the later cuts are not known yet. A day belongs to the span that has its end: who starts at noon pays
 * for that day, and who leaves at noon does not.
 */
export function prorate(of: {
  /** In any unit: minor units of money, or tokens. */
  readonly amount: bigint;
  readonly span: TimeSpan;
  readonly period: TimeSpan;
  readonly zone: string;
}): bigint {
  const { amount, span, period, zone } = of;
  const days = daysIn(period, zone);
  // A customer's move to another zone can leave a period of some hours: it is not divided.
  if (days === 0) return span.endMs === period.endMs ? amount : 0n;
  const accruedBy = (atMs: number): bigint => {
    const elapsed = daysIn({ startMs: period.startMs, endMs: atMs }, zone);
    return divideHalfUp(amount * BigInt(Math.min(Math.max(elapsed, 0), days)), BigInt(days));
  };
  return accruedBy(span.endMs) - accruedBy(span.startMs);
}

function dateAt(atMs: number, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate();
}
