// ClickHouse, from the library that the npm package `chdb` carries. Every acknowledged insert survives `kill -9`;
// ClickHouse does not fsync inserts by default, so a power cut can lose the last ones.

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findFreePort } from './free-port.ts';
import { type LocalServer, type StartOptions, startLocalServer } from './local-server.ts';

const SERVER_FILE = fileURLToPath(new URL('../dist/clickhouse-process.js', import.meta.url));
const REQUEST_TIMEOUT_MS = 2_000;

export async function startClickHouse(options: StartOptions): Promise<LocalServer> {
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  const port = options.port ?? (await findFreePort());
  const url = `http://127.0.0.1:${port}`;
  const dataDir = join(dir, 'data');
  return startLocalServer({
    name: 'ClickHouse',
    url,
    port,
    process: {
      command: process.execPath,
      args: [SERVER_FILE, String(port), dataDir],
      logFile: options.logFile ?? join(dir, 'server.log'),
      cwd: dir,
    },
    answers: async () => (await query(url, 'SELECT 1')).trim() === '1',
    async askToStop(running) {
      // The server lives as long as one query waits; without that query it closes its tables and ends. Where it cannot
      // be asked, killing it is safe: its data is written so as to survive that.
      await query(url, "KILL QUERY WHERE query_id = 'keep-serving' ASYNC").catch(() => running.signal('SIGKILL'));
    },
  });
}

async function query(url: string, sql: string): Promise<string> {
  const res = await fetch(url, {
    method: 'POST',
    body: sql,
    // The server would wait for an idle connection when it stops.
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const text = await res.text();
  if (!res.ok) throw new Error(text);
  return text;
}
