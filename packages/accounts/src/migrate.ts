// Brings the schema up to date: numbered files, forward only, each in a transaction of its own and under one lock, so that
// several processes may start at once. A file that was applied must never change: its checksum is kept and compared.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { toAccountsError } from './postgres-errors.ts';

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const DIRECTORY = new URL('../migrations/', import.meta.url);
const FILE_NAME = /^(\d{4})_([a-z0-9_]+)\.sql$/;

const CONNECT_TIMEOUT_MS = 5_000;
/** Also how long another process's migration is waited for. */
const MIGRATION_TIMEOUT_MS = 5 * 60_000;
/** The name of the lock: any number, as long as it is always the same. */
const MIGRATION_LOCK = 7_246_318_821;

const CREATE_TABLE = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    version    integer PRIMARY KEY,
    name       text NOT NULL,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  );
  COMMENT ON TABLE schema_migrations IS 'Which files of migrations/ were applied, with the SHA-256 of each.'`;

export async function migrate(url: string): Promise<void> {
  const migrations = await readMigrations();
  const client = new Client({
    connectionString: url,
    application_name: 'tollgate-migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: MIGRATION_TIMEOUT_MS,
  });
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(CREATE_TABLE);
    const applied = await client.query<{ version: number; checksum: string }>(
      'SELECT version, checksum FROM schema_migrations',
    );
    const checksums = new Map(applied.rows.map((row) => [row.version, row.checksum]));
    for (const migration of migrations) await applyMissing(client, migration, checksums.get(migration.version));
  } catch (error) {
    throw error instanceof MigrationChangedError ? error : toAccountsError(error);
  } finally {
    // Ends the session, and the lock with it.
    await client.end().catch(() => undefined);
  }
}

async function applyMissing(client: Client, migration: Migration, appliedChecksum: string | undefined): Promise<void> {
  const { version, name, sql, checksum } = migration;
  if (appliedChecksum === checksum) return;
  if (appliedChecksum !== undefined) {
    throw new MigrationChangedError(
      `Migration ${version} (${name}) was changed after it had been applied. Restore the file and write a new migration.`,
    );
  }
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)', [
      version,
      name,
      checksum,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Not a passing failure: someone has to put the file back. */
class MigrationChangedError extends Error {
  override readonly name = 'MigrationChangedError';
}

async function readMigrations(): Promise<readonly Migration[]> {
  const fileNames = (await readdir(DIRECTORY)).filter((fileName) => fileName.endsWith('.sql')).sort();
  return await Promise.all(
    fileNames.map(async (fileName, index) => {
      const match = FILE_NAME.exec(fileName);
      if (match === null || Number(match[1]) !== index + 1) {
        throw new Error(`Migrations are numbered 0001, 0002, … without a gap; ${fileName} does not follow.`);
      }
      const sql = await readFile(new URL(fileName, DIRECTORY), 'utf8');
      const checksum = createHash('sha256').update(sql).digest('hex');
      return { version: index + 1, name: match[2] ?? '', sql, checksum };
    }),
  );
}
