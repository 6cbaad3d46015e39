// The rows of refresh tokens and of access tokens that were revoked. What they mean is decided elsewhere.

import type { AccountRecords, IssuedToken, RefreshFamily } from './accounts.ts';
import type { Query } from './postgres-query.ts';
import { knownScopes } from './scope-column.ts';
import { fromTime, toTime } from './time-column.ts';

interface FamilyRow {
  readonly id: string;
  readonly key_id: string;
  readonly secret_id: string;
  readonly scopes: readonly string[];
  readonly expires_at: Date;
  readonly current_digest: Buffer;
  readonly previous_digest: Buffer | null;
  readonly exchanged_at: Date | null;
  readonly was_forgiven: boolean;
  readonly exchanges: number;
}

const COLUMNS =
  'id, key_id, secret_id, scopes, expires_at, current_digest, previous_digest, exchanged_at, was_forgiven, exchanges';

/** Of one key; a client that asks for a new grant each time leaves no more than so many behind. */
const FAMILIES_PER_KEY_MAX = 1_000;
/** Rows of each table that one pass removes at most. */
const REMOVED_MAX = 10_000;

type TokenRecords = Pick<
  AccountRecords,
  | 'createRefreshFamily'
  | 'refreshFamily'
  | 'continueRefreshFamily'
  | 'endRefreshFamily'
  | 'revokeTokenIssuedWith'
  | 'revokeToken'
  | 'isTokenRevoked'
  | 'removeExpiredTokens'
>;

export function tokenRecords(query: Query): TokenRecords {
  const addToken = async (family: RefreshFamily, issued: IssuedToken): Promise<void> => {
    await query(
      'INSERT INTO refresh_tokens (digest, family_id, access_token_id, access_expires_at) VALUES ($1, $2, $3, $4)',
      [Buffer.from(family.currentDigest), family.id, issued.id, new Date(issued.expiresAtMs)],
    );
  };
  return {
    async createRefreshFamily(family, issued) {
      await query(`INSERT INTO refresh_families (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, [
        family.id,
        family.keyId,
        family.secretId,
        family.scopes,
        new Date(family.expiresAtMs),
        ...stateOf(family),
      ]);
      await addToken(family, issued);
      await query(
        `DELETE FROM refresh_families WHERE id IN
           (SELECT id FROM refresh_families WHERE key_id = $1 ORDER BY id DESC OFFSET ${FAMILIES_PER_KEY_MAX})`,
        [family.keyId],
      );
    },
    async refreshFamily(digest) {
      // The family is locked, so that one of two exchanges at once sees what the other one did.
      const [row] = await query<FamilyRow>(
        `SELECT ${COLUMNS} FROM refresh_families
         WHERE id = (SELECT family_id FROM refresh_tokens WHERE digest = $1) FOR UPDATE`,
        [Buffer.from(digest)],
      );
      return row === undefined ? null : toFamily(row);
    },
    async continueRefreshFamily(family, issued) {
      await query(
        `UPDATE refresh_families SET secret_id = $2, current_digest = $3, previous_digest = $4, exchanged_at = $5,
           was_forgiven = $6, exchanges = $7 WHERE id = $1`,
        [family.id, family.secretId, ...stateOf(family)],
      );
      await addToken(family, issued);
    },
    async endRefreshFamily(id) {
      await query(
        `INSERT INTO revoked_tokens (id, expires_at)
         SELECT access_token_id, access_expires_at FROM refresh_tokens WHERE family_id = $1 AND access_expires_at > now()
         ON CONFLICT DO NOTHING`,
        [id],
      );
      await query('DELETE FROM refresh_families WHERE id = $1', [id]);
    },
    async revokeTokenIssuedWith(digest) {
      await query(
        `INSERT INTO revoked_tokens (id, expires_at)
         SELECT access_token_id, access_expires_at FROM refresh_tokens WHERE digest = $1 ON CONFLICT DO NOTHING`,
        [Buffer.from(digest)],
      );
    },
    async revokeToken({ id, expiresAtMs }) {
      await query('INSERT INTO revoked_tokens (id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        id,
        new Date(expiresAtMs),
      ]);
    },
    async isTokenRevoked(id) {
      return (await query('SELECT 1 FROM revoked_tokens WHERE id = $1', [id])).length > 0;
    },
    async removeExpiredTokens(nowMs) {
      for (const table of ['revoked_tokens', 'refresh_families']) {
        await query(
          `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`,
          [new Date(nowMs), REMOVED_MAX],
        );
      }
    },
  };
}

function stateOf(family: RefreshFamily): readonly unknown[] {
  const { currentDigest, previousDigest, exchangedAtMs, wasForgiven, exchanges } = family;
  return [
    Buffer.from(currentDigest),
    previousDigest === null ? null : Buffer.from(previousDigest),
    toTime(exchangedAtMs),
    wasForgiven,
    exchanges,
  ];
}

function toFamily(row: FamilyRow): RefreshFamily {
  return {
    id: row.id,
    keyId: row.key_id,
    secretId: row.secret_id,
    scopes: knownScopes(row.scopes),
    expiresAtMs: row.expires_at.getTime(),
    currentDigest: row.current_digest,
    previousDigest: row.previous_digest,
    exchangedAtMs: fromTime(row.exchanged_at),
    wasForgiven: row.was_forgiven,
    exchanges: row.exchanges,
  };
}
