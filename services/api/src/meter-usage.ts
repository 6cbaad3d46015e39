// `GET /v1/meters/{slug}/usage`: what a meter measured, by time, customer and its own dimensions.

import { formatTimestamp, TollgateError } from '@tollgate/domain';
import { BUCKETS, METER_FIELDS, type MeterBucket, type Warehouse } from '@tollgate/warehouse';
import Type, { type Static } from 'typebox';
import { COMMA_SEPARATED } from './decode-query.ts';
import { existingMeter } from './meters.ts';
import { AsOf, periodOf, periodQuery } from './period.ts';
import { type Answer, type Call, defineRoute, json, type Route } from './route.ts';
import { Count, Decimal, NextCursor, pageQuery, pageRequest, Timestamp } from './schemas.ts';
import { confinedTo, customerInQuestion } from './tenancy.ts';
import { filtersOf, UsageFilters } from './usage-filters.ts';

const GROUPS_MAX = 6;

const MeterParameters = Type.Object(
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
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
        minItems: 1,
        maxItems: GROUPS_MAX,
        uniqueItems: true,
        [COMMA_SEPARATED]: true,
        description: `Any of ${METER_FIELDS.join(', ')} and the meter's dimensions; separated by commas, or repeated.`,
      }),
    ),
    customer: UsageFilters.customer,
    project: UsageFilters.project,
    key: UsageFilters.key,
    ...pageQuery,
  },
  { additionalProperties: false },
);

const MeterUsageSchema = Type.Object({
  data: Type.Array(
    Type.Object({
      start: Timestamp,
      end: Timestamp,
      group: Type.Record(Type.String(), Type.String()),
      value: Type.Union([Decimal, Type.Null()], {
        description: 'Null where no event has a value: there is no most of nothing.',
      }),
      events: Count,
      skipped: Type.Integer({
        minimum: 0,
        description:
          'Events without a value that can be aggregated: it is missing, or no number. They are in `events`.',
      }),
    }),
  ),
  as_of: AsOf,
  next_cursor: NextCursor,
});

export function meterUsageRoutes({ warehouse }: { readonly warehouse: Warehouse }): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/meters/{slug}/usage',
      operationId: 'getMeterUsage',
      tag: 'Meters',
      summary: 'What a meter measured',
      description: "A key that belongs to a customer sees its customer's only. Each event counts once, as for usage.",
      scope: 'usage:read',
      query: MeterParameters,
      success: { status: 200, schema: MeterUsageSchema },
      errors: ['customer_mismatch'],
      handle: (call) => answerMeterUsage(call, warehouse),
    }),
  ];
}

async function answerMeterUsage(
  call: Call<Static<typeof MeterParameters>, unknown>,
  warehouse: Warehouse,
): Promise<Answer> {
  const { query, params, caller, records } = call;
  for (const named of query.customer ?? []) customerInQuestion(caller, named);
  const meter = await existingMeter(params['slug'], records);
  const names = [...METER_FIELDS, ...Object.keys(meter.dimensions)];
  checkGroups(query.group_by ?? [], names);
  const { limit } = pageRequest(query);
  const asOfMs = await warehouse.asOf();
  const { rows, nextCursor } = await warehouse.meterUsage({
    meter,
    ...periodOf(query),
    ...(query.bucket === undefined ? {} : { bucket: query.bucket }),
    zone: query.zone ?? (await records.organization())?.zone ?? 'UTC',
    groupBy: query.group_by ?? [],
    filters: filtersOf(query, confinedTo(caller)),
    limit,
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
  });
  const asOf = asOfMs === null ? null : formatTimestamp(asOfMs);
  return json(200, { data: rows.map(toJson), as_of: asOf, next_cursor: nextCursor });
}

function checkGroups(groupBy: readonly string[], names: readonly string[]): void {
  if (groupBy.every((name) => names.includes(name))) return;
  throw new TollgateError({
    code: 'validation_failed',
    detail: 'The meter cannot be grouped by that. See `errors`.',
    errors: [{ pointer: 'group_by', detail: `takes ${names.join(', ')} for this meter.` }],
  });
}

function toJson({ startMs, endMs, group, value, events, skipped }: MeterBucket) {
  return { start: formatTimestamp(startMs), end: formatTimestamp(endMs), group, value, events, skipped };
}
