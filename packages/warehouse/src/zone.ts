// Offsets of an IANA time zone from UTC, from the platform's own tables. Daylight saving makes days of 23 and 25 hours, and
// zones move: nothing here assumes a fixed offset.

import { TollgateError } from '@tollgate/domain';

const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;

/** From `startMs` until the next span's `startMs` the zone is `offsetMs` ahead of UTC. */
export interface OffsetSpan {
  readonly startMs: number;
  readonly offsetMs: number;
}

export interface Zone {
  readonly name: string;
  /** Local wall time as if it were UTC, minus UTC, in milliseconds. */
  offsetMs(atMs: number): number;
}

/** Throws `validation_failed` for a name that is no zone. */
export function zoneOf(name: string): Zone {
  const format = formatOf(name);
  const offsetMs = (atMs: number): number => {
    // `shortOffset` would do, were it not rounded to minutes in some engines.
    const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    const wholeSecond = Math.floor(atMs / SECOND_MS) * SECOND_MS;
    return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSecond;
  };
  return { name, offsetMs };
}

function formatOf(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    const detail = `\`${name.slice(0, 64)}\` is not an IANA time zone. Name one such as Europe/Berlin or UTC.`;
    throw new TollgateError({
      code: 'validation_failed',
      detail,
      errors: [{ pointer: 'zone', detail }],
      cause: error,
    });
  }
}

/** The spans that cover `[startMs, endMs)`; the first begins at `startMs`. Found by looking once a day, then halving. */
export function offsetSpans(zone: Zone, startMs: number, endMs: number): readonly OffsetSpan[] {
  let offsetMs = zone.offsetMs(startMs);
  const spans: OffsetSpan[] = [{ startMs, offsetMs }];
  for (let fromMs = startMs; fromMs < endMs; fromMs += DAY_MS) {
    const toMs = Math.min(fromMs + DAY_MS, endMs);
    const nextMs = zone.offsetMs(toMs);
    if (nextMs === offsetMs) continue;
    spans.push({ startMs: firstWithOffset(zone, { offsetMs, fromMs, toMs }), offsetMs: nextMs });
    offsetMs = nextMs;
  }
  return spans;
}

/** The first second in `(fromMs, toMs]` that no longer has the offset that `fromMs` has. */
function firstWithOffset(zone: Zone, change: { offsetMs: number; fromMs: number; toMs: number }): number {
  let before = Math.floor(change.fromMs / SECOND_MS);
  let after = Math.ceil(change.toMs / SECOND_MS);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zone.offsetMs(middle * SECOND_MS) === change.offsetMs) before = middle;
    else after = middle;
  }
  return after * SECOND_MS;
}
