// From a line of an invoice to the events behind it, and from an event to the line that bills it.

import { CanonicalInvoiceSchema, formatTimestamp, TollgateError } from '@tollgate/domain';
import type { Invoicing, TracedLine } from '@tollgate/invoicing';
import type { UsageDetailQuery, Warehouse } from '@tollgate/warehouse';
import Type, { type Static } from 'typebox';
import { CustomerId } from '../customers.ts';
import { countedFields, countedJson, EventSchema, eventJson } from '../event-json.ts';
import { asJson } from '../json-text.ts';
import { type Answer, type Call, defineRoute, json, type Route } from '../route.ts';
import { Decimal, NextCursor, orNull, pageQuery, pageRequest, Timestamp } from '../schemas.ts';
import { customerInQuestion, notFound } from '../tenancy.ts';
import { bytes } from './document-file.ts';
import { visibleInvoice } from './invoice-access.ts';

const DETAIL_TYPES = { csv: 'text/csv; charset=utf-8', parquet: 'application/vnd.apache.parquet' } as const;
const DETAIL_FORMATS = ['csv', 'parquet'] as const;

const LineSchema = Type.Unsafe({
  ...CanonicalInvoiceSchema.properties.lines.items,
  description: 'As on the invoice.',
});

const TraceQuery = Type.Object(
  {
    format: Type.Optional(
      Type.Enum([...DETAIL_FORMATS], { description: 'All events of the line as a file, however many there are.' }),
    ),
    ...pageQuery,
  },
  { additionalProperties: false },
);

const TracedLineSchema = Type.Object({
  line: LineSchema,
  start: Timestamp,
  end: Timestamp,
  use: Type.Array(
    Type.Object({
      project: orNull(Type.String()),
      provider: Type.String(),
      model: Type.String(),
      service_tier: Type.String(),
      class: Type.String(),
      quantity: Decimal,
      cost: Decimal,
    }),
    { description: 'What the line is made of, in sums.' },
  ),
  data: Type.Array(Type.Object({ id: Type.String(), time: Timestamp, ...countedFields }), {
    description: 'Events of a page: perhaps none though others follow.',
  }),
  next_cursor: NextCursor,
});

const TracedEventSchema = Type.Object({
  state: Type.Enum(['billed', 'to_be_billed', 'to_be_adjusted', 'not_billed'], {
    description: '`to_be_adjusted`: it came after the invoice of its period, and the next invoice has it.',
  }),
  invoice: orNull(Type.Object({ id: Type.String(), state: Type.String(), number: orNull(Type.String()) })),
  lines: Type.Array(LineSchema),
  event: Type.Array(EventSchema, { description: 'All copies of it.' }),
});

interface TraceOptions {
  readonly invoicing: Pick<Invoicing, 'traceLine' | 'traceEvent'>;
  readonly warehouse: Pick<Warehouse, 'usageDetail' | 'storedUntil'>;
}

export function traceRoutes(options: TraceOptions): readonly Route[] {
  return [lineRoute(options), eventRoute(options)];
}

function lineRoute(options: TraceOptions): Route {
  return defineRoute({
    method: 'GET',
    path: '/v1/invoices/{id}/lines/{line}/usage',
    operationId: 'getLineUsage',
    tag: 'Invoices',
    summary: 'The usage behind a line of an invoice',
    description:
      'The id of the line is escaped: its slashes are `%2F`. Up to the place in the log that the invoice was made of.',
    scope: 'billing:read',
    query: TraceQuery,
    success: { status: 200, schema: TracedLineSchema, alternatives: ['text/csv', DETAIL_TYPES.parquet] },
    handle: (call) => answerLine(call, options),
  });
}

