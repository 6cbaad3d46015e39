// How an API key is written and read in JSON: the schemas, and the ways between them and the key as it is stored.

import type { AccountRecords, ApiKey, KeySecret, LastUse } from '@tollgate/accounts';
import { ADDRESS_RANGES_MAX } from '@tollgate/auth';
import { formatTimestamp, MODEL_PATTERN_LENGTH_MAX, MODEL_PATTERNS_MAX } from '@tollgate/domain';
import Type, { type Static } from 'typebox';
import { CustomerId } from './customers.ts';
import { asJson } from './json-text.ts';
import { ProjectId } from './project-id.ts';
import { idOf, Metadata, Name, orNull, ScopeList, Timestamp } from './schemas.ts';

export const KeyId = idOf('key', 'an API key');
export const Mode = Type.Enum(['live', 'test'], {
  description: 'What the secret begins with: `tg_live_` or `tg_test_`.',
});

const PER_MINUTE_MAX = 1_000_000_000;
const PerMinute = Type.Integer({ minimum: 1, maximum: PER_MINUTE_MAX });

const AllowedModels = Type.Array(Type.String({ minLength: 1, maxLength: MODEL_PATTERN_LENGTH_MAX }), {
  minItems: 1,
  maxItems: MODEL_PATTERNS_MAX,
  uniqueItems: true,
  description: 'Names of models, in which `*` stands for any text: `gpt-4o*`. Null: every model.',
});
const AllowedIps = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
  minItems: 1,
  maxItems: ADDRESS_RANGES_MAX,
  uniqueItems: true,
  description:
    'Addresses and ranges, v4 and v6, each in its canonical spelling: `203.0.113.0/24`. Null: from everywhere.',
});
const RateLimits = Type.Object(
  {
    requests_per_minute: Type.Optional(orNull(PerMinute)),
    tokens_per_minute: Type.Optional(orNull(PerMinute)),
  },
  { additionalProperties: false, description: 'Null: none.' },
);

/** What can be said of a key when it is made, and changed later. */
export const keySettings = {
  name: Name,
  project: Type.Optional(orNull(ProjectId)),
  scopes: ScopeList,
  allowed_models: Type.Optional(orNull(AllowedModels)),
  allowed_ips: Type.Optional(orNull(AllowedIps)),
  rate_limits: Type.Optional(orNull(RateLimits)),
  enabled: Type.Optional(Type.Boolean()),
  expires_at: Type.Optional(orNull(Timestamp)),
  metadata: Type.Optional(Metadata),
};
export const KeySettings = Type.Object(keySettings, { additionalProperties: false });
export type KeySettings = Static<typeof KeySettings>;

const SecretSchema = Type.Object(
  {
    id: idOf('sec', 'a secret'),
    hint: orNull(Type.String({ description: 'The last four characters.' })),
    created_at: Timestamp,
    retires_at: orNull(Type.String({ format: 'date-time', description: 'From when it counts as the old secret.' })),
    expires_at: orNull(Type.String({ format: 'date-time', description: 'From when it is refused.' })),
    last_used_at: orNull(Timestamp),
    last_used_from: orNull(Type.String()),
  },
  { description: 'The current secret, and the one before it until the next rotation.' },
);

const keyFields = {
  id: KeyId,
  name: Name,
  customer: orNull(CustomerId),
  project: orNull(ProjectId),
  mode: Mode,
  scopes: ScopeList,
  allowed_models: orNull(AllowedModels),
  allowed_ips: orNull(AllowedIps),
  rate_limits: Type.Object({ requests_per_minute: orNull(PerMinute), tokens_per_minute: orNull(PerMinute) }),
  enabled: Type.Boolean(),
  disabled_reason: orNull(
    Type.Enum(['leaked'], { description: 'Why, where nobody chose to disable it: its secret was reported.' }),
  ),
  expires_at: orNull(Timestamp),
  metadata: Metadata,
  created_at: Timestamp,
  last_used_at: orNull(Timestamp),
  last_used_from: orNull(Type.String({ description: 'The address. Both are written every few seconds.' })),
  secrets: Type.Array(SecretSchema),
};
export const KeySchema = Type.Object(keyFields);
export const KeyWithSecret = Type.Object({
  ...keyFields,
  secret: Type.String({ description: 'Shown this once. Keep it; only its digest is stored.' }),
});

/** The settings of a key as they would be sent. */
export function settingsOf(key: ApiKey) {
  const { requestsPerMinute, tokensPerMinute } = key.rateLimits;
  return {
    name: key.name,
    project: key.projectId,
    scopes: key.scopes,
    allowed_models: key.allowedModels,
    allowed_ips: key.allowedIps,
    rate_limits: { requests_per_minute: requestsPerMinute, tokens_per_minute: tokensPerMinute },
    enabled: key.isEnabled,
    expires_at: timeOrNull(key.expiresAtMs),
    metadata: asJson(key.metadata),
  };
}

/** For the audit log: what the key may do, without how it is used. */
export function describeKey(key: ApiKey) {
  return {
    ...nameKey(key),
    ...settingsOf(key),
    disabled_reason: key.isEnabled ? null : (key.disabledReason ?? null),
    mode: key.mode,
    created_at: formatTimestamp(key.createdAtMs),
  };
}

/** What those who are told of a key learn about it. */
export function nameKey({ id, name, customerId, projectId }: ApiKey) {
  return { id, name, customer: customerId, project: projectId };
}

/** For the audit log: which secrets there are, and until when. */
export function describeSecrets(secrets: readonly KeySecret[]) {
  return {
    secrets: secrets.map(({ id, createdAtMs, retiresAtMs, expiresAtMs }) => ({
      id,
      created_at: formatTimestamp(createdAtMs),
      retires_at: timeOrNull(retiresAtMs),
      expires_at: timeOrNull(expiresAtMs),
    })),
  };
}

export async function showKey(records: AccountRecords, key: ApiKey) {
  const [shown] = await showKeys(records, [key]);
  if (shown === undefined) throw new Error('a key was asked for, and none is shown');
  return shown;
}

export async function showKeys(records: AccountRecords, keys: readonly ApiKey[]) {
  const ids = keys.map(({ id }) => id);
  const secretsOf = new Map<string, KeySecret[]>(ids.map((id) => [id, []]));
  for (const secret of await records.keySecrets(ids)) secretsOf.get(secret.keyId)?.push(secret);
  const lastUses = await records.lastUses(ids);
  return keys.map((key) => ({
    ...describeKey(key),
    ...showUse(lastUses.get(key.id) ?? null),
    secrets: (secretsOf.get(key.id) ?? []).map(showSecret),
  }));
}

function showSecret({ id, hint, createdAtMs, retiresAtMs, expiresAtMs, lastUse }: KeySecret) {
  return {
    id,
    hint,
    created_at: formatTimestamp(createdAtMs),
    retires_at: timeOrNull(retiresAtMs),
    expires_at: timeOrNull(expiresAtMs),
    ...showUse(lastUse),
  };
}

function showUse(use: LastUse | null) {
  return { last_used_at: timeOrNull(use?.atMs ?? null), last_used_from: use?.address ?? null };
}

function timeOrNull(instantMs: number | null): string | null {
  return instantMs === null ? null : formatTimestamp(instantMs);
}
