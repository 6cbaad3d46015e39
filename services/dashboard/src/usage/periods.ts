// The periods that can be chosen by name, in the zone that is looked from, and the buckets that suit each.

import { type Bucket, dateStart, dayStart, monthStart } from '../format/time.ts';

export const RANGES = ['today', '7d', '30d', 'month', 'last-month', '12mo', 'custom'] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_NAMES: Readonly<Record<Range, string>> = {
  today: 'Today',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  month: 'This month',
  'last-month': 'Last month',
  '12mo': 'Last 12 months',
  custom: 'From … to …',
};

export interface Period {
  readonly startMs: number;
  readonly endMs: number;
  readonly bucket: Bucket;
}

interface Place {
  readonly zone: string;
  readonly nowMs: number;
  /** Dates, of a period that is not chosen by name. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const DAY_MS = 86_400_000;

export function periodOf(range: Range, { zone, nowMs, from, to }: Place): Period {
  const tomorrow = dayStart(zone, nowMs, -1);
  switch (range) {
    case 'today':
      return { startMs: dayStart(zone, nowMs), endMs: tomorrow, bucket: 'hour' };
    case '7d':
      return { startMs: dayStart(zone, nowMs, 6), endMs: tomorrow, bucket: 'day' };
    case '30d':
      return { startMs: dayStart(zone, nowMs, 29), endMs: tomorrow, bucket: 'day' };
    case 'month':
      return { startMs: monthStart(zone, nowMs), endMs: monthStart(zone, nowMs, -1), bucket: 'day' };
    case 'last-month':
      return { startMs: monthStart(zone, nowMs, 1), endMs: monthStart(zone, nowMs), bucket: 'day' };
    case '12mo':
      return { startMs: monthStart(zone, nowMs, 11), endMs: monthStart(zone, nowMs, -1), bucket: 'month' };
    case 'custom': {
      const startMs = dateStart(zone, from ?? '') ?? dayStart(zone, nowMs, 6);
      const lastMs = dateStart(zone, to ?? '') ?? dayStart(zone, nowMs);
      // The last day is within the period.
      const endMs = Math.max(dayStart(zone, lastMs, -1), dayStart(zone, startMs, -1));
      return { startMs, endMs, bucket: suitable(endMs - startMs) };
    }
  }
}

function suitable(lengthMs: number): Bucket {
  if (lengthMs <= 3 * DAY_MS) return 'hour';
  return lengthMs <= 100 * DAY_MS ? 'day' : 'month';
}

/** As long, and just before; of a period that is not over, the same part. */
export function previousOf({ startMs, endMs }: Pick<Period, 'startMs' | 'endMs'>, nowMs: number) {
  const lengthMs = endMs - startMs;
  const passedMs = Math.min(lengthMs, Math.max(nowMs - startMs, 60_000));
  return { startMs: startMs - lengthMs, endMs: startMs - lengthMs + passedMs };
}
