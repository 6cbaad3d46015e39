// How webhooks went, and sending them again: one of them, or those of a time.

import type { AccountRecords, WebhookAttempt, WebhookDelivery } from '@tollgate/accounts';
import { formatTimestamp, parseTimestamp, TollgateError } from '@tollgate/domain';
import Type from 'typebox';
import { auditOf } from './audit.ts';
import { CustomerId } from './customers.ts';
import { type CallContext, defineRoute, json, type Route } from './route.ts';
import { Count, NextCursor, orNull, pageOf, pageQuery, pageRequest, Timestamp, toPage } from './schemas.ts';
import { customerInQuestion, mustBeSeen } from './tenancy.ts';
import { checkEnabled, lockedEndpoint, ownerOf, type WebhookRoutesOptions } from './webhook-endpoints.ts';
import { DeliverySchema, EndpointId, MessageType, showDelivery } from './webhook-json.ts';

/** Of each delivery. The schedule has fewer; there are more after replays alone. */
const ATTEMPTS_SHOWN_MAX = 50;
const REPLAYED_MAX = 1_000;

const DeliveryWithBody = Type.Object({
  ...DeliverySchema.properties,
  body: Type.String({ description: 'What is sent, to the byte.' }),
});

const Replay = Type.Object(
  {
    start: Timestamp,
    end: Timestamp,
    which: Type.Optional(
      Type.Enum(['undelivered', 'all'], {
        default: 'undelivered',
        description:
          '`undelivered`: what failed, waits for a further attempt, or was never sent (the endpoint was disabled, or not made yet). `all`: also what was delivered.',
      }),
    ),
    cursor: Type.Optional(
      orNull(Type.String({ maxLength: 100, description: 'The `next_cursor` of the answer before.' })),
    ),
  },
  { additionalProperties: false },
);

export function webhookDeliveryRoutes(options: WebhookRoutesOptions): readonly Route[] {
  return [...listRoutes(), ...replayRoutes(options)];
}

function listRoutes(): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/webhook-deliveries',
      operationId: 'listWebhookDeliveries',
      tag: 'Webhooks',
      summary: 'List webhook deliveries',
      description: 'The newest first, with their attempts, for 30 days after what they tell of.',
      scope: 'webhooks:write',
      query: Type.Object(
        {
          ...pageQuery,
          customer: Type.Optional(CustomerId),
          endpoint: Type.Optional(EndpointId),
          state: Type.Optional(DeliverySchema.properties.state),
          type: Type.Optional(MessageType),
          start: Type.Optional(Timestamp),
          end: Type.Optional(Timestamp),
        },
        { additionalProperties: false },
      ),
      success: { status: 200, schema: pageOf(DeliverySchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const [startMs, endMs] = [query.start, query.end].map((text) =>
          text === undefined ? undefined : parseTimestamp(text),
        );
        const found = await records.webhookDeliveries({
          ...request,
          ...(customerId === undefined ? {} : { customerId }),
          ...(query.endpoint === undefined ? {} : { endpointId: query.endpoint }),
          ...(query.state === undefined ? {} : { state: query.state }),
          ...(query.type === undefined ? {} : { type: query.type }),
          ...(startMs === undefined ? {} : { startMs }),
          ...(endMs === undefined ? {} : { endMs }),
        });
        const { rows, nextCursor } = toPage(found, limit);
        return json(200, { data: await showDeliveries(records, rows), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/webhook-deliveries/{id}',
      operationId: 'getWebhookDelivery',
      tag: 'Webhooks',
      summary: 'Get a webhook delivery',
      scope: 'webhooks:write',
      success: { status: 200, schema: DeliveryWithBody },
      async handle(call) {
        const delivery = await seenDelivery(call);
        const [shown] = await showDeliveries(call.records, [delivery]);
        const message = await call.records.webhookMessage(delivery.messageId);
        if (shown === undefined || message === null) throw new Error(`the delivery ${delivery.id} has no message`);
        return json(200, { ...shown, body: message.body });
      },
    }),
  ];
}

