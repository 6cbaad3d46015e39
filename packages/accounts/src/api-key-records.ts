// The rows of the API keys.

import type { AccountRecords } from './accounts.ts';
import type { ApiKey, KeyFilter, StoredApiKey } from './api-key.ts';
import type { Query } from './postgres-query.ts';
import { knownScopes } from './scope-column.ts';
import { fromTime, toTime } from './time-column.ts';

interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly customer_id: string | null;
  readonly project_id: string | null;
  readonly mode: 'live' | 'test';
  readonly scopes: readonly string[];
  readonly allowed_models: readonly string[] | null;
  readonly allowed_ips: readonly string[] | null;
  readonly requests_per_minute: number | null;
  readonly tokens_per_minute: number | null;
  readonly is_enabled: boolean;
  readonly disabled_reason: 'leaked' | null;
  readonly expires_at: Date | null;
  readonly metadata: Record<string, unknown>;
  readonly created_at: Date;
  readonly deleted_at: Date | null;
  readonly is_customer_suspended: boolean;
}

interface KeyBySecretRow extends ApiKeyRow {
  readonly secret_id: string;
  readonly secret_retires_at: Date | null;
  readonly secret_expires_at: Date | null;
  readonly secret_pepper_id: string | null;
}

// One statement, so that there never is a key without its secret.
const INSERT = `
  WITH key AS (
    INSERT INTO api_keys (
      id, name, customer_id, project_id, mode, scopes, allowed_models, allowed_ips, requests_per_minute,
      tokens_per_minute, is_enabled, expires_at, metadata, created_at
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id
  )
  INSERT INTO api_key_secrets (digest, key_id, id, hint, created_at, pepper_id) SELECT $15, id, $16, $17, $18, $19 FROM key`;

const COLUMNS = `
  k.id, k.name, k.customer_id, k.project_id, k.mode, k.scopes, k.allowed_models, k.allowed_ips, k.requests_per_minute,
  k.tokens_per_minute, k.is_enabled, k.disabled_reason, k.expires_at, k.metadata, k.created_at, k.deleted_at,
  c.suspended_at IS NOT NULL AS is_customer_suspended`;

const SELECT = `SELECT ${COLUMNS} FROM api_keys k LEFT JOIN customers c ON c.id = k.customer_id`;

const SELECT_BY_DIGEST = `
  SELECT ${COLUMNS}, s.id AS secret_id, s.retires_at AS secret_retires_at, s.expires_at AS secret_expires_at,
    s.pepper_id AS secret_pepper_id
  FROM api_key_secrets s JOIN api_keys k ON k.id = s.key_id LEFT JOIN customers c ON c.id = k.customer_id
  WHERE s.digest = ANY ($1::bytea[])`;

const UPDATE = `
  UPDATE api_keys SET
    name = $2, project_id = $3, scopes = $4, allowed_models = $5, allowed_ips = $6, requests_per_minute = $7,
    tokens_per_minute = $8, is_enabled = $9, disabled_reason = CASE WHEN NOT $9 THEN disabled_reason END, expires_at = $10, metadata = $11
  WHERE id = $1`;

const DELETE = `
  WITH gone AS (DELETE FROM api_key_secrets WHERE key_id = $1)
  UPDATE api_keys SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL`;

// What the filters of `filterValues` ask, whose values are $1 to $3.
const MATCHES = `
  k.deleted_at IS NULL AND ($1::text IS NULL OR k.customer_id = $1) AND ($2::text IS NULL OR k.project_id = $2)
  AND ($3::boolean IS NULL OR k.is_enabled = $3)`;

type KeyRecords = Pick<
  AccountRecords,
  | 'createKey'
  | 'key'
  | 'lockKey'
  | 'keys'
  | 'countKeys'
  | 'keyByDigest'
  | 'tokenRatesOf'
  | 'updateKey'
  | 'setKeyEnabled'
  | 'disableLeakedKey'
  | 'deleteKey'
>;

