// Brings a database to the present schema. Forward only; a step is recorded after it ran, and every statement can run
// again, so that a crash between the two and several processes at once do no harm.

import { readdir, readFile } from 'node:fs/promises';
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

export async function migrate(endpoint: Endpoint, connection: Connection): Promise<void> {
  await createDatabase(endpoint);
  await connection.run(JOURNAL);
  const applied = await connection.select<{ version: number }>('SELECT DISTINCT version FROM schema_migrations');
  const done = new Set(applied.map(({ version }) => version));
  const files = (await readdir(SCHEMA)).filter((file) => STEP_FILE.test(file)).sort();
  for (const file of files) {
    const version = Number(file.slice(0, 4));
    if (done.has(version)) continue;
    const text = await readFile(new URL(file, SCHEMA), 'utf8');
    for (const statement of statementsOf(text)) await connection.run(statement);
    const params = { version, file };
    await connection.run(
      'INSERT INTO schema_migrations (version, file) SELECT {version:UInt32}, {file:String}',
      params,
    );
  }
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
