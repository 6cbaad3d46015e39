// Webhook endpoints: made, seen, changed, and given a new secret. A customer's are told what concerns the customer, the
// operator's what concerns anybody.

import type { WebhookEndpoint } from '@tollgate/accounts';
import {
  type EndpointSecrets,
  generateWebhookSecret,
  type KeySeal,
  openEndpoint,
  type ReceiverRules,
  readReceiverUrl,
  sealEndpoint,
  showWebhookSecret,
} from '@tollgate/auth';
import { TollgateError, WEBHOOK_TEST_TYPE, webhookBody } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type from 'typebox';
import { auditOf } from './audit.ts';
import { CustomerId } from './customers.ts';
import { existingCustomer } from './existing-customer.ts';
import { type CallContext, defineRoute, json, NOTHING, type Route } from './route.ts';
import { orNull, pageOf, pageQuery, pageRequest, toPage } from './schemas.ts';
import { customerInQuestion, mustBeSeen } from './tenancy.ts';
import { checkHeaders } from './webhook-headers.ts';
import {
  DeliverySchema,
  describeEndpoint,
  EndpointSchema,
  EndpointWithSecret,
  endpointSettings,
  HeadersPatch,
  showDelivery,
  showEndpoint,
} from './webhook-json.ts';

/** Of one customer, or of the operator's own. */
const ENDPOINTS_MAX = 50;
const GRACE_SECONDS_DEFAULT = 86_400;
const GRACE_SECONDS_MAX = 7 * 86_400;

const NewEndpoint = Type.Object(
  { ...endpointSettings, customer: Type.Optional(orNull(CustomerId)) },
  { additionalProperties: false },
);

const EndpointPatch = Type.Partial(Type.Object({ ...endpointSettings, headers: orNull(HeadersPatch) }), {
  additionalProperties: false,
});

const Rotation = Type.Object(
  {
    grace_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: GRACE_SECONDS_MAX,
        default: GRACE_SECONDS_DEFAULT,
        description: 'How long messages carry a signature by the old secret too.',
      }),
    ),
  },
  { additionalProperties: false },
);

export interface WebhookRoutesOptions {
  readonly clock: Clock;
  readonly newId: IdGenerator;
  readonly seal: KeySeal;
  readonly receivers: ReceiverRules;
}

export function webhookEndpointRoutes(options: WebhookRoutesOptions): readonly Route[] {
  return [...endpointRoutes(options), ...changeRoutes(options), ...testRoutes(options)];
}

