// The string formats that our schemas name, checked as strictly as the rest of the system reads them.

import { isCurrency, parseTimestamp } from '@tollgate/domain';
import Format from 'typebox/format';

const ZONE_SHAPE = /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)*$/;

interface KnownFormat {
  readonly check: (text: string) => boolean;
  /** What a text of this format is, after "must be". */
  readonly description: string;
}

const FORMATS: Readonly<Record<string, KnownFormat>> = {
  'date-time': {
    check: (text) => parseTimestamp(text) !== undefined,
    description: 'an RFC 3339 time with a zone, such as 2026-11-24T09:30:00Z',
  },
  'iana-zone': { check: isZone, description: 'an IANA time zone, such as Europe/Berlin' },
  'iso-currency': { check: isCurrency, description: 'an ISO 4217 currency code, such as USD' },
};

for (const [name, { check }] of Object.entries(FORMATS)) Format.Set(name, check);

export function describeFormat(name: string): string {
  return FORMATS[name]?.description ?? `of the format ${name}`;
}

/** The name as the databases of zones spell it: an offset such as `+02:00` has no calendar, and is none. */
export function isZone(text: string): boolean {
  if (!ZONE_SHAPE.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