function replayRoutes({ clock, newId }: WebhookRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/webhook-deliveries/{id}/replay',
      operationId: 'replayWebhookDelivery',
      tag: 'Webhooks',
      summary: 'Send a message again',
      description:
        'Whatever became of it: now, and from the beginning of the schedule. The same `webhook-id`, body and order; its receiver may know it already.',
      scope: 'webhooks:write',
      success: { status: 202, schema: DeliverySchema },
      errors: ['conflict'],
      async handle(call) {
        const { records } = call;
        const { id, endpointId, customerId } = await seenDelivery(call);
        checkEnabled(await lockedEndpoint({ ...call, params: { id: endpointId } }));
        await records.requeueWebhooks([id], clock.now());
        await recordReplay(call, { endpointId, customerId, after: { delivery: id } });
        const [shown] = await showDeliveries(records, [await seenDelivery(call)]);
        if (shown === undefined) throw new Error(`the delivery ${id} is not there`);
        return json(202, shown);
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/webhook-endpoints/{id}/replay',
      operationId: 'replayWebhooks',
      tag: 'Webhooks',
      summary: 'Send the messages of a time to an endpoint',
      description: `Everything that happened from \`start\` up to and without \`end\`, as far as the endpoint is told of it and it is kept (30 days). At most ${REPLAYED_MAX} messages for each request: while there is a \`next_cursor\`, ask again with it.`,
      scope: 'webhooks:write',
      body: Replay,
      success: { status: 202, schema: Type.Object({ replayed: Count, next_cursor: NextCursor }) },
      errors: ['conflict'],
      async handle(call) {
        const { body, records } = call;
        const endpoint = await lockedEndpoint(call);
        checkEnabled(endpoint);
        const { startMs, endMs } = replayedTime(body);
        const found = await records.messagesToReplay({
          ...{ endpoint, startMs, endMs, limit: REPLAYED_MAX + 1, after: body.cursor ?? '' },
          isUndeliveredOnly: body.which !== 'all',
        });
        const page = found.slice(0, REPLAYED_MAX);
        const nowMs = clock.now();
        const known = page.flatMap(({ deliveryId }) => (deliveryId === null ? [] : [deliveryId]));
        const missing = page
          .filter(({ deliveryId }) => deliveryId === null)
          .map(({ messageId }) => ({ id: newId('whd'), messageId, endpointId: endpoint.id }));
        await records.requeueWebhooks(known, nowMs);
        await records.queueWebhooks(missing, nowMs);
        const { start, end, which = 'undelivered' } = body;
        const after = { start, end, which, messages: page.length };
        await recordReplay(call, { endpointId: endpoint.id, customerId: endpoint.customerId, after });
        const nextCursor = found.length > REPLAYED_MAX ? (page.at(-1)?.messageId ?? null) : null;
        return json(202, { replayed: page.length, next_cursor: nextCursor });
      },
    }),
  ];
}

type AccessedCall = Pick<CallContext, 'caller' | 'records'> & { readonly params: Readonly<Record<string, string>> };

async function seenDelivery({ caller, params, records }: AccessedCall): Promise<WebhookDelivery> {
  return mustBeSeen(caller, await records.webhookDelivery(params['id'] ?? ''), ownerOf);
}

async function showDeliveries(records: AccountRecords, deliveries: readonly WebhookDelivery[]) {
  const attempts = await records.webhookAttempts(
    deliveries.map(({ id }) => id),
    ATTEMPTS_SHOWN_MAX,
  );
  const byDelivery = new Map<string, WebhookAttempt[]>();
  for (const attempt of attempts) {
    const known = byDelivery.get(attempt.deliveryId);
    if (known === undefined) byDelivery.set(attempt.deliveryId, [attempt]);
    else known.push(attempt);
  }
  return deliveries.map((delivery) => showDelivery(delivery, byDelivery.get(delivery.id) ?? []));
}

function replayedTime({ start, end }: { readonly start: string; readonly end: string }) {
  // The schema has checked both.
  const startMs = parseTimestamp(start) ?? Number.NaN;
  const endMs = parseTimestamp(end) ?? Number.NaN;
  if (startMs < endMs) return { startMs, endMs };
  throw new TollgateError({
    code: 'validation_failed',
    detail: 'The body does not name a time. See `errors`.',
    errors: [{ pointer: '/end', detail: `must be after \`start\`, ${formatTimestamp(startMs)}.` }],
  });
}

interface ReplayAct {
  readonly endpointId: string;
  readonly customerId: string | null;
  readonly after: Readonly<Record<string, string | number>>;
}

async function recordReplay(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  { endpointId, customerId, after }: ReplayAct,
): Promise<void> {
  const subject = { type: 'webhook_endpoint', id: endpointId };
  await call.records.appendAudit(
    auditOf(call, { action: 'webhook_endpoint.replayed', customerId, subject, before: null, after }),
  );
}