async function answerLine(
  { caller, params, query, records }: Call<Static<typeof TraceQuery>, unknown>,
  { invoicing, warehouse }: TraceOptions,
): Promise<Answer> {
  const invoice = visibleInvoice(caller, await records.invoice(params['id'] ?? ''));
  const { format } = query;
  const { limit } = pageRequest(query);
  const traced = await invoicing.traceLine({
    ...{ invoiceId: invoice.id, lineId: params['line'] ?? '' },
    ...(format === undefined
      ? { limit, after: query.cursor === undefined ? null : placeOf(query.cursor, invoice.customerId) }
      : { limit: 0, after: null }),
  });
  if (format !== undefined) {
    const question = await detailOf(traced, { format, warehouse, records });
    const name = `${invoice.snapshot?.number ?? `draft-${invoice.id}`}-${traced.line.id}.${format}`;
    return bytes({ contentType: DETAIL_TYPES[format], name, chunks: warehouse.usageDetail(question) });
  }
  return json(200, {
    line: asJson(traced.line),
    ...{ start: formatTimestamp(traced.startMs), end: formatTimestamp(traced.endMs) },
    use: asJson(traced.use),
    data: traced.events.map((event) => ({
      ...{ id: event.eventId, time: formatTimestamp(event.timeMs), ...countedJson(event) },
    })),
    next_cursor: traced.next === null ? null : cursorOf(traced.next),
  });
}

async function detailOf(
  { customerId, startMs, endMs, until, use }: TracedLine,
  of: {
    readonly format: UsageDetailQuery['format'];
    readonly warehouse: TraceOptions['warehouse'];
    readonly records: Pick<Call<unknown, unknown>['records'], 'meter'>;
  },
): Promise<UsageDetailQuery> {
  const uses = use.map((each) => ({
    ...{ projectId: each.project, provider: each.provider, model: each.model },
    ...{ serviceTier: each.service_tier, class: each.class },
  }));
  const meters = await Promise.all(
    uses.flatMap(({ class: name }) =>
      name.startsWith('meter:') ? [of.records.meter(name.slice('meter:'.length))] : [],
    ),
  );
  const eventTypes = meters.flatMap((meter) => (meter === null ? [] : [meter.eventType]));
  return {
    ...{ customerId, startMs, endMs, format: of.format, uses, eventTypes },
    until: until ?? (await of.warehouse.storedUntil()),
  };
}

function eventRoute({ invoicing }: TraceOptions): Route {
  return defineRoute({
    method: 'GET',
    path: '/v1/events/{id}/invoice',
    operationId: 'getInvoiceOfEvent',
    tag: 'Invoices',
    summary: 'Where an event is billed',
    description: "An operator names the `customer`; a customer's key need not.",
    scope: 'billing:read',
    query: Type.Object({ customer: Type.Optional(CustomerId) }, { additionalProperties: false }),
    success: { status: 200, schema: TracedEventSchema },
    errors: ['customer_mismatch'],
    async handle({ caller, params, query }) {
      const customerId = customerInQuestion(caller, query.customer);
      if (customerId === undefined) throw missingCustomer();
      const traced = await invoicing.traceEvent({ customerId, eventId: params['id'] ?? '' });
      if (traced.event.length === 0) throw notFound();
      const { invoice, number } = traced;
      return json(200, {
        state: traced.state,
        invoice: invoice === null ? null : { id: invoice.id, state: invoice.state, number },
        lines: asJson(traced.lines),
        event: traced.event.map(eventJson),
      });
    },
  });
}

type Place = NonNullable<TracedLine['next']>;

function cursorOf({ hourMs, eventId }: Place): string {
  return Buffer.from(JSON.stringify([hourMs, eventId])).toString('base64url');
}

function placeOf(cursor: string, customerId: string): Place {
  const [hourMs, eventId] = partsOf(cursor);
  if (typeof hourMs === 'number' && Number.isSafeInteger(hourMs) && typeof eventId === 'string') {
    return { customerId, hourMs, eventId };
  }
  throw new TollgateError({
    code: 'validation_failed',
    detail: 'The cursor is none that this route gave.',
    errors: [{ pointer: 'cursor', detail: 'is not the `next_cursor` of a page.' }],
  });
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function missingCustomer(): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: 'An event is identified by its customer and its id. Name the customer, as `?customer=`.',
    errors: [{ pointer: 'customer', detail: "is required for an operator's key." }],
  });
}
