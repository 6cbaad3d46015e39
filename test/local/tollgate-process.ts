// `npm start` as a user runs it, for tests: a child process with its output, its facts and the processes it leaves behind.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_TIMEOUT_MS = 110_000;
const POLL_MS = 50;
const LAST_LINE = 'Ctrl-C stops all of it.';

interface LocalFacts {
  readonly ingest_url: string;
  readonly api_url: string;
  readonly operator_key: string;
  readonly demo_key: string | null;
}

export interface TollgateProcess {
  readonly pid: number;
  readonly dataDir: string;
  output(): string;
  /** Resolves when it says so, to what `local.json` holds. */
  ready(): Promise<LocalFacts>;
  /** Signals it and resolves to its exit status when it has ended; null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves to its exit status when it has ended by itself. */
  ended(): Promise<number | null>;
}

const SERVER_VARIABLES = ['CLICKHOUSE_URL', 'DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS'] as const;

/** `servers` are those that the environment names. */
export function spawnTollgate(
  dataDir: string,
  flags: readonly string[],
  servers: Readonly<Record<string, string>> = {},
): TollgateProcess {
  const inherited = { ...process.env };
  for (const name of SERVER_VARIABLES) delete inherited[name];
  const env = { ...inherited, ...servers };
  const child = spawn(process.execPath, ['bin/start.mjs', '--data', dataDir, ...flags], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return {
    pid: child.pid ?? 0,
    dataDir,
    output: () => output,
    async ready() {
      const deadline = Date.now() + READY_TIMEOUT_MS;
      // A run that was killed leaves its `local.json`, so the file alone does not say that this one is ready.
      while (!output.includes(LAST_LINE)) {
        if (hasEnded(child)) throw new Error(`It ended:\n${output}`);
        if (Date.now() > deadline) throw new Error(`It is not ready:\n${output}`);
        await sleep(POLL_MS);
      }
      return JSON.parse(await readFile(join(dataDir, 'local.json'), 'utf8'));
    },
    async end(signal) {
      if (!hasEnded(child)) child.kill(signal);
      return statusOf(child);
    },
    ended: () => statusOf(child),
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function statusOf(child: ChildProcess): Promise<number | null> {
  if (!hasEnded(child)) await once(child, 'exit');
  return child.exitCode;
}

/** A port whose neighbour is free, too: ingest's and the API's. */
export async function findPortPair(): Promise<number> {
  for (;;) {
    // Below the range that the system gives out by itself, so that nobody takes them meanwhile.
    const port = 20_000 + 2 * Math.floor(Math.random() * 5_000);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Every process whose command or environment names the data folder: the run, its servers and its services. */
export async function processesOf(dataDir: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found: string[] = [];
  for (const pid of pids) {
    const [command, environment] = await Promise.all([readProc(pid, 'cmdline'), readProc(pid, 'environ')]);
    if (command.includes(dataDir) || environment.includes(dataDir)) found.push(`${pid} ${command}`);
  }
  return found;
}

async function readProc(pid: string, name: string): Promise<string> {
  const text = await readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  return text.replaceAll('\0', ' ').trim();
}
