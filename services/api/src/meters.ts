// Meters: what is measured over the data of events that are not tokens. They are the operator's, and never change.

import { formatTimestamp, METER_AGGREGATIONS, type Meter, parseMeterPath, TollgateError } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import { METER_FIELDS } from '@tollgate/warehouse';
import Type, { type Static } from 'typebox';
import { auditOf } from './audit.ts';
import { type CallContext, defineRoute, json, NOTHING, type Route } from './route.ts';
import { Name, orNull, pageOf, pageQuery, pageRequest, Timestamp } from './schemas.ts';
import { confinedTo, notFound } from './tenancy.ts';

const DIMENSIONS_MAX = 10;

const Slug = Type.String({
  pattern: '^[a-z0-9][a-z0-9_-]{0,62}$',
  description: 'What the meter is called in requests and prices; never given again.',
});

const Path = Type.String({
  minLength: 2,
  maxLength: 256,
  description: 'A place in `data`: `$` and then `.name`, `["any name"]` or `[index]`, at most eight of them.',
  examples: ['$.gib'],
});

const fields = {
  name: Name,
  event_type: Type.String({ minLength: 1, maxLength: 256, description: 'The `type` of the events that it looks at.' }),
  aggregation: Type.Enum([...METER_AGGREGATIONS]),
  value_path: Type.Optional(orNull(Path)),
  dimensions: Type.Optional(
    Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' }), Path, {
      additionalProperties: false,
      maxProperties: DIMENSIONS_MAX,
      description: 'What it can be grouped by: names, and where in `data` their values are.',
    }),
  ),
};

const NewMeter = Type.Object({ slug: Slug, ...fields }, { additionalProperties: false });

const MeterSchema = Type.Object({
  slug: Slug,
  name: Name,
  event_type: Type.String(),
  aggregation: Type.Enum([...METER_AGGREGATIONS]),
  value_path: orNull(Path),
  dimensions: Type.Record(Type.String(), Path),
  created_at: Timestamp,
  archived_at: orNull(Timestamp),
});

export function meterRoutes({ clock }: { readonly clock: Clock }): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/meters',
      operationId: 'createMeter',
      tag: 'Meters',
      summary: 'Create a meter',
      description:
        'Events that came before it are measured too. It never changes: make another one, and archive this one. `sum`, `max` and `latest` are of numbers, or of decimals as text (up to 30 digits before the point and 18 after it, which are kept digit by digit); `unique` counts different texts, numbers and booleans; `count` takes no `value_path`.',
      scope: 'billing:write',
      body: NewMeter,
      success: { status: 201, schema: MeterSchema },
      errors: ['customer_mismatch', 'conflict'],
      async handle(call) {
        mustBeOperator(call);
        const meter = meterOf(call.body, clock.now());
        await call.records.createMeter(meter);
        await recordAct(call, { action: 'meter.created', before: null, after: meter });
        return json(201, toJson(meter));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/meters',
      operationId: 'listMeters',
      tag: 'Meters',
      summary: 'List meters',
      description: 'By slug, the archived ones too.',
      scope: 'usage:read',
      query: Type.Object(pageQuery, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(MeterSchema) },
      async handle({ query, records }) {
        const { limit, request } = pageRequest(query);
        const found = await records.meters(request);
        const rows = found.slice(0, limit);
        return json(200, {
          data: rows.map(toJson),
          next_cursor: found.length > limit ? (rows.at(-1)?.slug ?? null) : null,
        });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/meters/{slug}',
      operationId: 'getMeter',
      tag: 'Meters',
      summary: 'Get a meter',
      scope: 'usage:read',
      success: { status: 200, schema: MeterSchema },
      handle: async ({ params, records }) => json(200, toJson(await existingMeter(params['slug'], records))),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/meters/{slug}',
      operationId: 'archiveMeter',
      tag: 'Meters',
      summary: 'Archive a meter',
      description:
        'What it measures can still be asked for, so that old invoices can be traced. Its slug is not given again.',
      scope: 'billing:write',
      success: { status: 204, schema: Type.Null() },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call);
        const before = await existingMeter(call.params['slug'], call.records);
        const archivedAtMs = clock.now();
        if (await call.records.archiveMeter(before.slug, archivedAtMs)) {
          await recordAct(call, { action: 'meter.archived', before, after: { ...before, archivedAtMs } });
        }
        return NOTHING;
      },
    }),
  ];
}

export async function existingMeter(slug: string | undefined, records: CallContext['records']): Promise<Meter> {
  const meter = await records.meter(slug ?? '');
  if (meter === null) throw notFound();
  return meter;
}

function meterOf(body: Static<typeof NewMeter>, createdAtMs: number): Meter {
  const { aggregation, value_path: valuePath = null, dimensions = {} } = body;
  const errors = Object.entries(dimensions).flatMap(([name, path]) => [
    ...(parseMeterPath(path) === null ? [{ pointer: `/dimensions/${name}`, detail: NO_PATH }] : []),
    ...(isField(name) ? [{ pointer: `/dimensions/${name}`, detail: 'is what every meter is grouped by.' }] : []),
  ]);
  if (aggregation === 'count' && valuePath !== null) {
    errors.push({ pointer: '/value_path', detail: 'has no use for a count. Leave it out.' });
  }
  if (aggregation !== 'count' && (valuePath === null || parseMeterPath(valuePath) === null)) {
    errors.push({ pointer: '/value_path', detail: NO_PATH });
  }
  if (errors.length > 0) {
    throw new TollgateError({ code: 'validation_failed', detail: 'The meter cannot be made. See `errors`.', errors });
  }
  const { slug, name, event_type: eventType } = body;
  return { slug, name, eventType, aggregation, valuePath, dimensions, createdAtMs, archivedAtMs: null };
}

const NO_PATH = 'must name a place in `data`, such as `$.gib` or `$["a name"][0]`.';

function isField(name: string): boolean {
  return METER_FIELDS.some((field) => field === name);
}

function mustBeOperator({ caller }: Pick<CallContext, 'caller'>): void {
  if (confinedTo(caller) === null) return;
  throw new TollgateError({
    code: 'customer_mismatch',
    detail: "Meters are the operator's. Use one of the operator's keys.",
  });
}

interface MeterAct {
  readonly action: string;
  readonly before: Meter | null;
  readonly after: Meter;
}

async function recordAct(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  { action, before, after }: MeterAct,
): Promise<void> {
  await call.records.appendAudit(
    auditOf(call, {
      action,
      customerId: null,
      subject: { type: 'meter', id: after.slug },
      before: before === null ? null : toJson(before),
      after: toJson(after),
    }),
  );
}

function toJson(meter: Meter) {
  return {
    slug: meter.slug,
    name: meter.name,
    event_type: meter.eventType,
    aggregation: meter.aggregation,
    value_path: meter.valuePath,
    dimensions: meter.dimensions,
    created_at: formatTimestamp(meter.createdAtMs),
    archived_at: meter.archivedAtMs === null ? null : formatTimestamp(meter.archivedAtMs),
  };
}
