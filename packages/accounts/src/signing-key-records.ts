// The rows of the keys that access tokens are signed with.

import type { SigningAlgorithm } from '@tollgate/domain';
import type { AccountRecords, PublicSigningKey, SigningKey } from './accounts.ts';
import { lockNumberOf, type Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';

interface PublicRow {
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  readonly public_jwk: Record<string, string>;
  readonly created_at: Date;
  readonly signs_from: Date;
  readonly signs_until: Date | null;
  readonly token_life_max_ms: string;
  readonly retired_at: Date | null;
}

interface SigningKeyRow extends PublicRow {
  readonly sealed_private_key: Buffer | null;
}

const PUBLIC_COLUMNS = 'id, algorithm, public_jwk, created_at, signs_from, signs_until, token_life_max_ms, retired_at';

type SigningKeyRecords = Pick<
  AccountRecords,
  'signingKeys' | 'publicSigningKeys' | 'lockSigningKeys' | 'createSigningKey' | 'changeSigningKey'
>;

export function signingKeyRecords(query: Query): SigningKeyRecords {
  return {
    async signingKeys() {
      const rows = await query<SigningKeyRow>(
        `SELECT ${PUBLIC_COLUMNS}, sealed_private_key FROM signing_keys ORDER BY created_at, id`,
      );
      return rows.map((row) => ({ ...toPublicKey(row), sealedPrivateKey: row.sealed_private_key }));
    },
    async publicSigningKeys() {
      const rows = await query<PublicRow>(
        `SELECT ${PUBLIC_COLUMNS} FROM signing_keys WHERE retired_at IS NULL ORDER BY created_at, id`,
      );
      return rows.map(toPublicKey);
    },
    async lockSigningKeys() {
      await query('SELECT pg_advisory_xact_lock($1)', [lockNumberOf('signing-keys')]);
    },
    async createSigningKey(key) {
      await query(
        `INSERT INTO signing_keys (${PUBLIC_COLUMNS}, sealed_private_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          key.id,
          key.algorithm,
          key.publicJwk,
          new Date(key.createdAtMs),
          new Date(key.signsFromMs),
          toTime(key.signsUntilMs),
          key.tokenLifeMaxMs,
          toTime(key.retiredAtMs),
          key.sealedPrivateKey === null ? null : Buffer.from(key.sealedPrivateKey),
        ],
      );
    },
    async changeSigningKey(id, changes) {
      const columns = columnsOf(changes);
      if (columns.length === 0) return;
      const assignments = columns.map(([name], index) => `${name} = $${index + 2}`).join(', ');
      await query(`UPDATE signing_keys SET ${assignments} WHERE id = $1`, [id, ...columns.map(([, value]) => value)]);
    },
  };
}

function columnsOf(changes: Partial<SigningKey>): readonly (readonly [string, unknown])[] {
  const { signsUntilMs, tokenLifeMaxMs, retiredAtMs, sealedPrivateKey } = changes;
  return [
    ...(signsUntilMs === undefined ? [] : [['signs_until', toTime(signsUntilMs)] as const]),
    ...(tokenLifeMaxMs === undefined ? [] : [['token_life_max_ms', tokenLifeMaxMs] as const]),
    ...(retiredAtMs === undefined ? [] : [['retired_at', toTime(retiredAtMs)] as const]),
    ...(sealedPrivateKey === undefined
      ? []
      : [['sealed_private_key', sealedPrivateKey === null ? null : Buffer.from(sealedPrivateKey)] as const]),
  ];
}

function toPublicKey(row: PublicRow): PublicSigningKey {
  return {
    id: row.id,
    algorithm: row.algorithm,
    publicJwk: row.public_jwk,
    createdAtMs: row.created_at.getTime(),
    signsFromMs: row.signs_from.getTime(),
    signsUntilMs: fromTime(row.signs_until),
    tokenLifeMaxMs: Number(row.token_life_max_ms),
    retiredAtMs: fromTime(row.retired_at),
  };
}
