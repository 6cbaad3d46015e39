// `npm start` keeps its word: ready from nothing, the printed lines work as printed, one run at a time on a folder, no process
// left behind however it ends, and the same data at the next start.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { findPortPair, processesOf, spawnTollgate, type TollgateProcess } from './tollgate-process.ts';

const SECOND_START_MS_MAX = 40_000;
const VISIBLE_MS_MAX = 2_000;
const BALANCED_MS_MAX = 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Four full days touch five calendar days. */
const DAYS_OF_DEMO = Array.from({ length: 5 }, () => expect.objectContaining({ events: expect.any(Number) }));

/** Runs a printed line in a shell, as a user would paste it. */
async function runLine(line: string): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)('bash', ['-c', line]);
  return JSON.parse(stdout);
}

function curlLines(tollgate: TollgateProcess): readonly string[] {
  return tollgate
    .output()
    .split('\n')
    .filter((line) => line.startsWith('  curl '));
}

/** `gpt-4o` without a date is only in the printed line, not in the demo's traffic. */
async function expectUsageOfPrintedLine(tollgate: TollgateProcess): Promise<void> {
  const [, askUsage = ''] = curlLines(tollgate);
  const { data } = await runLine(askUsage);
  expect(data).toContainEqual(expect.objectContaining({ group: { model: 'gpt-4o' }, events: 1 }));
}

async function expectPrintedLinesToWork(tollgate: TollgateProcess): Promise<void> {
  const [sendEvent = '', , askBooks = ''] = curlLines(tollgate);
  expect(await runLine(sendEvent)).toMatchObject({ accepted: 1, rejected: [] });
  await eventually(() => expectUsageOfPrintedLine(tollgate), { timeoutMs: VISIBLE_MS_MAX });
  // While the demo's past is on its way, parts of the books are of different moments.
  await eventually(
    async () => expect(await runLine(askBooks)).toMatchObject({ balances: true, in_flight: 0, missing_entries: 0 }),
    { timeoutMs: BALANCED_MS_MAX },
  );
}

describe.each([
  { log: 'Redis Streams', flags: [] },
  { log: 'Kafka', flags: ['--kafka'] },
])('npm start on $log', ({ flags }) => {
  let dataDir: string;
  let port: number;
  let running: TollgateProcess;

  const start = (): TollgateProcess => spawnTollgate(dataDir, [...flags, '--port', String(port)]);

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tollgate-start-'));
    port = await findPortPair();
    running = start();
    await running.ready();
  });

  afterAll(async () => {
    await running.end('SIGTERM');
    await rm(dataDir, { recursive: true, force: true });
  });

  it('prints three lines that work as printed', async () => {
    await expectPrintedLinesToWork(running);
  });

  it('writes its facts and secrets for the owner only', async () => {
    const facts = await running.ready();
    expect(facts).toMatchObject({ ingest_url: `http://localhost:${port}`, api_url: `http://localhost:${port + 1}` });
    expect(running.output()).toContain(facts.operator_key);
    expect(running.output()).toContain(facts.demo_key);
    for (const file of ['local.json', 'operator-key', 'key-pepper', 'demo-account.json']) {
      expect((await stat(join(dataDir, file))).mode & 0o777).toBe(0o600);
    }
  });

  it('shows the traffic of a demo customer', async () => {
    const { api_url: apiUrl, demo_key: key } = await running.ready();
    await eventually(
      async () => {
        const end = new Date();
        const start = new Date(end.getTime() - 4 * DAY_MS);
        const period = new URLSearchParams({ start: start.toISOString(), end: end.toISOString(), bucket: 'day' });
        const res = await fetch(`${apiUrl}/v1/usage?${period}`, { headers: { authorization: `Bearer ${key}` } });
        expect(res.status).toBe(200);
        expect(await res.json()).toMatchObject({ data: DAYS_OF_DEMO });
      },
      { timeoutMs: 30_000 },
    );
    expect(await readdir(join(dataDir, 'logs'))).not.toContain('demo.log');
  });

  it('has a seller, and a plan that the demo customer subscribes to', async () => {
    const { api_url: apiUrl, demo_key: key } = await running.ready();
    const seen = async (path: string): Promise<unknown> => {
      const res = await fetch(`${apiUrl}${path}`, { headers: { authorization: `Bearer ${key}` } });
      return await res.json();
    };
    expect(await seen('/v1/organization/billing')).toMatchObject({ number_prefix: 'INV', country: 'DE' });
    expect(await seen('/v1/subscriptions')).toMatchObject({ data: [{ version: 1, end: null }] });
  });

  it('refuses a second run on the same folder in one sentence', async () => {
    const second = spawnTollgate(dataDir, ['--port', String(await findPortPair())]);
    expect(await second.ended()).toBe(1);
    expect(second.output()).toContain(`Tollgate already runs on ${dataDir} (process ${running.pid})`);
    await running.ready();
  });

  it('leaves no process after Ctrl-C, and finds its data at the next start', async () => {
    const before = await running.ready();
    expect(await running.end('SIGINT')).toBe(0);
    expect(await processesOf(dataDir)).toEqual([]);
    await expect(readFile(join(dataDir, 'local.json'))).rejects.toThrow('ENOENT');

    const startedMs = Date.now();
    running = start();
    expect(await running.ready()).toMatchObject({ operator_key: before.operator_key, demo_key: before.demo_key });
    expect(Date.now() - startedMs).toBeLessThan(SECOND_START_MS_MAX);
    await expectUsageOfPrintedLine(running);
  });

  it('leaves no process after kill -9, and starts again at once', async () => {
    await running.end('SIGKILL');
    running = start();
    await running.ready();
    await expectUsageOfPrintedLine(running);
  });

  it('says which service died, and stops the rest', async () => {
    const counter = (await processesOf(dataDir)).find((line) => line.includes('services/counter'));
    process.kill(Number(counter?.split(' ')[0]), 'SIGKILL');
    expect(await running.ended()).toBe(1);
    expect(running.output()).toContain('counter was killed by SIGKILL. The end of');
    expect(await processesOf(dataDir)).toEqual([]);
  });
});

describe('npm start with something wrong', () => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tollgate-start-'));
  });

  afterAll(async () => {
    await rm(dataDir, { recursive: true, force: true });
  });

  it('says that its port is in use', async () => {
    const port = await findPortPair();
    const blocker = createServer().listen(port + 1, '127.0.0.1');
    const tollgate = spawnTollgate(dataDir, ['--port', String(port)]);
    expect(await tollgate.ended()).toBe(1);
    expect(tollgate.output()).toContain(`Port ${port + 1} is in use: stop what listens there, or start with --port N`);
    expect(await readdir(dataDir)).not.toContain('lock');
    blocker.close();
  });

  it('says which flag it does not know', async () => {
    const tollgate = spawnTollgate(dataDir, ['--demo']);
    expect(await tollgate.ended()).toBe(2);
    expect(tollgate.output()).toMatch(/^Unknown option '--demo'\. The flags are .*\n$/);
  });

  it('uses a server that the environment names, and starts none in its place', async () => {
    const tollgate = spawnTollgate(dataDir, ['--no-demo', '--port', String(await findPortPair())], {
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    expect(await tollgate.ended()).toBe(1);
    expect(tollgate.output()).toMatch(/(api|ingest|counter) did not start/);
    expect(await readdir(dataDir)).not.toContain('redis');
  });
});
