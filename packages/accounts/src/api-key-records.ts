// The rows of the API keys and of the secrets by which they may be used.

import { SCOPES, type Scope } from '@tollgate/domain';
import type { AccountRecords, ApiKey } from './accounts.ts';
import type { Query } from './postgres-query.ts';

interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly customer_id: string | null;
  readonly project_id: string | null;
  readonly mode: 'live' | 'test';
  readonly scopes: readonly string[];
  readonly is_enabled: boolean;
  readonly expires_at: Date | null;
  readonly metadata: Record<string, unknown>;
  readonly created_at: Date;
}

const COLUMNS = 'id, name, customer_id, project_id, mode, scopes, is_enabled, expires_at, metadata, created_at';

// One statement, so that there never is a key without its secret.
const INSERT = `
  WITH key AS (
    INSERT INTO api_keys (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id, created_at
  )
  INSERT INTO api_key_secrets (digest, key_id, created_at) SELECT $11, id, created_at FROM key`;

type KeyRecords = Pick<AccountRecords, 'createKey' | 'key' | 'keys' | 'keyByDigest' | 'setKeyEnabled'>;

export function apiKeyRecords(query: Query): KeyRecords {
  return {
    async createKey(key, digest) {
      await query(INSERT, [
        key.id,
        key.name,
        key.customerId,
        key.projectId,
        key.mode,
        key.scopes,
        key.isEnabled,
        key.expiresAtMs === null ? null : new Date(key.expiresAtMs),
        key.metadata,
        new Date(key.createdAtMs),
        Buffer.from(digest),
      ]);
    },
    async key(id) {
      const [row] = await query<ApiKeyRow>(`SELECT ${COLUMNS} FROM api_keys WHERE id = $1`, [id]);
      return row === undefined ? null : toApiKey(row);
    },
    async keys({ limit, after, customerId }) {
      const rows = await query<ApiKeyRow>(
        `SELECT ${COLUMNS} FROM api_keys WHERE id > $1 AND ($3::text IS NULL OR customer_id = $3) ORDER BY id LIMIT $2`,
        [after ?? '', limit, customerId ?? null],
      );
      return rows.map(toApiKey);
    },
    async keyByDigest(digest) {
      const [row] = await query<ApiKeyRow>(
        `SELECT ${COLUMNS} FROM api_keys WHERE id = (SELECT key_id FROM api_key_secrets WHERE digest = $1)`,
        [Buffer.from(digest)],
      );
      return row === undefined ? null : toApiKey(row);
    },
    async setKeyEnabled(id, isEnabled) {
      const [row] = await query<ApiKeyRow>(`UPDATE api_keys SET is_enabled = $2 WHERE id = $1 RETURNING ${COLUMNS}`, [
        id,
        isEnabled,
      ]);
      return row === undefined ? null : toApiKey(row);
    },
  };
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    customerId: row.customer_id,
    projectId: row.project_id,
    mode: row.mode,
    // A scope that this version does not know grants nothing.
    scopes: row.scopes.filter(isScope),
    isEnabled: row.is_enabled,
    expiresAtMs: row.expires_at?.getTime() ?? null,
    metadata: row.metadata,
    createdAtMs: row.created_at.getTime(),
  };
}

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
