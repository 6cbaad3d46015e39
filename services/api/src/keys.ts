// API keys: made, seen, changed. Nobody hands on what their own key may not do, and a secret is shown once.

import type { AccountRecords, ApiKey, Customer } from '@tollgate/accounts';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type from 'typebox';
import { CustomerId } from './customers.ts';
import { createBodyCheck } from './decode-body.ts';
import { existingCustomer } from './existing-customer.ts';
import { lockedKey, seenKey } from './key-access.ts';
import { recordKeyAct } from './key-audit.ts';
import { checkWithinBounds } from './key-bounds.ts';
import {
  describeKey,
  KeySchema,
  KeySettings,
  KeyWithSecret,
  keySettings,
  Mode,
  settingsOf,
  showKey,
  showKeys,
} from './key-json.ts';
import {
  changesStanding,
  checkCustomerScopes,
  checkNotLeaked,
  checkNotOwnKey,
  checkPolicyCount,
  checkPolicyScopes,
  checkProject,
} from './key-rules.ts';
import { readKeySettings } from './key-settings.ts';
import { giveDefaultLimits } from './limits/give-default-limits.ts';
import type { LiveLimits } from './limits/live-limits.ts';
import { mergePatch } from './merge-patch.ts';
import { newSecret } from './new-secret.ts';
import { ProjectId } from './project-id.ts';
import { type CallContext, defineRoute, json, type Route } from './route.ts';
import { Metadata, orNull, pageOf, pageQuery, pageRequest, toPage } from './schemas.ts';
import { customerInQuestion } from './tenancy.ts';

const NewKey = Type.Object(
  { ...keySettings, customer: Type.Optional(orNull(CustomerId)), mode: Type.Optional(Mode) },
  { additionalProperties: false },
);

const KeyPatch = Type.Partial(Type.Object({ ...keySettings, metadata: orNull(Metadata) }), {
  additionalProperties: false,
});

const checkSettings = createBodyCheck<KeySettings>(KeySettings);

export interface KeyRoutesOptions {
  readonly clock: Clock;
  readonly newId: IdGenerator;
  readonly pepper: string;
}

interface KeyMakingOptions extends KeyRoutesOptions {
  readonly liveLimits: LiveLimits;
}

