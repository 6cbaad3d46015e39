// API keys disabled, enabled, deleted and rotated.

import type { ApiKey } from '@tollgate/accounts';
import { formatTimestamp, parseTimestamp } from '@tollgate/domain';
import Type from 'typebox';
import { lockedKey } from './key-access.ts';
import { recordKeyAct } from './key-audit.ts';
import { checkWithinBounds } from './key-bounds.ts';
import { describeKey, describeSecrets, KeySchema, KeyWithSecret, showKey } from './key-json.ts';
import { checkScheduled, decideRotation, GRACE_SECONDS_MAX } from './key-rotation.ts';
import { checkNotLeaked, checkNotOwnKey } from './key-rules.ts';
import type { KeyRoutesOptions } from './keys.ts';
import { endLimits } from './limits/end-limits.ts';
import { newSecret } from './new-secret.ts';
import { defineRoute, json, NOTHING, type Route } from './route.ts';
import { Timestamp } from './schemas.ts';

const Rotation = Type.Object(
  {
    grace_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: GRACE_SECONDS_MAX,
        default: 0,
        description: 'How long the old secret works on. 0, the default, ends it at once: right for one that leaked.',
      }),
    ),
    at: Type.Optional(
      Type.String({
        ...Timestamp,
        description: 'From when the old secret counts as old, and its grace runs. Default: now.',
      }),
    ),
  },
  { additionalProperties: false },
);

export function keyStateRoutes(options: KeyRoutesOptions): readonly Route[] {
  return [...activeRoutes(options), ...rotationRoutes(options)];
}

function activeRoutes({ clock }: KeyRoutesOptions): readonly Route[] {
  return [
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
      async handle(call) {
        const key = await lockedKey(call.params['id'], call);
        checkNotOwnKey(call.caller, key);
        if (!key.isEnabled) return json(200, await showKey(call.records, key));
        const after: ApiKey = { ...key, isEnabled: false };
        await call.records.updateKey(after);
        const told = { type: 'key.revoked', data: { cause: 'disabled' } } as const;
        const change = { before: describeKey(key), after: describeKey(after), told };
        await recordKeyAct(call, { action: 'key.disabled', key, ...change });
        return json(200, await showKey(call.records, after));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/keys/{id}/enable',
      operationId: 'enableKey',
      tag: 'API keys',
      summary: 'Enable an API key',
      description: 'It must be a key that the caller could make. One whose secret leaked is rotated first.',
      scope: 'keys:write',
      success: { status: 200, schema: KeySchema },
      errors: ['conflict'],
      async handle(call) {
        const key = await lockedKey(call.params['id'], call);
        checkWithinBounds(call.caller, key);
        if (key.isEnabled) return json(200, await showKey(call.records, key));
        checkNotLeaked(key);
        const after: ApiKey = { ...key, isEnabled: true };
        await call.records.updateKey(after);
        const change = { before: describeKey(key), after: describeKey(after) };
        await recordKeyAct(call, { action: 'key.enabled', key, ...change });
        return json(200, await showKey(call.records, after));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/keys/{id}',
      operationId: 'deleteKey',
      tag: 'API keys',
      summary: 'Delete an API key',
      description:
        'For good: it is refused everywhere within a second, and is not found any more. Its limits end. Its usage stays its own, also usage that a gateway reports for it later. A key cannot delete itself.',
      scope: 'keys:write',
      success: { status: 204, schema: Type.Null() },
      errors: ['conflict'],
      async handle(call) {
        const key = await lockedKey(call.params['id'], call);
        checkNotOwnKey(call.caller, key);
        const nowMs = clock.now();
        await call.records.deleteKey(key.id, nowMs);
        await endLimits(call, { scope: { kind: 'key', id: key.id }, nowMs });
        const told = { type: 'key.revoked', data: { cause: 'deleted' } } as const;
        await recordKeyAct(call, { action: 'key.deleted', key, before: describeKey(key), after: null, told });
        return NOTHING;
      },
    }),
  ];
}

function rotationRoutes({ clock, newId, pepper }: KeyRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/keys/{id}/rotate',
      operationId: 'rotateKey',
      tag: 'API keys',
      summary: 'Give an API key a new secret',
      description:
        'The answer shows the new secret, this once; it works from now on. The old one works until `at` plus `grace_seconds` and is refused from that instant; from `at` its use is shown as that of an old secret. Two secrets work at most: rotating again during a grace ends the oldest at once, and is refused while a rotation lies ahead. Id, limits and scopes stay. The caller must be able to make such a key. A key that rotates itself should ask for a grace: should the answer be lost, the old secret and the same Idempotency-Key get it again.',
      scope: 'keys:write',
      body: Rotation,
      success: { status: 200, schema: KeyWithSecret },
      errors: ['conflict'],
      async handle(call) {
        const { body, records } = call;
        const key = await lockedKey(call.params['id'], call);
        checkWithinBounds(call.caller, key);
        const nowMs = clock.now();
        const secrets = await records.keySecrets([key.id]);
        const atMs = body.at === undefined ? undefined : parseTimestamp(body.at);
        const isLeaked = key.disabledReason === 'leaked';
        const end = decideRotation({ secrets, atMs, graceSeconds: body.grace_seconds ?? 0, isLeaked, nowMs });
        const { secret, stored } = newSecret({ mode: key.mode, pepper, newId, nowMs });
        await records.rotateKey({ keyId: key.id, secret: stored, ...end });
        // It stays disabled, but what had leaked opens nothing any more.
        const after = isLeaked ? await records.setKeyEnabled(key.id, false) : key;
        const data = { old_secret_expires_at: formatTimestamp(end.expiresAtMs) };
        await recordKeyAct(call, {
          action: 'key.rotated',
          key,
          before: describeSecrets(secrets),
          after: describeSecrets(await records.keySecrets([key.id])),
          told: { type: 'key.rotated', data },
        });
        return json(200, { ...(await showKey(records, after ?? key)), secret });
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/keys/{id}/rotation',
      operationId: 'cancelKeyRotation',
      tag: 'API keys',
      summary: 'Cancel a rotation that lies ahead',
      description:
        'The secret that it announced is refused, and the one in use goes on as if nothing had been planned.',
      scope: 'keys:write',
      success: { status: 200, schema: KeySchema },
      errors: ['conflict'],
      async handle(call) {
        const { records } = call;
        const key = await lockedKey(call.params['id'], call);
        const secrets = await records.keySecrets([key.id]);
        checkScheduled(secrets, clock.now());
        await records.undoRotation(key.id);
        await recordKeyAct(call, {
          action: 'key.rotation_cancelled',
          key,
          before: describeSecrets(secrets),
          after: describeSecrets(await records.keySecrets([key.id])),
        });
        return json(200, await showKey(records, key));
      },
    }),
  ];
}
