// Times in the zone that was chosen, which is always named beside them; and the days and months that begin in it.

type Parts = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>>;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${zone} ${JSON.stringify(options)}`;
  const known = formats.get(name) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  formats.set(name, known);
  return known;
}

const HOUR: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };

export function dateTime(time: string | number, zone: string): string {
  return formatOf(zone, { ...DAY, year: 'numeric', ...HOUR, second: '2-digit' }).format(new Date(time));
}

export function dateOnly(time: string | number, zone: string): string {
  return formatOf(zone, { ...DAY, year: 'numeric' }).format(new Date(time));
}

/** A period by its first and last day, as the calendar of its zone has them. */
export function daySpan({
  start,
  end,
  zone,
}: {
  readonly start: string;
  readonly end: string;
  readonly zone: string;
}): string {
  const last = new Date(Date.parse(end) - 1);
  return formatOf(zone, { ...DAY, year: 'numeric' }).formatRange(new Date(start), last);
}

export type Bucket = 'minute' | 'hour' | 'day' | 'month';

/** The name of a bucket on an axis. */
export function bucketName(time: string | number, bucket: Bucket, zone: string): string {
  const date = new Date(time);
  if (bucket === 'month') return formatOf(zone, { month: 'short', year: 'numeric' }).format(date);
  if (bucket === 'day') return formatOf(zone, DAY).format(date);
  return formatOf(zone, { ...DAY, ...HOUR }).format(date);
}

function partsIn(zone: string, instantMs: number): Parts {
  const options: Intl.DateTimeFormatOptions = {
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' },
  };
  const found = formatOf(zone, options).formatToParts(new Date(instantMs));
  const partOf = (type: string): number => Number(found.find((part) => part.type === type)?.value);
  return {
    ...{ year: partOf('year'), month: partOf('month'), day: partOf('day') },
    ...{ hour: partOf('hour'), minute: partOf('minute'), second: partOf('second') },
  };
}

/** The instant at which the clocks of the zone show this date at midnight; where that hour is skipped, the next one there is. */
function midnight(zone: string, year: number, month: number, day: number): number {
  const wallMs = Date.UTC(year, month - 1, day);
  const offsetAt = (instantMs: number): number => {
    const { year: y, month: m, day: d, hour, minute, second } = partsIn(zone, instantMs);
    return Date.UTC(y, m - 1, d, hour, minute, second) - Math.floor(instantMs / 1_000) * 1_000;
  };
  const first = wallMs - offsetAt(wallMs);
  return wallMs - offsetAt(first);
}

/** The beginning of the day so many days before the one of this instant; of months likewise. */
export function dayStart(zone: string, instantMs: number, daysBack = 0): number {
  const { year, month, day } = partsIn(zone, instantMs);
  return midnight(zone, year, month, day - daysBack);
}

export function monthStart(zone: string, instantMs: number, monthsBack = 0): number {
  const { year, month } = partsIn(zone, instantMs);
  return midnight(zone, year, month - monthsBack, 1);
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly bucket: Bucket;
}

const MINUTE_MS = 60_000;
const BUCKETS_MAX = 3_000;

/** The beginnings of all buckets of a period, as the api writes them: also of those in which nothing was. */
export function bucketStarts({ startMs, endMs, bucket }: Span, zone: string): readonly string[] {
  const starts: string[] = [];
  let atMs = startMs;
  while (atMs < endMs && starts.length < BUCKETS_MAX) {
    starts.push(apiTime(atMs));
    atMs = nextBucket(atMs, bucket, zone);
  }
  return starts;
}

function nextBucket(atMs: number, bucket: Bucket, zone: string): number {
  if (bucket === 'minute') return atMs + MINUTE_MS;
  if (bucket === 'hour') return atMs + 60 * MINUTE_MS;
  return bucket === 'day' ? dayStart(zone, atMs, -1) : monthStart(zone, atMs, -1);
}

function apiTime(instantMs: number): string {
  return new Date(instantMs).toISOString();
}

/** `2026-11-24`, for an input of a date. */
export function dateText(zone: string, instantMs: number): string {
  const { year, month, day } = partsIn(zone, instantMs);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Null where it is no date. */
export function dateStart(zone: string, text: string): number | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return year === undefined ? null : midnight(zone, Number(year), Number(month), Number(day));
}

export function toInstant(instantMs: number): string {
  return new Date(instantMs).toISOString();
}