export function keyRoutes(options: KeyMakingOptions): readonly Route[] {
  const { clock, newId, pepper, liveLimits } = options;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/keys',
      operationId: 'createKey',
      tag: 'API keys',
      summary: 'Create an API key',
      description:
        "Answers with the secret, this once. Without `customer` the key is made for the caller's own, or, when an operator asks, as an operator's key. A key can hand on what it may do itself, and no more: scopes, models, addresses, rate limits and expiry. `admin` and `:any` scopes are for operators' keys. A customer's key also keeps to the customer's `key_policy`. The key gets the limits that the customer's `limit-defaults` say; the answer waits for 1.5 seconds at most until they are enforced.",
      scope: 'keys:write',
      body: NewKey,
      success: { status: 201, schema: KeyWithSecret },
      errors: ['customer_mismatch', 'conflict', 'invalid_cidr'],
      async handle(call) {
        const { caller, body, records } = call;
        const { customer: named, mode = 'live', ...settings } = body;
        const customerId = customerInQuestion(caller, named ?? undefined) ?? null;
        if (customerId !== null) await existingCustomer(records, customerId);
        const createdAtMs = clock.now();
        const key: ApiKey = { id: newId('key'), customerId, mode, createdAtMs, ...readKeySettings(settings) };
        await checkChange(call, { before: null, after: key });
        const { secret, stored } = newSecret({ mode, pepper, newId, nowMs: createdAtMs });
        await records.createKey(key, stored);
        const told = { type: 'key.created' } as const;
        await recordKeyAct(call, { action: 'key.created', key, before: null, after: describeKey(key), told });
        const limits = await giveDefaultLimits(call, { key, newId, nowMs: createdAtMs });
        const dated = await liveLimits.dated(records, limits);
        return {
          kind: 'json',
          status: 201,
          body: { ...(await showKey(records, key)), secret },
          afterCommit: async () => void (await liveLimits.showOnceKnown(dated)),
        };
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
      query: Type.Object(
        {
          ...pageQuery,
          customer: Type.Optional(CustomerId),
          project: Type.Optional(ProjectId),
          enabled: Type.Optional(Type.Enum(['true', 'false'])),
        },
        { additionalProperties: false },
      ),
      success: { status: 200, schema: pageOf(KeySchema) },
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const found = await records.keys({
          ...request,
          ...(customerId === undefined ? {} : { customerId }),
          ...(query.project === undefined ? {} : { projectId: query.project }),
          ...(query.enabled === undefined ? {} : { isEnabled: query.enabled === 'true' }),
        });
        const { rows, nextCursor } = toPage(found, limit);
        return json(200, { data: await showKeys(records, rows), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/keys/{id}',
      operationId: 'getKey',
      tag: 'API keys',
      summary: 'Get an API key',
      description: 'With its secrets: which are old, until when they work, and from where they were last used.',
      scope: 'keys:read',
      success: { status: 200, schema: KeySchema },
      async handle(call) {
        return json(200, await showKey(call.records, await seenKey(call.params['id'], call)));
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/v1/keys/{id}',
      operationId: 'updateKey',
      tag: 'API keys',
      summary: 'Change an API key',
      description:
        'A merge patch (RFC 7396): members that are left out stay, null clears, objects are merged, lists are replaced. Felt everywhere within a second. What comes out must be what the caller could have made. A key cannot change its own scopes, expiry or state.',
      scope: 'keys:write',
      body: KeyPatch,
      success: { status: 200, schema: KeySchema },
      errors: ['conflict', 'invalid_cidr'],
      async handle(call) {
        const { caller, body, params, records } = call;
        const before = await lockedKey(params['id'], call);
        const settings = checkSettings(mergePatch(settingsOf(before), body));
        const after: ApiKey = { ...before, ...readKeySettings(settings) };
        if (changesStanding(before, after)) checkNotOwnKey(caller, before);
        if (after.isEnabled) checkNotLeaked(before);
        await checkChange(call, { before, after });
        await records.updateKey(after);
        const told = before.isEnabled && !after.isEnabled ? REVOKED : {};
        await recordKeyAct(call, {
          action: 'key.updated',
          key: after,
          before: describeKey(before),
          after: describeKey(after),
          ...told,
        });
        return json(200, await showKey(records, after));
      },
    }),
  ];
}

const REVOKED = { told: { type: 'key.revoked', data: { cause: 'disabled' } } } as const;

/** Fails when the caller may not make this of the key, or of none. */
async function checkChange(
  { caller, records }: Pick<CallContext, 'caller' | 'records'>,
  { before, after }: { readonly before: ApiKey | null; readonly after: ApiKey },
): Promise<void> {
  checkWithinBounds(caller, after);
  checkCustomerScopes(after);
  if (caller.customerId !== null) {
    const { id, keyPolicy } = await lockedCustomer(records, caller.customerId);
    checkPolicyScopes(
      keyPolicy,
      after.scopes.filter((scope) => !before?.scopes.includes(scope)),
    );
    if (before === null) checkPolicyCount(keyPolicy, await records.countKeys({ customerId: id }));
  }
  const { projectId: named, customerId } = after;
  if (named === null || named === before?.projectId) return;
  checkProject({ named, project: await records.lockProject(named), customerId });
}

/** So that two keys that are made at once are counted one after the other. */
async function lockedCustomer(records: AccountRecords, customerId: string): Promise<Customer> {
  const customer = await records.lockCustomer(customerId);
  if (customer === null) throw new Error('a key belongs to a customer that is not there');
  return customer;
}
