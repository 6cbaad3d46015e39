// `GET /v1/usage/drift`: how far the providers' usage and our own counts of the same texts are apart.

import { formatTimestamp } from '@tollgate/domain';
import { type DriftGroup, type DriftSide, GROUP_FIELDS, type Warehouse } from '@tollgate/warehouse';
import Type, { type Static } from 'typebox';
import { COMMA_SEPARATED } from './decode-query.ts';
import { AsOf, periodOf, periodQuery } from './period.ts';
import { type Answer, type Call, defineRoute, json, type Route } from './route.ts';
import { Count, NextCursor, orNull, pageQuery, pageRequest } from './schemas.ts';
import { confinedTo, customerInQuestion } from './tenancy.ts';
import { filtersOf, isUsageField, UsageFilters } from './usage-filters.ts';

const GROUPS_MAX = 6;
const FIELDS = GROUP_FIELDS.filter((field) => field !== 'token_class');
const { token_class: _, ...filters } = UsageFilters;

const DriftParameters = Type.Object(
  {
    ...periodQuery,
    group_by: Type.Optional(
      Type.Array(Type.String({ pattern: `^(?:${FIELDS.join('|')}|metadata\\.[^\\n]{1,64})$` }), {
        minItems: 1,
        maxItems: GROUPS_MAX,
        uniqueItems: true,
        [COMMA_SEPARATED]: true,
        description: `Any of ${FIELDS.join(', ')} and metadata.NAME; separated by commas, or repeated. Absent: model.`,
      }),
    ),
    ...filters,
    ...pageQuery,
  },
  { additionalProperties: false },
);

const Ratio = Type.Number({ description: 'Rounded to six digits after the point.' });

const Side = orNull(
  Type.Object(
    {
      events: Count,
      reported_tokens: Count,
      counted_tokens: Count,
      difference: Type.Integer({ description: 'Counted less reported.' }),
      relative_difference: orNull(Ratio),
      event_p50: Ratio,
      event_p95: Ratio,
      event_max: Ratio,
    },
    {
      description:
        'Of the events that were both reported and counted on this side; null when there is none. `event_*`: the median, the 95th percentile and the most of |counted - reported| / reported of single events.',
    },
  ),
);

const DriftSchema = Type.Object({
  data: Type.Array(
    Type.Object({
      group: Type.Record(Type.String(), Type.String()),
      events: Type.Integer({ minimum: 0, description: 'Events that are compared on one side or both.' }),
      input: Side,
      output: Side,
    }),
  ),
  as_of: AsOf,
  next_cursor: NextCursor,
});

export function driftRoutes({ warehouse }: { readonly warehouse: Warehouse }): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/usage/drift',
      operationId: 'getUsageDrift',
      tag: 'Usage',
      summary: 'Reported usage against counted text',
      description:
        "When an event carries both its text and the provider's usage, the usage is billed and the text is counted all the same; this compares the two. Input is all input, cached or not; output is all output but reasoning, which no text shows. Hidden prompts, files and tools' schemas make a difference that is none of the provider's fault; one that grows is worth a look.",
      scope: 'usage:read',
      query: DriftParameters,
      success: { status: 200, schema: DriftSchema },
      errors: ['customer_mismatch'],
      handle: (call) => answerDrift(call, warehouse),
    }),
  ];
}

async function answerDrift(call: Call<Static<typeof DriftParameters>, unknown>, warehouse: Warehouse): Promise<Answer> {
  const { query, caller } = call;
  for (const named of query.customer ?? []) customerInQuestion(caller, named);
  const { limit } = pageRequest(query);
  const asOfMs = await warehouse.asOf();
  const { rows, nextCursor } = await warehouse.drift({
    ...periodOf(query),
    groupBy: (query.group_by ?? ['model']).filter(isUsageField),
    filters: filtersOf(query, confinedTo(caller)),
    limit,
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
  });
  const asOf = asOfMs === null ? null : formatTimestamp(asOfMs);
  return json(200, { data: rows.map(toJson), as_of: asOf, next_cursor: nextCursor });
}

function toJson({ group, events, input, output }: DriftGroup) {
  return { group, events, input: sideJson(input), output: sideJson(output) };
}

function sideJson(side: DriftSide | null) {
  if (side === null) return null;
  const { events, reportedTokens, countedTokens } = side;
  const difference = countedTokens - reportedTokens;
  return {
    events,
    reported_tokens: reportedTokens,
    counted_tokens: countedTokens,
    difference,
    relative_difference: reportedTokens === 0n ? null : rounded(Number(difference) / Number(reportedTokens)),
    event_p50: rounded(side.eventP50),
    event_p95: rounded(side.eventP95),
    event_max: rounded(side.eventMax),
  };
}

function rounded(ratio: number): number {
  return Number(ratio.toFixed(6));
}
