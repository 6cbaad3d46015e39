// The rows of the secrets by which keys may be used, and of their last use.

import type { AccountRecords } from './accounts.ts';
import type { KeySecret, LastUse } from './api-key.ts';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';

interface KeySecretRow {
  readonly id: string;
  readonly key_id: string;
  readonly hint: string | null;
  readonly created_at: Date;
  readonly retires_at: Date | null;
  readonly expires_at: Date | null;
  readonly used_at: Date | null;
  readonly address: string | null;
}

interface LastUseRow {
  readonly key_id: string;
  readonly used_at: Date;
  readonly address: string | null;
}

const SELECT = `
  SELECT s.id, s.key_id, s.hint, s.created_at, s.retires_at, s.expires_at, u.used_at, u.address
  FROM api_key_secrets s LEFT JOIN api_key_uses u ON u.key_id = s.key_id AND u.credential_id = s.id
  WHERE s.key_id = ANY ($1) ORDER BY s.key_id, s.retires_at IS NOT NULL, s.id DESC`;

const SELECT_LAST_USES = `
  SELECT DISTINCT ON (key_id) key_id, used_at, address FROM api_key_uses
  WHERE key_id = ANY ($1) ORDER BY key_id, used_at DESC`;

// In the order of their ids, so that two processes that write the same rows wait for each other and never both.
const NOTE_USES = `
  INSERT INTO api_key_uses (key_id, credential_id, used_at, address)
  SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) AS u (key_id, credential_id, used_at, address)
  ORDER BY u.key_id COLLATE "C", u.credential_id COLLATE "C"
  ON CONFLICT (key_id, credential_id) DO UPDATE SET used_at = excluded.used_at, address = excluded.address
  WHERE excluded.used_at > api_key_uses.used_at`;

// Of secrets by which a key may still be used.
const SELECT_PEPPER_USES = `
  SELECT pepper_id, count(*)::integer AS secrets FROM api_key_secrets
  WHERE expires_at IS NULL OR expires_at > $1 GROUP BY pepper_id`;

type KeySecretRecords = Pick<
  AccountRecords,
  'keySecrets' | 'rotateKey' | 'undoRotation' | 'moveSecret' | 'pepperUses' | 'lastUses' | 'noteUses'
>;

export function keySecretRecords(query: Query): KeySecretRecords {
  return {
    async keySecrets(keyIds) {
      return (await query<KeySecretRow>(SELECT, [keyIds])).map(toKeySecret);
    },
    async rotateKey({ keyId, secret, retiresAtMs, expiresAtMs }) {
      await query('DELETE FROM api_key_secrets WHERE key_id = $1 AND retires_at IS NOT NULL', [keyId]);
      await query('UPDATE api_key_secrets SET retires_at = $2, expires_at = $3 WHERE key_id = $1', [
        keyId,
        toTime(retiresAtMs),
        toTime(expiresAtMs),
      ]);
      await query(
        'INSERT INTO api_key_secrets (digest, key_id, id, hint, created_at, pepper_id) VALUES ($1, $2, $3, $4, $5, $6)',
        [Buffer.from(secret.digest), keyId, secret.id, secret.hint, toTime(secret.createdAtMs), secret.pepperId],
      );
    },
    async undoRotation(keyId) {
      await query('DELETE FROM api_key_secrets WHERE key_id = $1 AND retires_at IS NULL', [keyId]);
      await query('UPDATE api_key_secrets SET retires_at = NULL, expires_at = NULL WHERE key_id = $1', [keyId]);
    },
    async moveSecret({ id, digest, pepperId }) {
      await query('UPDATE api_key_secrets SET digest = $2, pepper_id = $3 WHERE id = $1', [
        id,
        Buffer.from(digest),
        pepperId,
      ]);
    },
    async pepperUses(nowMs) {
      const rows = await query<{ readonly pepper_id: string | null; readonly secrets: number }>(SELECT_PEPPER_USES, [
        toTime(nowMs),
      ]);
      return rows.map(({ pepper_id: pepperId, secrets }) => ({ pepperId, secrets }));
    },
    async lastUses(keyIds) {
      const rows = await query<LastUseRow>(SELECT_LAST_USES, [keyIds]);
      return new Map(rows.map(({ key_id: keyId, used_at: at, address }) => [keyId, { atMs: at.getTime(), address }]));
    },
    async noteUses(uses) {
      await query(NOTE_USES, [
        uses.map(({ keyId }) => keyId),
        uses.map(({ credentialId }) => credentialId),
        uses.map(({ atMs }) => toTime(atMs)),
        uses.map(({ address }) => address),
      ]);
    },
  };
}

function toKeySecret(row: KeySecretRow): KeySecret {
  return {
    id: row.id,
    keyId: row.key_id,
    hint: row.hint,
    createdAtMs: row.created_at.getTime(),
    retiresAtMs: fromTime(row.retires_at),
    expiresAtMs: fromTime(row.expires_at),
    lastUse: toLastUse(row),
  };
}

function toLastUse({ used_at: at, address }: KeySecretRow): LastUse | null {
  return at === null ? null : { atMs: at.getTime(), address };
}
