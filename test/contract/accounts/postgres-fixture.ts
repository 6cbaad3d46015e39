// A real Postgres with a database of its own for each test, and a plain connection to look behind the port.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Accounts, createPostgresAccounts } from '@tollgate/accounts';
import { startPostgres } from '@tollgate/local';
import { createIdGenerator, createLogger, systemClock } from '@tollgate/runtime';
import { Client } from 'pg';

export const newId = createIdGenerator(systemClock);
const logger = createLogger({ service: 'test', level: 'silent' });

export const AUDIT_SECRET = 'the secret that the audit log is chained under';

export interface PostgresFixture {
  /** The URL of a new, empty database. */
  createDatabase(): Promise<string>;
  close(): Promise<void>;
}

export async function startPostgresFixture(): Promise<PostgresFixture> {
  const dir = await mkdtemp(join(tmpdir(), 'tollgate-accounts-'));
  const server = await startPostgres({ dir });
  return {
    async createDatabase() {
      const name = newId('db');
      await runSql(server.url, `CREATE DATABASE ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    async close() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export function openAccounts(url: string): Accounts {
  return createPostgresAccounts({ url, clock: systemClock, logger, connectionsMax: 5, auditSecrets: [AUDIT_SECRET] });
}

export async function runSql<Row extends object>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Cuts the connections that listen for changes, as a failing network or a restart would. Resolves to how many there were. */
export async function cutWatches(url: string): Promise<number> {
  const cut = await runSql(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'tollgate-watch' AND datname = current_database()`,
  );
  return cut.length;
}