function endpointRoutes({ clock, newId, seal, receivers }: WebhookRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/webhook-endpoints',
      operationId: 'createWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Create a webhook endpoint',
      description:
        "Answers with the secret, this once. Messages follow the Standard Webhooks specification: verify them with any of its libraries. They come at least once; `webhook-id` is the same every time, and `tollgate-order` numbers an endpoint's deliveries, since they may overtake each other. Without `customer` it is the caller's own customer's, or, when an operator asks, the operator's, who is told of every customer.",
      scope: 'webhooks:write',
      body: NewEndpoint,
      success: { status: 201, schema: EndpointWithSecret },
      errors: ['customer_mismatch', 'conflict', 'forbidden_url'],
      async handle(call) {
        const { body, caller, records } = call;
        const customerId = customerInQuestion(caller, body.customer ?? undefined) ?? null;
        if (customerId !== null) await existingCustomer(records, customerId);
        await checkCount(call, customerId);
        const nowMs = clock.now();
        const id = newId('whe');
        const headers = checkHeaders(body.headers ?? {});
        const secret = generateWebhookSecret();
        const endpoint: WebhookEndpoint = {
          id,
          customerId,
          url: calledUrl(body.url, receivers),
          types: body.types ?? null,
          description: body.description ?? '',
          isEnabled: body.enabled ?? true,
          disabledReason: null,
          sealed: sealEndpoint(seal, id, { secret, previous: null, headers }),
          headerNames: Object.keys(headers),
          secretCreatedAtMs: nowMs,
          previousExpiresAtMs: null,
          health: HEALTHY,
          createdAtMs: nowMs,
        };
        await records.createWebhookEndpoint(endpoint);
        await recordAct(call, { action: 'webhook_endpoint.created', before: null, after: endpoint });
        return json(201, { ...showEndpoint(endpoint), secret: showWebhookSecret(secret) });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/webhook-endpoints',
      operationId: 'listWebhookEndpoints',
      tag: 'Webhooks',
      summary: 'List webhook endpoints',
      description:
        "The oldest first, without their secrets. An operator sees those of every customer and the operator's own.",
      scope: 'webhooks:write',
      query: Type.Object({ ...pageQuery, customer: Type.Optional(CustomerId) }, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(EndpointSchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const found = await records.webhookEndpoints({
          ...request,
          ...(customerId === undefined ? {} : { customerId }),
        });
        const { rows, nextCursor } = toPage(found, limit);
        return json(200, { data: rows.map(showEndpoint), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/webhook-endpoints/{id}',
      operationId: 'getWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Get a webhook endpoint',
      scope: 'webhooks:write',
      success: { status: 200, schema: EndpointSchema },
      async handle({ caller, params, records }) {
        const endpoint = await records.webhookEndpoint(params['id'] ?? '');
        return json(200, showEndpoint(mustBeSeen(caller, endpoint, ownerOf)));
      },
    }),
  ];
}

function changeRoutes({ clock, seal, receivers }: WebhookRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'PATCH',
      path: '/v1/webhook-endpoints/{id}',
      operationId: 'updateWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Change a webhook endpoint',
      description:
        'A merge patch (RFC 7396): members that are left out stay, null clears, headers are merged, `types` are replaced. `enabled: true` also brings back one that was disabled for its failures: what was waiting for it is sent then, and what happened meanwhile can be replayed.',
      scope: 'webhooks:write',
      body: EndpointPatch,
      success: { status: 200, schema: EndpointSchema },
      errors: ['forbidden_url'],
      async handle(call) {
        const { body, records } = call;
        const before = await lockedEndpoint(call);
        const secrets = openedEndpoint(seal, before);
        const headers = body.headers === undefined ? secrets.headers : mergedHeaders(secrets.headers, body.headers);
        const isEnabled = body.enabled ?? before.isEnabled;
        const isEnabledAgain = isEnabled && !before.isEnabled;
        const after: WebhookEndpoint = {
          ...before,
          ...(body.url === undefined ? {} : { url: calledUrl(body.url, receivers) }),
          ...(body.types === undefined ? {} : { types: body.types }),
          ...(body.description === undefined ? {} : { description: body.description }),
          isEnabled,
          disabledReason: isEnabled ? null : before.disabledReason,
          sealed: sealEndpoint(seal, before.id, { ...secrets, headers }),
          headerNames: Object.keys(headers),
          health: isEnabledAgain ? HEALTHY : before.health,
        };
        await records.updateWebhookEndpoint(after);
        await recordAct(call, { action: 'webhook_endpoint.updated', before, after });
        return json(200, showEndpoint(after));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/webhook-endpoints/{id}',
      operationId: 'deleteWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Delete a webhook endpoint',
      description: 'Nothing more is sent to it, also of what is waiting. Its deliveries can still be seen.',
      scope: 'webhooks:write',
      success: { status: 204, schema: Type.Null() },
      async handle(call) {
        const endpoint = await lockedEndpoint(call);
        await call.records.deleteWebhookEndpoint(endpoint.id, clock.now());
        await recordAct(call, { action: 'webhook_endpoint.deleted', before: endpoint, after: null });
        return NOTHING;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/webhook-endpoints/{id}/rotate-secret',
      operationId: 'rotateWebhookSecret',
      tag: 'Webhooks',
      summary: 'Give a webhook endpoint a new secret',
      description:
        'The answer shows it, this once. During the grace every message carries two signatures, so that receivers with either secret take it. Two secrets sign at most: rotating again ends the oldest at once.',
      scope: 'webhooks:write',
      body: Rotation,
      success: { status: 200, schema: EndpointWithSecret },
      async handle(call) {
        const before = await lockedEndpoint(call);
        const { secret: previous, headers } = openedEndpoint(seal, before);
        const graceMs = (call.body.grace_seconds ?? GRACE_SECONDS_DEFAULT) * 1_000;
        const secret = generateWebhookSecret();
        const nowMs = clock.now();
        const after: WebhookEndpoint = {
          ...before,
          sealed: sealEndpoint(seal, before.id, { secret, previous: graceMs === 0 ? null : previous, headers }),
          secretCreatedAtMs: nowMs,
          previousExpiresAtMs: graceMs === 0 ? null : nowMs + graceMs,
        };
        await call.records.updateWebhookEndpoint(after);
        await recordAct(call, { action: 'webhook_endpoint.secret_rotated', before, after });
        return json(200, { ...showEndpoint(after), secret: showWebhookSecret(secret) });
      },
    }),
  ];
}

function testRoutes({ clock, newId }: WebhookRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/webhook-endpoints/{id}/test',
      operationId: 'testWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Send a test message to a webhook endpoint',
      description:
        'A message of the type `webhook.test`, whatever types the endpoint is told of: signed, sent, retried and shown as any other.',
      scope: 'webhooks:write',
      success: { status: 202, schema: DeliverySchema },
      errors: ['conflict'],
      async handle(call) {
        const { records } = call;
        const endpoint = await lockedEndpoint(call);
        checkEnabled(endpoint);
        const nowMs = clock.now();
        const { id: endpointId, customerId } = endpoint;
        const data = JSON.stringify({ endpoint: { id: endpointId }, sent_by: call.caller.keyId });
        const messageId = newId('msg');
        const body = webhookBody({ type: WEBHOOK_TEST_TYPE, atMs: nowMs, dataText: data });
        await records.createWebhookMessages([
          { id: messageId, type: WEBHOOK_TEST_TYPE, customerId, body, createdAtMs: nowMs },
        ]);
        const id = newId('whd');
        await records.queueWebhooks([{ id, messageId, endpointId }], nowMs);
        await recordAct(call, { action: 'webhook_endpoint.tested', before: endpoint, after: endpoint });
        const delivery = await records.webhookDelivery(id);
        if (delivery === null) throw new Error(`the delivery ${id} is not there although it was just made`);
        return json(202, showDelivery(delivery, []));
      },
    }),
  ];
}

