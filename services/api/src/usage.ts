// `GET /v1/usage` and `GET /v1/costs`: tokens, requests and money by time and by any field, as JSON pages or as one CSV file.

import { COST_CLASSES, formatTimestamp, TOKEN_CLASSES, TollgateError } from '@tollgate/domain';
import {
  BUCKETS,
  type CostBucket,
  GROUP_FIELDS,
  type Page,
  type UsageBucket,
  type UsageQuery,
  type Warehouse,
} from '@tollgate/warehouse';
import Type, { type Static } from 'typebox';
import { COMMA_SEPARATED } from './decode-query.ts';
import type { JsonValue } from './json-text.ts';
import { decimalOfPico, decimalsOf } from './money.ts';
import { AsOf, periodOf, periodQuery } from './period.ts';
import { type Answer, type Call, defineRoute, json, type Route } from './route.ts';
import { Count, Decimal, NextCursor, orNull, PAGE_LIMIT_MAX, pageQuery, pageRequest, Timestamp } from './schemas.ts';
import { confinedTo, customerInQuestion } from './tenancy.ts';
import { costsCsv, usageCsv } from './usage-csv.ts';
import { filtersOf, isUsageField, UsageFilters } from './usage-filters.ts';

const GROUPS_MAX = 6;

const BucketParameters = Type.Object(
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

const bounds = { start: Timestamp, end: Timestamp, group: Type.Record(Type.String(), Type.String()) };

const UsageSchema = Type.Object({
  data: Type.Array(
    Type.Object({
      ...bounds,
      tokens: TokensSchema,
      requests: Count,
      web_searches: Count,
      events: Count,
      cost: orNull(
        Type.String({ description: 'Decimal, of the priced events. Null where their currencies are several.' }),
      ),
      currency: orNull(
        Type.String({ description: 'ISO 4217. Null where nothing is priced, or currencies are several.' }),
      ),
      unpriced_events: Count,
    }),
  ),
  as_of: AsOf,
  next_cursor: NextCursor,
});

const CostsSchema = Type.Object({
  data: Type.Array(
    Type.Object({
      ...bounds,
      currency: orNull(Type.String({ description: 'ISO 4217. Null for events from before prices.' })),
      cost: Decimal,
      cost_by_class: Type.Partial(
        Type.Object(Object.fromEntries(COST_CLASSES.map((costClass) => [costClass, Decimal]))),
        { description: 'The cost by what it is for. Adds up to `cost`; a class that cost nothing is left out.' },
      ),
      cache_savings: Type.String({
        description: 'Decimal: what the tokens read from a cache would have cost more as plain input.',
      }),
      events: Count,
      unpriced_events: Count,
    }),
  ),
  as_of: AsOf,
  next_cursor: NextCursor,
});

export function usageRoutes(options: { readonly warehouse: Warehouse }): readonly Route[] {
  const { warehouse } = options;
  const shared = {
    method: 'GET',
    tag: 'Usage',
    scope: 'usage:read',
    query: BucketParameters,
    errors: ['customer_mismatch'],
  } as const;
  return [
    defineRoute({
      ...shared,
      path: '/v1/usage',
      operationId: 'getUsage',
      summary: 'Usage and cost over a period',
      description:
        "A key that belongs to a customer sees its customer's usage only. Counts are whole numbers written with all their digits. `cost` covers the priced events; `unpriced_events` says how many are not in it. CSV holds all rows, without pages.",
      success: { status: 200, schema: UsageSchema, alternatives: ['text/csv'] },
      handle: (call) =>
        answerBuckets(call, {
          ...{ warehouse, name: 'usage', toJson: usageJson, csv: usageCsv },
          ask: (question) => warehouse.usage(question),
        }),
    }),
    defineRoute({
      ...shared,
      path: '/v1/costs',
      operationId: 'getCosts',
      summary: 'Costs over a period, by currency',
      description:
        'As `/v1/usage`, money first. Each row is of one currency: two are never added up. With `group_by=token_class`, or a filter by it, only costs are answered; `requests`, `web_searches` and `meter` are classes here, so that the classes add up to the cost.',
      success: { status: 200, schema: CostsSchema, alternatives: ['text/csv'] },
      handle: (call) =>
        answerBuckets(call, {
          ...{ warehouse, name: 'costs', toJson: costsJson, csv: costsCsv },
          ask: (question) => warehouse.costs(question),
        }),
    }),
  ];
}

interface BucketAnswer<Row> {
  readonly warehouse: Pick<Warehouse, 'asOf'>;
  readonly name: string;
  readonly ask: (question: UsageQuery) => Promise<Page<Row>>;
  readonly toJson: (row: Row) => JsonValue;
  readonly csv: (options: {
    readonly ask: (question: UsageQuery) => Promise<Page<Row>>;
    readonly question: UsageQuery;
  }) => AsyncIterable<string>;
}

async function answerBuckets<Row>(
  call: Call<Static<typeof BucketParameters>, unknown>,
  { warehouse, name, ask, toJson, csv }: BucketAnswer<Row>,
): Promise<Answer> {
  const { query, accept } = call;
  const question = await questionOf(call);
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
        'Content-Disposition': `attachment; filename="${name}.csv"`,
        ...(asOf === null ? {} : { 'X-As-Of': asOf }),
      },
      chunks: csv({ ask, question: { ...question, limit: PAGE_LIMIT_MAX } }),
    };
  }
  const { rows, nextCursor } = await ask(question);
  return json(200, { data: rows.map(toJson), as_of: asOf, next_cursor: nextCursor });
}

async function questionOf(call: Call<Static<typeof BucketParameters>, unknown>): Promise<UsageQuery> {
  const { query, caller, records } = call;
  const period = periodOf(query);
  // Several customers may be asked for by the operator only: each that is named is checked.
  for (const named of query.customer ?? []) customerInQuestion(caller, named);
  const zone = query.zone ?? (await records.organization())?.zone ?? 'UTC';
  return {
    ...period,
    ...(query.bucket === undefined ? {} : { bucket: query.bucket }),
    zone,
    groupBy: (query.group_by ?? []).filter(isUsageField),
    filters: filtersOf(query, confinedTo(caller)),
    limit: pageRequest(query).limit,
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
  };
}

function usageJson(row: UsageBucket) {
  return {
    ...boundsJson(row),
    tokens: row.tokens,
    requests: row.requests,
    web_searches: row.webSearches,
    events: row.events,
    cost: row.costPico === null ? null : decimalOfPico(row.costPico),
    currency: row.currency,
    unpriced_events: row.unpricedEvents,
  };
}

function costsJson(row: CostBucket) {
  return {
    ...boundsJson(row),
    currency: row.currency,
    cost: decimalOfPico(row.costPico),
    cost_by_class: decimalsOf(row.costByClass),
    cache_savings: decimalOfPico(row.cacheSavingsPico),
    events: row.events,
    unpriced_events: row.unpricedEvents,
  };
}

function boundsJson({ startMs, endMs, group }: Pick<UsageBucket, 'startMs' | 'endMs' | 'group'>) {
  return { start: formatTimestamp(startMs), end: formatTimestamp(endMs), group };
}

function noPagesInCsv(): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: 'CSV holds all rows. Leave out `limit` and `cursor`.',
    errors: [{ pointer: 'format', detail: 'csv takes neither `limit` nor `cursor`.' }],
  });
}
