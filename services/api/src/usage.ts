// `GET /v1/usage`: tokens, requests and cost by time and by any field, as JSON pages or as one CSV file.

import { formatTimestamp, TOKEN_CLASSES, TollgateError } from '@tollgate/domain';
import { BUCKETS, GROUP_FIELDS, type UsageBucket, type UsageQuery, type Warehouse } from '@tollgate/warehouse';
import Type, { type Static } from 'typebox';
import { COMMA_SEPARATED } from './decode-query.ts';
import { decimalOfPico } from './money.ts';
import { AsOf, periodOf, periodQuery } from './period.ts';
import { type Answer, type Call, defineRoute, json, type Route } from './route.ts';
import { Count, Decimal, NextCursor, PAGE_LIMIT_MAX, pageQuery, pageRequest, Timestamp } from './schemas.ts';
import { confinedTo, customerInQuestion } from './tenancy.ts';
import { usageCsv } from './usage-csv.ts';
import { filtersOf, isUsageField, UsageFilters } from './usage-filters.ts';

const GROUPS_MAX = 6;

const UsageParameters = Type.Object(
  {
    ...periodQuery,
    bucket: Type.Optional(Type.Enum([...BUCKETS], { description: 'Absent: the whole period is one bucket.' })),
    zone: Type.Optional(
      Type.String({
        format: 'iana-zone',
        description: "The IANA time zone that buckets follow. Absent: the organization's.",
      }),
    ),
    group_by: Type.Optional(
      Type.Array(Type.String({ pattern: `^(?:${GROUP_FIELDS.join('|')}|metadata\\.[^\\n]{1,64})$` }), {
        minItems: 1,
        maxItems: GROUPS_MAX,
        uniqueItems: true,
        [COMMA_SEPARATED]: true,
        description: `Any of ${GROUP_FIELDS.join(', ')} and metadata.NAME; separated by commas, or repeated.`,
      }),
    ),
    ...UsageFilters,
    format: Type.Optional(
      Type.Enum(['json', 'csv'], { description: 'Absent: CSV when `Accept` asks for `text/csv`, else JSON.' }),
    ),
    ...pageQuery,
  },
  { additionalProperties: false },
);

const TokensSchema = Type.Partial(
  Type.Object(Object.fromEntries(TOKEN_CLASSES.map((tokenClass) => [tokenClass, Count]))),
  { description: 'Tokens by class. The classes are disjoint: they add up. A class without tokens is left out.' },
);

const UsageSchema = Type.Object({
  data: Type.Array(
    Type.Object({
      start: Timestamp,
      end: Timestamp,
      group: Type.Record(Type.String(), Type.String()),
      tokens: TokensSchema,
      requests: Count,
      web_searches: Count,
      events: Count,
      cost: Decimal,
      unpriced_events: Count,
    }),
  ),
  as_of: AsOf,
  next_cursor: NextCursor,
});

export function usageRoutes(options: { readonly warehouse: Warehouse }): readonly Route[] {
  const { warehouse } = options;
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/usage',
      operationId: 'getUsage',
      tag: 'Usage',
      summary: 'Usage and cost over a period',
      description:
        "A key that belongs to a customer sees its customer's usage only. Counts are whole numbers written with all their digits. `cost` covers the priced events; `unpriced_events` says how many are not in it. CSV holds all rows, without pages.",
      scope: 'usage:read',
      query: UsageParameters,
      success: { status: 200, schema: UsageSchema, alternatives: ['text/csv'] },
      errors: ['customer_mismatch'],
      handle: (call) => answerUsage(call, warehouse),
    }),
  ];
}

async function answerUsage(call: Call<Static<typeof UsageParameters>, unknown>, warehouse: Warehouse): Promise<Answer> {
  const { query, caller, records, accept } = call;
  const period = periodOf(query);
  // Several customers may be asked for by the operator only: each that is named is checked.
  for (const named of query.customer ?? []) customerInQuestion(caller, named);
  const customerId = confinedTo(caller);
  const zone = query.zone ?? (await records.organization())?.zone ?? 'UTC';
  const { limit } = pageRequest(query);
  const question: UsageQuery = {
    ...period,
    ...(query.bucket === undefined ? {} : { bucket: query.bucket }),
    zone,
    groupBy: (query.group_by ?? []).filter(isUsageField),
    filters: filtersOf(query, customerId),
    limit,
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
  };
  // Before the question: what comes in between makes the answer newer than it says, never older.
  const asOfMs = await warehouse.asOf();
  const asOf = asOfMs === null ? null : formatTimestamp(asOfMs);
  const format = query.format ?? (accept?.includes('text/csv') === true ? 'csv' : 'json');
  if (format === 'csv') {
    if (query.cursor !== undefined || query.limit !== undefined) throw noPagesInCsv();
    return {
      kind: 'text',
      contentType: 'text/csv; charset=utf-8; header=present',
      headers: {
        'Content-Disposition': 'attachment; filename="usage.csv"',
        ...(asOf === null ? {} : { 'X-As-Of': asOf }),
      },
      chunks: usageCsv({
        ask: (page) => warehouse.usage(page),
        question: { ...question, limit: PAGE_LIMIT_MAX },
      }),
    };
  }
  const { rows, nextCursor } = await warehouse.usage(question);
  return json(200, { data: rows.map(toJson), as_of: asOf, next_cursor: nextCursor });
}

function toJson(row: UsageBucket) {
  return {
    start: formatTimestamp(row.startMs),
    end: formatTimestamp(row.endMs),
    group: row.group,
    tokens: row.tokens,
    requests: row.requests,
    web_searches: row.webSearches,
    events: row.events,
    cost: decimalOfPico(row.costPico),
    unpriced_events: row.unpricedEvents,
  };
}

function noPagesInCsv(): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: 'CSV holds all rows. Leave out `limit` and `cursor`.',
    errors: [{ pointer: 'format', detail: 'csv takes neither `limit` nor `cursor`.' }],
  });
}