const HEALTHY = { failingSinceMs: null, failuresInARow: 0 } as const;

export function ownerOf({ customerId }: { readonly customerId: string | null }): string | null {
  return customerId;
}

type AccessedCall = Pick<CallContext, 'caller' | 'records'> & { readonly params: Readonly<Record<string, string>> };

/** Another owner's, and one that was deleted, is not there. */
export async function lockedEndpoint({ caller, params, records }: AccessedCall): Promise<WebhookEndpoint> {
  return mustBeSeen(caller, await records.lockWebhookEndpoint(params['id'] ?? ''), ownerOf);
}

export function checkEnabled({ isEnabled }: WebhookEndpoint): void {
  if (isEnabled) return;
  throw new TollgateError({ code: 'conflict', detail: 'The endpoint is disabled: enable it, then send.' });
}

async function checkCount({ records }: Pick<CallContext, 'records'>, customerId: string | null): Promise<void> {
  // So that two that are made at once are counted one after the other.
  if (customerId !== null) await records.lockCustomer(customerId);
  if ((await records.countWebhookEndpoints(customerId)) < ENDPOINTS_MAX) return;
  throw new TollgateError({
    code: 'conflict',
    detail: `There are ${ENDPOINTS_MAX} webhook endpoints already, and no more are told. Delete one.`,
  });
}

/** As it is called. */
function calledUrl(text: string, receivers: ReceiverRules): string {
  const read = readReceiverUrl(text, receivers);
  if (read.kind === 'url') return read.url.href;
  throw new TollgateError({
    code: 'forbidden_url',
    detail: `Webhooks are not sent to this URL. ${read.detail}`,
    errors: [{ pointer: '/url', detail: read.detail }],
  });
}

function openedEndpoint(seal: KeySeal, { id, sealed }: WebhookEndpoint): EndpointSecrets {
  const secrets = openEndpoint(seal, id, sealed);
  if (secrets !== null) return secrets;
  throw new Error(
    `TOLLGATE_ENCRYPTION_KEY does not open the webhook endpoint ${id}: list the secret that it is sealed under`,
  );
}

function mergedHeaders(
  headers: EndpointSecrets['headers'],
  patch: Readonly<Record<string, string | null>> | null,
): EndpointSecrets['headers'] {
  const merged = new Map(patch === null ? [] : Object.entries(headers));
  for (const [name, value] of Object.entries(patch ?? {})) {
    if (value === null) merged.delete(name.toLowerCase());
    else merged.set(name.toLowerCase(), value);
  }
  return checkHeaders(Object.fromEntries(merged));
}

interface EndpointAct {
  readonly action: string;
  readonly before: WebhookEndpoint | null;
  readonly after: WebhookEndpoint | null;
}

async function recordAct(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  { action, before, after }: EndpointAct,
): Promise<void> {
  const endpoint = after ?? before;
  if (endpoint === null) return;
  const describe = (state: WebhookEndpoint | null) => (state === null ? null : describeEndpoint(state));
  await call.records.appendAudit(
    auditOf(call, {
      action,
      customerId: endpoint.customerId,
      subject: { type: 'webhook_endpoint', id: endpoint.id },
      before: describe(before),
      after: describe(after),
    }),
  );
}
