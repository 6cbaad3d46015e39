// Brings a database to the present schema. Forward only; a step is recorded after it ran, and every statement can run
// again, so that a crash between the two and several processes at once do no harm.

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { TollgateError } from '@tollgate/domain';
import { type Connection, connect, type Endpoint } from './connection.ts';

const SCHEMA = new URL('../schema/', import.meta.url);
const STEP_FILE = /^(\d{4})_[a-z_]+\.sql$/;
const END_OF_STATEMENT = /;\s*(?:\n|$)/;

const JOURNAL = `
CREATE TABLE IF NOT EXISTS schema_migrations
(
    version UInt32,
    file String,
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY version`;

/** A step that waits for work under way on the server waits for the longest insert, and a little. */
const PAUSE_MS = 500;
const TRIES_MAX = 180;
/** Several processes start at once, and a statement can fail because another one is a little ahead. */
const OTHER_TRIES_MAX = 5;

export async function migrate(endpoint: Endpoint, connection: Connection): Promise<void> {
  await createDatabase(endpoint);
  await connection.run(JOURNAL);
  const files = (await readdir(SCHEMA)).filter((file) => STEP_FILE.test(file)).sort();
  for (const file of files) await applyStep(connection, file);
}

async function applyStep(connection: Connection, file: string): Promise<void> {
  const version = Number(file.slice(0, 4));
  const text = await readFile(new URL(file, SCHEMA), 'utf8');
  for (let tries = 1; !(await isApplied(connection, version)); tries++) {
    try {
      for (const statement of statementsOf(text)) await connection.runLong(statement);
    } catch (error) {
      const isWaiting = error instanceof TollgateError && error.retryable;
      if (tries >= (isWaiting ? TRIES_MAX : OTHER_TRIES_MAX)) throw error;
      await pause(PAUSE_MS);
      continue;
    }
    const sql = 'INSERT INTO schema_migrations (version, file) SELECT {version:UInt32}, {file:String}';
    await connection.run(sql, { version, file });
  }
}

async function isApplied(connection: Connection, version: number): Promise<boolean> {
  const sql = 'SELECT version FROM schema_migrations WHERE version = {version:UInt32} LIMIT 1';
  return (await connection.select(sql, { version })).length > 0;
}

function statementsOf(text: string): string[] {
  return text.split(END_OF_STATEMENT).filter((statement) => statement.trim() !== '');
}

async function createDatabase(endpoint: Endpoint): Promise<void> {
  const server = connect({ ...endpoint, database: 'default' });
  try {
    await server.run(`CREATE DATABASE IF NOT EXISTS ${endpoint.database}`);
  } finally {
    await server.close();
  }
}
