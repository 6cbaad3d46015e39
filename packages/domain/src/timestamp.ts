// RFC 3339 timestamps. `Date.parse` accepts far more than the standard (dates without a zone, 31 February), so the text is
// read by the grammar and held against the calendar here.

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const MINUTE_MS = 60_000;

/**
 * Milliseconds since the epoch, rounded down, or undefined when the text is not an RFC 3339 date-time with a zone
 * (section 5.6). A leap second (`:60`) is read as the second after it, as section 5.7 allows it to be written.
 */
export function parseTimestamp(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const midnightMs = midnightOf(Number(match[1]), Number(match[2]), Number(match[3]));
  const zoneMinutes = zoneMinutesOf(match[8], Number(match[9]), Number(match[10]));
  if (midnightMs === undefined || zoneMinutes === undefined) return undefined;
  const fractionMs = second === 60 ? 0 : millisecondsOf(match[7]);
  return midnightMs + (hour * 60 + minute - zoneMinutes) * MINUTE_MS + second * 1_000 + fractionMs;
}

/** Undefined for a day that is in no calendar. */
function midnightOf(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  const midnightMs = date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? midnightMs : undefined;
}

/** How far the zone is ahead of UTC; undefined for one that is nowhere. */
function zoneMinutesOf(sign: string | undefined, hours: number, minutes: number): number | undefined {
  if (sign === undefined) return 0;
  if (hours > 23 || minutes > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}

function millisecondsOf(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.slice(0, 3).padEnd(3, '0'));
}

/** RFC 3339 in UTC with milliseconds. */
export function formatTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
