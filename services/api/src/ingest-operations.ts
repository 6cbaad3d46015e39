// What ingest answers, for the one OpenAPI document and its page: the routes are another service's, which is at another
// address. Its contract and flow tests hold it to the same shapes.

import { EVENTS_PER_REQUEST_MAX, EventSchema, LIMIT_METRICS, LIMIT_WINDOWS, LLM_EVENT_TYPES } from '@tollgate/domain';
import Type from 'typebox';
import type { DescribedRoute } from './route.ts';
import { Count, Decimal, orNull, Timestamp } from './schemas.ts';

const TAG = 'Ingest';
const NO_QUERY = Type.Object({}, { additionalProperties: false });

/** Where ingest is: the operator says it to whoever calls it. */
export const INGEST_SERVER = {
  url: '{ingest}',
  description: 'The data plane.',
  variables: { ingest: { default: 'http://localhost:8080' } },
};

const Tokens = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
const Text = Type.String({ minLength: 1, maxLength: 256 });

const AuthorizationRequest = Type.Object(
  {
    key: Type.Optional(Type.String({ description: 'The API key that the use belongs to. Absent: the key that asks.' })),
    customer: Type.Optional(Type.String({ description: 'The customer, where no key is named.' })),
    provider: Type.Optional(Text),
    model: Text,
    input_tokens: Type.Optional({ ...Tokens, description: 'Either this or `input`.' }),
    input: Type.Optional(Type.Unknown({ description: 'What the model is sent: its text is counted.' })),
    max_output_tokens: Type.Optional({
      ...Tokens,
      description: 'What the model may answer at most; to be left out for embeddings alone.',
    }),
    max_web_searches: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1_000, default: 0, description: 'How often the model may search the web.' }),
    ),
    type: Type.Optional(Type.Enum([...LLM_EVENT_TYPES])),
    service_tier: Type.Optional(Text),
    region: Type.Optional(Text),
    ip: Type.Optional(Type.String({ description: "The end client's address, held against the key's list." })),
    ttl_seconds: Type.Optional(
      Type.Integer({ minimum: 5, maximum: 3_600, default: 600, description: 'After which the reservation expires.' }),
    ),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false },
);

const Amount = Type.Union([Count, Decimal], {
  description: "Money is decimal text in the customer's currency, all else a number.",
});

const Permit = Type.Object({
  allowed: Type.Literal(true),
  reservation: Type.String({ description: 'To be named by the event that tells what was used.' }),
  expires_at: Timestamp,
  limits: Type.Array(Type.Object({ id: Type.String(), remaining: orNull(Amount), resets_at: orNull(Timestamp) })),
});

const Denial = Type.Object({
  allowed: Type.Literal(false),
  code: Type.String({
    description: 'Such as `quota_exceeded`, `spend_limit_exceeded`, `rate_limited`, `model_not_allowed`, `unpriced`.',
  }),
  detail: Type.String(),
  limit: orNull(
    Type.Object({
      id: Type.String(),
      metric: Type.Enum([...LIMIT_METRICS]),
      window: Type.Enum([...LIMIT_WINDOWS]),
      amount: Amount,
      remaining: orNull(Amount),
    }),
  ),
  resets_at: Type.Union([Timestamp, Type.Null()], {
    description: 'When the same request may be let through; null: nobody knows, or never.',
  }),
});

const Withdrawal = Type.Object(
  {
    id: Text,
    customer: Type.Optional(Type.String({ description: 'Whose event it is, where an operator asks.' })),
    reason: Type.String({ minLength: 1, maxLength: 512, description: 'For people, and for the audit log.' }),
  },
  { additionalProperties: false },
);

const Outcome = Type.Object({
  accepted: Count,
  duplicates: Count,
  rejected: Type.Array(
    Type.Object({
      index: Count,
      id: orNull(Type.String()),
      code: Type.String(),
      detail: Type.String(),
      errors: Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() })),
    }),
  ),
});

const MANY = { minItems: 1, maxItems: EVENTS_PER_REQUEST_MAX };

export const INGEST_OPERATIONS: readonly DescribedRoute[] = [
  {
    ...{ method: 'POST', path: '/v1/events', operationId: 'sendEvents', tag: TAG, scope: 'usage:write' },
    summary: 'Report use',
    description:
      'One event or a list of them; CloudEvents too, in all three modes. 202 means durable. 207 when some were rejected, and a 422 with the same members when all were. Each id of a customer counts once, however often it is sent.',
    querySchema: NO_QUERY,
    bodySchema: Type.Union([EventSchema, Type.Array(EventSchema, MANY)]),
    success: { status: 202, schema: Outcome },
    errors: [
      'invalid_event',
      'batch_too_large',
      'log_unavailable',
      'rate_limited',
      'quota_exceeded',
      'spend_limit_exceeded',
    ],
  },
  {
    ...{ method: 'POST', path: '/v1/events/void', operationId: 'voidEvents', tag: TAG, scope: 'usage:write' },
    summary: 'Withdraw events',
    description: 'By their ids; also before the event comes.',
    querySchema: NO_QUERY,
    bodySchema: Type.Union([Withdrawal, Type.Array(Withdrawal, MANY)]),
    success: { status: 202, schema: Outcome },
    errors: ['invalid_event', 'batch_too_large', 'log_unavailable', 'rate_limited'],
  },
  {
    ...{ method: 'POST', path: '/v1/authorizations', operationId: 'authorize', tag: TAG, scope: 'limits:check' },
    summary: 'Ask whether a request may be made',
    description:
      'Holds its worst case against every limit that applies, in one step. A refusal is a 200 with `allowed: false`. The event that names the reservation settles it.',
    querySchema: NO_QUERY,
    bodySchema: AuthorizationRequest,
    success: { status: 200, schema: Type.Union([Permit, Denial]) },
    errors: ['customer_mismatch', 'rate_limited'],
  },
  {
    ...{ method: 'DELETE', path: '/v1/authorizations/{id}', operationId: 'releaseAuthorization', tag: TAG },
    scope: 'limits:check',
    summary: 'Give back what a request held that will not be made',
    description: 'May be sent again: when it answers, nothing is held under that id.',
    querySchema: NO_QUERY,
    bodySchema: undefined,
    success: { status: 204, schema: Type.Null() },
    errors: ['limits_unavailable', 'rate_limited'],
  },
];
