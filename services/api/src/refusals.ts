// `GET /v1/refusals`: how many requests were refused, by code, source, service, key and time.

import { REFUSAL_FIELDS, type RefusalField } from '@tollgate/accounts';
import { formatTimestamp, parseTimestamp, TollgateError } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import Type, { type Static } from 'typebox';
import { COMMA_SEPARATED } from './decode-query.ts';
import { type Call, defineRoute, json, type Route } from './route.ts';
import { Count, Timestamp } from './schemas.ts';
import { REFUSALS_KEPT_DAYS } from './watch-refusals.ts';

const RECENT_MS = 24 * 60 * 60_000;
const ROWS_MAX = 1_000;
const ROWS_DEFAULT = 100;

const valuesOf = (what: string) =>
  Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
      minItems: 1,
      maxItems: 50,
      description: `Only ${what}; repeated for several.`,
    }),
  );

const Parameters = Type.Object(
  {
    start: Type.Optional(Timestamp),
    end: Type.Optional(Timestamp),
    group_by: Type.Optional(
      Type.Array(Type.Enum([...REFUSAL_FIELDS]), {
        minItems: 1,
        maxItems: REFUSAL_FIELDS.length,
        uniqueItems: true,
        [COMMA_SEPARATED]: true,
        description: `Any of ${REFUSAL_FIELDS.join(', ')}, separated by commas. Absent: code.`,
      }),
    ),
    code: valuesOf('these error codes'),
    service: valuesOf('these services'),
    source: valuesOf('these sources, as they are shown here'),
    key: valuesOf('these API keys'),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: ROWS_MAX, default: ROWS_DEFAULT, description: 'Rows at most.' }),
    ),
  },
  { additionalProperties: false },
);

const RefusalsSchema = Type.Object({
  start: Timestamp,
  end: Timestamp,
  total: Count,
  data: Type.Array(
    Type.Object({
      group: Type.Record(Type.String(), Type.String()),
      count: Count,
    }),
  ),
});

export function refusalRoutes({ clock }: { readonly clock: Clock }): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/refusals',
      operationId: 'getRefusals',
      tag: 'Audit log',
      summary: 'How many requests were refused',
      description: `Requests answered with 4xx, by minute; without a period, those of the last 24 hours. The largest counts first. A source is a v4 address or the /64 of a v6 address; \`other\` is what came past the sources that a process tells apart in a minute. Counts appear within a second or two and are kept for ${REFUSALS_KEPT_DAYS} days. A burst of refusals from one source is an entry \`refusals.burst\` of the audit log.`,
      scope: 'admin',
      query: Parameters,
      success: { status: 200, schema: RefusalsSchema },
      handle: (call) => answerRefusals(call, clock.now()),
    }),
  ];
}

async function answerRefusals({ query, records }: Call<Static<typeof Parameters>, unknown>, nowMs: number) {
  const endMs = query.end === undefined ? nowMs + 60_000 : instantOf(query.end);
  const startMs = query.start === undefined ? endMs - RECENT_MS : instantOf(query.start);
  if (startMs >= endMs) throw endBeforeStart();
  const groupBy: readonly RefusalField[] = query.group_by ?? ['code'];
  const filters = {
    startMs,
    endMs,
    ...(query.code === undefined ? {} : { codes: query.code }),
    ...(query.service === undefined ? {} : { services: query.service }),
    ...(query.source === undefined ? {} : { sources: query.source }),
    ...(query.key === undefined ? {} : { keyIds: query.key }),
  };
  const [all] = await records.refusals({ ...filters, groupBy: [], limit: 1 });
  const sums = await records.refusals({ ...filters, groupBy, limit: query.limit ?? ROWS_DEFAULT });
  return json(200, {
    start: formatTimestamp(startMs),
    end: formatTimestamp(endMs),
    total: all?.count ?? 0n,
    data: sums.map(({ group, count }) => ({ group: { ...group }, count })),
  });
}

function instantOf(text: string): number {
  // The schema has checked it.
  return parseTimestamp(text) ?? Number.NaN;
}

function endBeforeStart(): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: 'The query does not name a period. See `errors`.',
    errors: [{ pointer: 'end', detail: 'must be after `start`.' }],
  });
}
