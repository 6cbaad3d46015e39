// The period that a question is about: half-open, and bounded, since a day's offset from UTC is looked up for each day.

import { parseTimestamp, TollgateError } from '@tollgate/domain';
import Type from 'typebox';
import { Timestamp } from './schemas.ts';

const DAYS_MAX = 1_830;
const DAY_MS = 24 * 60 * 60 * 1_000;

export const periodQuery = {
  start: Type.String({ format: 'date-time', description: 'From this instant on. RFC 3339 with a zone.' }),
  end: Type.String({
    format: 'date-time',
    description: `Up to and without this instant; at most ${DAYS_MAX} days after \`start\`.`,
  }),
};

const RECENT_DAYS = 36;

/** For lists, which are about what came lately unless they are asked for more. */
export const recentPeriodQuery = {
  start: Type.Optional({
    ...periodQuery.start,
    description: `As for usage. Absent, with \`end\`: the last ${RECENT_DAYS} days.`,
  }),
  end: Type.Optional(periodQuery.end),
};

export const AsOf = Type.Union([Timestamp, Type.Null()], {
  description: 'Everything accepted before this instant is in the answer. Null before anything was ever counted.',
});

export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

export function periodOf(query: { readonly start: string; readonly end: string }): Period {
  // The schema has checked both.
  const startMs = parseTimestamp(query.start) ?? Number.NaN;
  const endMs = parseTimestamp(query.end) ?? Number.NaN;
  if (!(startMs < endMs)) throw invalidEnd('must be after `start`.');
  if (endMs - startMs > DAYS_MAX * DAY_MS) throw invalidEnd(`must be at most ${DAYS_MAX} days after \`start\`.`);
  return { startMs, endMs };
}

/** In whole days when it is not named, so that a cursor fits the question it is asked with again. */
export function recentPeriodOf(
  { start, end }: { readonly start?: string; readonly end?: string },
  nowMs: number,
): Period {
  if (start !== undefined && end !== undefined) return periodOf({ start, end });
  if (start !== undefined || end !== undefined) throw invalidEnd('and `start` are given together or not at all.');
  const endMs = (Math.floor(nowMs / DAY_MS) + 2) * DAY_MS;
  return { startMs: endMs - (RECENT_DAYS + 2) * DAY_MS, endMs };
}

function invalidEnd(detail: string): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: 'The query does not name a period. See `errors`.',
    errors: [{ pointer: 'end', detail }],
  });
}
