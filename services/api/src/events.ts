// `GET /v1/events`: each copy of an event as it was received, what became of it, and where its numbers come from.

import { formatTimestamp, TollgateError } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import { EVENT_STATES, type EventsQuery, type Warehouse } from '@tollgate/warehouse';
import Type from 'typebox';
import { CustomerId } from './customers.ts';
import { acceptedJson, copyJson, EventSchema, EventWithCopies, eventJson } from './event-json.ts';
import type { InFlight } from './in-flight.ts';
import { KeyId } from './key-json.ts';
import { AsOf, recentPeriodOf, recentPeriodQuery } from './period.ts';
import { type Call, defineRoute, json, type Route } from './route.ts';
import { NextCursor, pageQuery, pageRequest } from './schemas.ts';
import { customerInQuestion, notFound } from './tenancy.ts';

const EventsParameters = Type.Object(
  {
    ...recentPeriodQuery,
    customer: Type.Optional(CustomerId),
    key: Type.Optional(KeyId),
    id: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: 'The event id: all its copies.' })),
    model: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    state: Type.Optional(Type.Enum([...EVENT_STATES])),
    ...pageQuery,
  },
  { additionalProperties: false },
);

interface EventOptions {
  readonly warehouse: Warehouse;
  readonly inFlight: InFlight;
  readonly clock: Clock;
}

export function eventRoutes({ warehouse, inFlight, clock }: EventOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/events',
      operationId: 'listEvents',
      tag: 'Events',
      summary: 'List events',
      description: 'The newest first, one row for each copy that was received. The period is of the time of the event.',
      scope: 'usage:read',
      query: EventsParameters,
      success: {
        status: 200,
        schema: Type.Object({ data: Type.Array(EventSchema), as_of: AsOf, next_cursor: NextCursor }),
      },
      errors: ['customer_mismatch'],
      async handle({ caller, query }) {
        const period = recentPeriodOf(query, clock.now());
        const customerId = customerInQuestion(caller, query.customer);
        const { limit } = pageRequest(query);
        const question: EventsQuery = {
          ...period,
          ...(customerId === undefined ? {} : { customerId }),
          ...(query.key === undefined ? {} : { keyId: query.key }),
          ...(query.id === undefined ? {} : { eventId: query.id }),
          ...(query.model === undefined ? {} : { model: query.model }),
          ...(query.state === undefined ? {} : { state: query.state }),
          limit,
          ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
        };
        const asOfMs = await warehouse.asOf();
        const { rows, nextCursor } = await warehouse.events(question);
        const asOf = asOfMs === null ? null : formatTimestamp(asOfMs);
        return json(200, { data: rows.map(eventJson), as_of: asOf, next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/events/{id}',
      operationId: 'getEvent',
      tag: 'Events',
      summary: 'Get an event with all its copies',
      description: "An operator names the `customer`; a customer's key need not. Also finds what is not counted yet.",
      scope: 'usage:read',
      query: Type.Object({ customer: Type.Optional(CustomerId) }, { additionalProperties: false }),
      success: { status: 200, schema: EventWithCopies },
      async handle(call) {
        const customerId = customerOf(call);
        const eventId = call.params['id'] ?? '';
        const copies = await warehouse.event(customerId, eventId);
        const main = copies.find(({ usage }) => usage !== null) ?? copies[0];
        if (main !== undefined) return json(200, { ...eventJson(main), copies: copies.map(copyJson) });
        const record = await inFlight.find(customerId, eventId);
        if (record === null) throw notFound();
        return json(200, { ...acceptedJson(record), copies: [] });
      },
    }),
  ];
}

function customerOf({ caller, query }: Call<{ readonly customer?: string }, unknown>): string {
  const own = caller.customerId;
  // Another customer's event is not found, whether it is there or not.
  if (own !== null && query.customer !== undefined && query.customer !== own) throw notFound();
  const customerId = customerInQuestion(caller, query.customer);
  if (customerId !== undefined) return customerId;
  throw new TollgateError({
    code: 'validation_failed',
    detail: 'An event is identified by its customer and its id. Name the customer, as `?customer=`.',
    errors: [{ pointer: 'customer', detail: "is required for an operator's key." }],
  });
}