export function apiKeyRecords(query: Query): KeyRecords {
  const keyWhere = async (condition: string, id: string): Promise<StoredApiKey | null> => {
    const [row] = await query<ApiKeyRow>(`${SELECT} WHERE ${condition}`, [id]);
    return row === undefined ? null : toApiKey(row);
  };
  return {
    async createKey(key, secret) {
      const { id, customerId, mode, createdAtMs } = key;
      const [name, projectId, ...rest] = changeableValues(key);
      const { digest, hint, pepperId } = secret;
      const ofSecret = [Buffer.from(digest), secret.id, hint, toTime(secret.createdAtMs), pepperId];
      await query(INSERT, [id, name, customerId, projectId, mode, ...rest, toTime(createdAtMs), ...ofSecret]);
    },
    key: (id) => keyWhere('k.id = $1', id),
    lockKey: (id) => keyWhere('k.id = $1 FOR NO KEY UPDATE OF k', id),
    async keys({ limit, after, ...filter }) {
      const values = [...filterValues(filter), after ?? '', limit];
      const rows = await query<ApiKeyRow>(`${SELECT} WHERE ${MATCHES} AND k.id > $4 ORDER BY k.id LIMIT $5`, values);
      return rows.map(toApiKey);
    },
    async countKeys(filter) {
      const text = `SELECT count(*)::integer AS count FROM api_keys k WHERE ${MATCHES}`;
      const [row] = await query<{ count: number }>(text, filterValues(filter));
      return row?.count ?? 0;
    },
    async keyByDigest(digests) {
      const [row] = await query<KeyBySecretRow>(SELECT_BY_DIGEST, [digests.map((digest) => Buffer.from(digest))]);
      if (row === undefined) return null;
      const { secret_id: id, secret_retires_at: retiresAt, secret_expires_at: expiresAt } = row;
      const [retiresAtMs, expiresAtMs] = [fromTime(retiresAt), fromTime(expiresAt)];
      return { ...toApiKey(row), secret: { id, retiresAtMs, expiresAtMs, pepperId: row.secret_pepper_id } };
    },
    async tokenRatesOf(keyIds) {
      const rows = await query<{ readonly id: string; readonly tokens_per_minute: number }>(
        'SELECT id, tokens_per_minute FROM api_keys WHERE id = ANY($1) AND tokens_per_minute IS NOT NULL',
        [keyIds],
      );
      return new Map(rows.map(({ id, tokens_per_minute: tokensPerMinute }) => [id, tokensPerMinute]));
    },
    async updateKey(key) {
      await query(UPDATE, [key.id, ...changeableValues(key)]);
    },
    async setKeyEnabled(id, isEnabled) {
      await query('UPDATE api_keys SET is_enabled = $2, disabled_reason = NULL WHERE id = $1 AND deleted_at IS NULL', [
        id,
        isEnabled,
      ]);
      return await keyWhere('k.id = $1 AND k.deleted_at IS NULL', id);
    },
    async disableLeakedKey(id) {
      await query("UPDATE api_keys SET is_enabled = false, disabled_reason = 'leaked' WHERE id = $1", [id]);
    },
    async deleteKey(id, deletedAtMs) {
      await query(DELETE, [id, toTime(deletedAtMs)]);
    },
  };
}

function changeableValues(key: ApiKey): readonly unknown[] {
  return [
    key.name,
    key.projectId,
    key.scopes,
    key.allowedModels,
    key.allowedIps,
    key.rateLimits.requestsPerMinute,
    key.rateLimits.tokensPerMinute,
    key.isEnabled,
    toTime(key.expiresAtMs),
    key.metadata,
  ];
}

function filterValues({ customerId, projectId, isEnabled }: KeyFilter): readonly unknown[] {
  return [customerId ?? null, projectId ?? null, isEnabled ?? null];
}

function toApiKey(row: ApiKeyRow): StoredApiKey {
  return {
    id: row.id,
    name: row.name,
    customerId: row.customer_id,
    projectId: row.project_id,
    mode: row.mode,
    scopes: knownScopes(row.scopes),
    allowedModels: row.allowed_models,
    allowedIps: row.allowed_ips,
    rateLimits: { requestsPerMinute: row.requests_per_minute, tokensPerMinute: row.tokens_per_minute },
    isEnabled: row.is_enabled,
    disabledReason: row.disabled_reason,
    expiresAtMs: fromTime(row.expires_at),
    metadata: row.metadata,
    createdAtMs: row.created_at.getTime(),
    deletedAtMs: fromTime(row.deleted_at),
    isCustomerSuspended: row.is_customer_suspended,
  };
}
