// API keys. Nobody grants what they do not hold, and a secret is shown once.

import type { ApiKey } from '@tollgate/accounts';
import { formatTimestamp, parseTimestamp, SCOPES } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type from 'typebox';
import { CustomerId } from './customers.ts';
import { existingCustomer } from './existing-customer.ts';
import { asJson } from './json-text.ts';
import { checkGrant, checkNotOwnKey, checkProject, checkReenabling } from './key-rules.ts';
import { newSecret } from './new-secret.ts';
import { ProjectId } from './projects.ts';
import { type CallContext, defineRoute, json, type Route } from './route.ts';
import { idOf, Metadata, Name, orNull, pageOf, pageQuery, pageRequest, Timestamp, toPage } from './schemas.ts';
import { customerInQuestion, mustBeSeen } from './tenancy.ts';

export const KeyId = idOf('key', 'an API key');
const Mode = Type.Enum(['live', 'test'], { description: 'What the secret begins with: `tg_live_` or `tg_test_`.' });
const ScopeList = Type.Array(Type.Enum([...SCOPES]), { minItems: 1, maxItems: SCOPES.length, uniqueItems: true });

const keyFields = {
  id: KeyId,
  name: Name,
  customer: orNull(CustomerId),
  project: orNull(ProjectId),
  mode: Mode,
  scopes: ScopeList,
  enabled: Type.Boolean(),
  expires_at: orNull(Timestamp),
  metadata: Metadata,
  created_at: Timestamp,
};
const KeySchema = Type.Object(keyFields);
const KeyWithSecret = Type.Object({
  ...keyFields,
  secret: Type.String({ description: 'Shown this once. Keep it; only its digest is stored.' }),
});

const NewKey = Type.Object(
  {
    name: Name,
    customer: Type.Optional(orNull(CustomerId)),
    project: Type.Optional(orNull(ProjectId)),
    mode: Type.Optional(Mode),
    scopes: ScopeList,
    expires_at: Type.Optional(orNull(Timestamp)),
    metadata: Type.Optional(Metadata),
  },
  { additionalProperties: false },
);

interface KeyRoutesOptions {
  readonly clock: Clock;
  readonly newId: IdGenerator;
  readonly pepper: string;
}

export function keyRoutes(options: KeyRoutesOptions): readonly Route[] {
  const { clock, newId, pepper } = options;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/keys',
      operationId: 'createKey',
      tag: 'API keys',
      summary: 'Create an API key',
      description:
        "Answers with the secret, this once. Without `customer` the key is made for the caller's own, or, when an operator asks, as an operator's key. Only scopes that the caller holds can be granted; `admin` and `:any` scopes are for operators' keys.",
      scope: 'keys:write',
      body: NewKey,
      success: { status: 201, schema: KeyWithSecret },
      errors: ['customer_mismatch'],
      async handle({ caller, body, records }) {
        const named = customerInQuestion(caller, body.customer ?? undefined);
        const customer = named === undefined ? null : await existingCustomer(records, named);
        checkGrant({ caller, scopes: body.scopes, isForCustomer: customer !== null });
        const project = body.project == null ? null : await records.project(body.project);
        checkProject({ named: body.project ?? null, project, customerId: customer?.id ?? null });
        const mode = body.mode ?? 'live';
        const key: ApiKey = {
          id: newId('key'),
          name: body.name,
          customerId: customer?.id ?? null,
          projectId: project?.id ?? null,
          mode,
          scopes: body.scopes,
          allowedModels: null,
          allowedIps: null,
          rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
          isEnabled: true,
          expiresAtMs: body.expires_at == null ? null : (parseTimestamp(body.expires_at) ?? null),
          metadata: body.metadata ?? {},
          createdAtMs: clock.now(),
        };
        const { secret, stored } = newSecret({ mode, pepper, newId, nowMs: key.createdAtMs });
        await records.createKey(key, stored);
        return json(201, { ...toJson(key), secret });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/keys',
      operationId: 'listKeys',
      tag: 'API keys',
      summary: 'List API keys',
      description: 'The oldest first, without their secrets.',
      scope: 'keys:read',
      query: Type.Object({ ...pageQuery, customer: Type.Optional(CustomerId) }, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(KeySchema) },
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const found = await records.keys({ ...request, ...(customerId === undefined ? {} : { customerId }) });
        const { rows, nextCursor } = toPage(found, limit);
        return json(200, { data: rows.map(toJson), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/keys/{id}',
      operationId: 'getKey',
      tag: 'API keys',
      summary: 'Get an API key',
      scope: 'keys:read',
      success: { status: 200, schema: KeySchema },
      handle: async ({ caller, params, records }) =>
        json(200, toJson(await seenKey(params['id'], { caller, records }))),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/keys/{id}/disable',
      operationId: 'disableKey',
      tag: 'API keys',
      summary: 'Disable an API key',
      description: 'It is refused everywhere within a second. A key cannot disable itself.',
      scope: 'keys:write',
      success: { status: 200, schema: KeySchema },
      errors: ['conflict'],
      async handle({ caller, params, records }) {
        const key = await seenKey(params['id'], { caller, records });
        checkNotOwnKey(caller, key);
        const disabled = await records.setKeyEnabled(key.id, false);
        return json(200, toJson(disabled ?? key));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/keys/{id}/enable',
      operationId: 'enableKey',
      tag: 'API keys',
      summary: 'Enable an API key',
      description: 'The caller must hold every scope that the key has.',
      scope: 'keys:write',
      success: { status: 200, schema: KeySchema },
      async handle({ caller, params, records }) {
        const key = await seenKey(params['id'], { caller, records });
        checkReenabling(caller, key);
        const enabled = await records.setKeyEnabled(key.id, true);
        return json(200, toJson(enabled ?? key));
      },
    }),
  ];
}

async function seenKey(id: string | undefined, context: Pick<CallContext, 'caller' | 'records'>): Promise<ApiKey> {
  return mustBeSeen(context.caller, await context.records.key(id ?? ''), ({ customerId }) => customerId);
}

function toJson(key: ApiKey) {
  return {
    id: key.id,
    name: key.name,
    customer: key.customerId,
    project: key.projectId,
    mode: key.mode,
    scopes: key.scopes,
    enabled: key.isEnabled,
    expires_at: key.expiresAtMs === null ? null : formatTimestamp(key.expiresAtMs),
    metadata: asJson(key.metadata),
    created_at: formatTimestamp(key.createdAtMs),
  };
}
