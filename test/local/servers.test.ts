// Each server on this machine: it starts, keeps what it acknowledged through `kill -9`, starts again on the same port, and
// does not outlive whoever started it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createClient } from '@clickhouse/client';
import { type LocalServer, startClickHouse, startKafka, startPostgres, startRedis } from '@tollgate/local';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';

interface Subject {
  readonly name: string;
  readonly start: (options: { dir: string }) => Promise<LocalServer>;
  write(url: string): Promise<void>;
  /** What `write` wrote. */
  read(url: string): Promise<string>;
}

const subjects: readonly Subject[] = [
  {
    name: 'ClickHouse',
    start: startClickHouse,
    write: writeClickHouse,
    read: readClickHouse,
  },
  { name: 'Postgres', start: startPostgres, write: writePostgres, read: readPostgres },
  { name: 'Redis', start: startRedis, write: writeRedis, read: readRedis },
  { name: 'Kafka', start: startKafka, write: writeKafka, read: readKafka },
];

const KEPT = 'kept';
const STARTER = fileURLToPath(new URL('start-a-server.mjs', import.meta.url));

let dir: string;
const closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tollgate-server-'));
  closers.push(() => rm(dir, { recursive: true, force: true }));
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe.each(subjects)('$name', (subject) => {
  it('keeps its data through kill -9 and a start by somebody else', async () => {
    const server = await subject.start({ dir });
    closers.push(() => server.stop());
    await subject.write(server.url);
    const { url, pid } = server;
    await server.kill('SIGKILL');
    expect(isRunning(pid)).toBe(false);

    await server.restart();
    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
    expect(await subject.read(server.url)).toBe(KEPT);

    await server.stop();
    const next = await subject.start({ dir });
    closers.push(() => next.stop());
    expect(await subject.read(next.url)).toBe(KEPT);
  });

  it('can be paused, and stopped while it is', async () => {
    const server = await subject.start({ dir });
    await server.kill('SIGSTOP');
    expect(isRunning(server.pid)).toBe(true);
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
  });

  it('ends when the process that started it is killed', async () => {
    const parent = spawn(process.execPath, [STARTER, subject.name, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    closers.push(() => endProcess(parent));
    const { pid } = JSON.parse(await readLine(parent));
    expect(isRunning(pid)).toBe(true);
    await endProcess(parent);
    await eventually(async () => expect(isRunning(pid)).toBe(false), { timeoutMs: 15_000 });
  });
});

it('says so when a server ends by itself', async () => {
  const server = await startRedis({ dir });
  const sentence = new Promise<string>((resolve) => server.onUnexpectedEnd(resolve));
  process.kill(server.pid, 'SIGKILL');
  expect(await sentence).toBe('Redis was killed by SIGKILL.');
});

it('does not take another server on its port for its own', async () => {
  const first = await startRedis({ dir: join(dir, 'first') });
  closers.push(() => first.stop());
  const port = Number(new URL(first.url).port);
  await expect(startRedis({ dir: join(dir, 'second'), port })).rejects.toThrow(
    `Redis cannot start: port ${port} is in use.`,
  );
});

it('says what a server wrote that did not start', async () => {
  await writeFile(join(dir, 'appendonlydir'), 'a file where Redis wants a folder');
  await expect(startRedis({ dir })).rejects.toThrow(
    /Redis did not start: it exited with status 1\. The end of .*appendonlydir/s,
  );
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function readLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The process has no output.');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('The process ended without a line.');
}

async function writeClickHouse(url: string): Promise<void> {
  const client = createClient({ url, keep_alive: { enabled: false } });
  await client.command({ query: 'CREATE TABLE kept (value String) ENGINE = MergeTree ORDER BY value' });
  await client.command({ query: `INSERT INTO kept SETTINGS async_insert = 0 VALUES ('${KEPT}')` });
  await client.close();
}

async function readClickHouse(url: string): Promise<string> {
  const client = createClient({ url, keep_alive: { enabled: false } });
  const result = await client.query({ query: 'SELECT value FROM kept', format: 'TabSeparated' });
  const text = await result.text();
  await client.close();
  return text.trim();
}

async function withPostgres<T>(connectionString: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function writePostgres(url: string): Promise<void> {
  await withPostgres(url, async (client) => {
    await client.query('CREATE TABLE kept (value text)');
    await client.query('INSERT INTO kept VALUES ($1)', [KEPT]);
  });
}

async function readPostgres(url: string): Promise<string> {
  return withPostgres(url, async (client) => (await client.query('SELECT value FROM kept')).rows[0].value);
}

async function writeRedis(url: string): Promise<void> {
  const client = new Redis(url);
  await client.set('kept', KEPT);
  await client.quit();
}

async function readRedis(url: string): Promise<string> {
  const client = new Redis(url);
  const value = await client.get('kept');
  await client.quit();
  return value ?? '';
}

function kafkaClient(url: string): Kafka {
  return new Kafka({ brokers: [url], clientId: 'test', logLevel: logLevel.NOTHING });
}

async function writeKafka(url: string): Promise<void> {
  const admin = kafkaClient(url).admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'kept', numPartitions: 1 }] });
  await admin.disconnect();
  const producer = kafkaClient(url).producer();
  await producer.connect();
  await producer.send({ topic: 'kept', acks: -1, messages: [{ value: KEPT }] });
  await producer.disconnect();
}

async function readKafka(url: string): Promise<string> {
  const consumer = kafkaClient(url).consumer({ groupId: `reader-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topic: 'kept', fromBeginning: true });
  const value = await new Promise<string>((resolve, reject) => {
    consumer
      .run({ eachMessage: async ({ message }) => resolve(message.value?.toString() ?? '') })
      .catch((error: unknown) => reject(error));
  });
  await consumer.disconnect();
  return value;
}
