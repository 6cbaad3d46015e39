// RFC 3339 timestamps. `Date.parse` accepts far more than the standard (dates without a zone, 31 February), so the
// text is checked against the grammar and the calendar first.

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|[+-](\d{2}):(\d{2}))$/;

/**
 * Milliseconds since the epoch, rounded down, or undefined when the text is not an RFC 3339 date-time with a zone
 * (section 5.6). A leap second (`:60`) is read as the second after it, as section 5.7 allows it to be written.
 */
export function parseTimestamp(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, , zoneHour, zoneMinute] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  if (zoneHour !== undefined && (Number(zoneHour) > 23 || Number(zoneMinute) > 59)) return undefined;
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return undefined;
  const isLeapSecond = second === '60';
  const plain = (isLeapSecond ? text.replace(/:60/, ':59') : text).toUpperCase();
  const parsed = Date.parse(plain);
  if (Number.isNaN(parsed)) return undefined;
  return isLeapSecond ? Math.floor(parsed / 1000) * 1000 + 1000 : parsed;
}

/** RFC 3339 in UTC with milliseconds. */
export function formatTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
