// How webhook endpoints, deliveries and attempts are written in JSON: the schemas, and what is shown.

import {
  WEBHOOK_DELIVERY_STATES,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookEndpoint,
} from '@tollgate/accounts';
import { RECEIVER_URL_LENGTH_MAX } from '@tollgate/auth';
import { formatTimestamp, WEBHOOK_ERRORS, WEBHOOK_TEST_TYPE, WEBHOOK_TYPES } from '@tollgate/domain';
import Type from 'typebox';
import { CustomerId } from './customers.ts';
import { Count, idOf, orNull, Timestamp } from './schemas.ts';
import { HEADER_VALUE_LENGTH_MAX, HEADERS_MAX } from './webhook-headers.ts';

export const EndpointId = idOf('whe', 'a webhook endpoint');
const DeliveryId = idOf('whd', 'a delivery');
export const MessageType = Type.Enum([...WEBHOOK_TYPES, WEBHOOK_TEST_TYPE]);

const Types = Type.Array(Type.Enum([...WEBHOOK_TYPES]), {
  minItems: 1,
  maxItems: WEBHOOK_TYPES.length,
  uniqueItems: true,
  description: 'What it is told of. Null: everything, also types that come later.',
});
const Url = Type.String({
  minLength: 1,
  maxLength: RECEIVER_URL_LENGTH_MAX,
  description:
    'Where messages are sent to: `https`, a public host, no name or password in it. Redirects are not followed.',
  examples: ['https://example.com/webhooks'],
});
const Headers = Type.Record(
  Type.String({ pattern: '^[\\s\\S]{1,64}$' }),
  Type.String({ maxLength: HEADER_VALUE_LENGTH_MAX }),
  {
    additionalProperties: false,
    maxProperties: HEADERS_MAX,
    description:
      'Sent with every message, such as an `Authorization` that your receiver asks for. Kept encrypted, never shown.',
  },
);

/** What can be said of an endpoint when it is made, and changed later. */
export const endpointSettings = {
  url: Url,
  types: Type.Optional(orNull(Types)),
  description: Type.Optional(Type.String({ maxLength: 500, description: 'For people.' })),
  headers: Type.Optional(Headers),
  enabled: Type.Optional(Type.Boolean()),
};

export const HeadersPatch = Type.Record(
  Type.String({ pattern: '^[\\s\\S]{1,64}$' }),
  orNull(Type.String({ maxLength: HEADER_VALUE_LENGTH_MAX })),
  { additionalProperties: false, maxProperties: 2 * HEADERS_MAX, description: 'Merged; null takes one away.' },
);

const endpointFields = {
  id: EndpointId,
  customer: orNull(CustomerId),
  url: Url,
  types: orNull(Types),
  description: Type.String(),
  header_names: Type.Array(Type.String()),
  enabled: Type.Boolean(),
  disabled_reason: orNull(
    Type.Enum(['gone', 'failing'], {
      description: 'Why, where nobody chose to disable it: it answered 410, or took nothing for days.',
    }),
  ),
  failing_since: orNull(Timestamp),
  failures_in_a_row: Count,
  secret_created_at: Timestamp,
  previous_secret_expires_at: orNull(
    Type.String({ format: 'date-time', description: 'Until when the secret before signs too.' }),
  ),
  created_at: Timestamp,
};
export const EndpointSchema = Type.Object(endpointFields);
export const EndpointWithSecret = Type.Object({
  ...endpointFields,
  secret: Type.String({
    description: 'Begins with `whsec_`. Shown this once: your receiver verifies signatures with it.',
  }),
});

const AttemptSchema = Type.Object({
  at: Timestamp,
  duration_ms: Count,
  status: orNull(Type.Integer({ description: 'What the receiver answered; null where it did not.' })),
  error: orNull(Type.Enum([...WEBHOOK_ERRORS], { description: 'Why there is no status.' })),
  next_attempt_at: orNull(Timestamp),
});

export const DeliverySchema = Type.Object({
  id: DeliveryId,
  message: Type.String({ description: 'The `webhook-id`.' }),
  endpoint: EndpointId,
  customer: orNull(CustomerId),
  type: MessageType,
  order: Type.Integer({ minimum: 1, description: 'The number of the delivery among those of its endpoint.' }),
  state: Type.Enum([...WEBHOOK_DELIVERY_STATES]),
  next_attempt_at: orNull(Timestamp),
  created_at: Timestamp,
  delivered_at: orNull(Timestamp),
  attempts: Type.Array(AttemptSchema, { description: 'The latest, in their order.' }),
});

export function showEndpoint(endpoint: WebhookEndpoint) {
  return {
    ...describeEndpoint(endpoint),
    failing_since: timeOrNull(endpoint.health.failingSinceMs),
    failures_in_a_row: endpoint.health.failuresInARow,
  };
}

/** For the audit log too: nothing that changes by itself, and no secret. */
export function describeEndpoint(endpoint: WebhookEndpoint) {
  return {
    id: endpoint.id,
    customer: endpoint.customerId,
    url: endpoint.url,
    types: endpoint.types,
    description: endpoint.description,
    header_names: endpoint.headerNames,
    enabled: endpoint.isEnabled,
    disabled_reason: endpoint.disabledReason,
    secret_created_at: formatTimestamp(endpoint.secretCreatedAtMs),
    previous_secret_expires_at: timeOrNull(endpoint.previousExpiresAtMs),
    created_at: formatTimestamp(endpoint.createdAtMs),
  };
}

export function showDelivery(delivery: WebhookDelivery, attempts: readonly WebhookAttempt[]) {
  return {
    id: delivery.id,
    message: delivery.messageId,
    endpoint: delivery.endpointId,
    customer: delivery.customerId,
    type: delivery.type,
    order: delivery.order,
    state: delivery.state,
    next_attempt_at: timeOrNull(delivery.nextAtMs),
    created_at: formatTimestamp(delivery.createdAtMs),
    delivered_at: timeOrNull(delivery.deliveredAtMs),
    attempts: attempts.map(({ atMs, durationMs, status, error, nextAtMs }) => ({
      at: formatTimestamp(atMs),
      duration_ms: durationMs,
      status,
      error,
      next_attempt_at: timeOrNull(nextAtMs),
    })),
  };
}

function timeOrNull(instantMs: number | null): string | null {
  return instantMs === null ? null : formatTimestamp(instantMs);
}
