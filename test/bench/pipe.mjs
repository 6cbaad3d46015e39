// The pipe as a whole: how long after its 202 an event is in the answer of `GET /v1/usage`, with nothing else going on and
// under load, and how much memory each process then holds.
//
// Run after `npm run build`: node test/bench/pipe.mjs [EVENTS_PER_SECOND]

import { fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startClickHouse, startPostgres, startRedis } from '@tollgate/local';

const EVENTS_PER_SECOND = Number(process.argv[2] ?? 5_000);
const LOAD_SECONDS = 30;
const BATCH = 100;
const SAMPLES = 40;
const POLL_MS = 10;
const VISIBLE_TIMEOUT_MS = 30_000;

function eventOf(id) {
  const usage = { prompt_tokens: 1_213, completion_tokens: 318, total_tokens: 1_531 };
  return { id, type: 'llm.chat', provider: 'openai', model: 'gpt-4o', usage, metadata: { feature: 'summarize' } };
}

/** The first line of a service is the one that says where it listens. */
async function startService(name, env) {
  const main = fileURLToPath(new URL(`../../services/${name}/dist/main.js`, import.meta.url));
  const child = fork(main, { env: { PATH: process.env.PATH, PORT: '0', METRICS_PORT: '0', ...env }, silent: true });
  for await (const chunk of child.stdout) {
    const line = chunk
      .toString()
      .split('\n')
      .find((one) => one.includes('"listening"'));
    if (line === undefined) continue;
    child.stdout.resume();
    return {
      name,
      pid: child.pid,
      url: `http://127.0.0.1:${JSON.parse(line).port}`,
      stop: () => child.kill('SIGTERM'),
    };
  }
  throw new Error(`${name} did not start`);
}

async function call(url, secret, body) {
  const res = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
  });
  if (!res.ok) throw new Error(`${res.status} ${await res.text()}`);
  return res.json();
}

async function newKey(api, operatorKey) {
  const customer = await call(`${api.url}/v1/customers`, operatorKey, { name: randomUUID() });
  const scopes = ['usage:write', 'usage:read'];
  return (await call(`${api.url}/v1/keys`, operatorKey, { name: 'bench', customer: customer.id, scopes })).secret;
}

/** Milliseconds from each 202 to the first answer that has the event. */
async function measureVisible({ ingest, api, secret }) {
  const delays = [];
  const start = new Date(Date.now() - 3_600_000).toISOString();
  const end = new Date(Date.now() + 3_600_000).toISOString();
  for (let sample = 1; sample <= SAMPLES; sample += 1) {
    await call(`${ingest.url}/v1/events`, secret, eventOf(randomUUID()));
    const acceptedAt = performance.now();
    for (;;) {
      const { data } = await call(`${api.url}/v1/usage?start=${start}&end=${end}`, secret);
      if ((data[0]?.events ?? 0) >= sample) break;
      if (performance.now() - acceptedAt > VISIBLE_TIMEOUT_MS) throw new Error('the event never showed');
      await sleep(POLL_MS);
    }
    delays.push(performance.now() - acceptedAt);
  }
  return delays.sort((one, other) => one - other);
}

/** Sends at a steady rate until stopped; gives the number of events acknowledged. */
function startLoad({ ingest, secret }) {
  const state = { isStopping: false, events: 0 };
  const stopped = (async () => {
    const startedAt = performance.now();
    const pending = new Set();
    for (let batch = 0; !state.isStopping; batch += 1) {
      const events = Array.from({ length: BATCH }, () => eventOf(randomUUID()));
      const sent = call(`${ingest.url}/v1/events`, secret, events).then(() => {
        state.events += BATCH;
        pending.delete(sent);
      });
      pending.add(sent);
      await sleep(startedAt + ((batch + 1) * BATCH * 1_000) / EVENTS_PER_SECOND - performance.now());
    }
    await Promise.all(pending);
  })();
  return {
    async stop() {
      state.isStopping = true;
      await stopped;
      return state.events;
    },
  };
}

async function memoryMiB({ pid }) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024);
}

function report(title, delays) {
  const at = (share) => Math.round(delays[Math.min(delays.length - 1, Math.floor(delays.length * share))]);
  process.stdout.write(`${title}: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, max ${at(1)} ms (${delays.length} events)\n`);
}

const folder = await mkdtemp(join(tmpdir(), 'tollgate-bench-'));
const clickhouse = await startClickHouse({ dir: join(folder, 'clickhouse') });
const postgres = await startPostgres({ dir: join(folder, 'postgres') });
const redis = await startRedis({ dir: join(folder, 'redis') });
const env = {
  CLICKHOUSE_URL: clickhouse.url,
  DATABASE_URL: postgres.url,
  REDIS_URL: redis.url,
  TOLLGATE_KEY_PEPPER: randomBytes(32).toString('hex'),
  TOLLGATE_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  TOLLGATE_OPERATOR_KEY_FILE: join(folder, 'operator-key'),
};
const api = await startService('api', env);
const ingest = await startService('ingest', env);
const counter = await startService('counter', env);
const operatorKey = (await readFile(env.TOLLGATE_OPERATOR_KEY_FILE, 'utf8')).trim();
const processes = [
  ingest,
  counter,
  api,
  { name: 'ClickHouse', pid: clickhouse.pid },
  { name: 'Redis', pid: redis.pid },
];

async function reportMemory(title) {
  const figures = await Promise.all(processes.map(async (one) => `${one.name} ${await memoryMiB(one)}`));
  process.stdout.write(`resident MiB, ${title}: ${figures.join(', ')}\n`);
}

try {
  await measureVisible({ ingest, api, secret: await newKey(api, operatorKey) });
  report('202 to visible, idle', await measureVisible({ ingest, api, secret: await newKey(api, operatorKey) }));
  await reportMemory('idle');
  const load = startLoad({ ingest, secret: await newKey(api, operatorKey) });
  await sleep(3_000);
  const underLoad = measureVisible({ ingest, api, secret: await newKey(api, operatorKey) });
  await sleep(LOAD_SECONDS * 1_000);
  report(`202 to visible, at ${EVENTS_PER_SECOND} events/s`, await underLoad);
  await reportMemory('under load');
  process.stdout.write(`events sent meanwhile: ${await load.stop()}\n`);
} finally {
  for (const service of [ingest, counter, api]) service.stop();
  await sleep(3_000);
  for (const server of [clickhouse, postgres, redis]) await server.stop();
  await rm(folder, { recursive: true, force: true });
}
