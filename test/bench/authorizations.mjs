// Authorizations for each second and how long they take, over HTTP on one process of ingest, against one bare round trip to
// Redis with as many at once.
//
// Run after `npm run build`: node test/bench/authorizations.mjs [seconds for each case]

import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createPostgresAccounts } from '@tollgate/accounts';
import { createRedisLimits } from '@tollgate/limits';
import { startPostgres, startRedis } from '@tollgate/local';
import { createLogger, createMetrics, systemClock } from '@tollgate/runtime';
import { createBenchKey } from './bench-key.mjs';

const SECONDS = Number(process.argv[2] ?? 3);
const PORT = 18_089;
const MAIN = fileURLToPath(new URL('../../services/ingest/dist/main.js', import.meta.url));
const METRICS = ['requests', 'input_tokens', 'output_tokens', 'tokens', 'cost'];

/** Sends the request again and again over each connection, one at a time; answers with the times in milliseconds. */
async function load({ port, request, connections, isWhole }) {
  const times = [];
  const endAt = performance.now() + SECONDS * 1_000;
  const runConnection = () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let startedAt = 0;
      let received = '';
      const sendNext = () => {
        if (performance.now() >= endAt) {
          socket.destroy();
          resolve();
          return;
        }
        startedAt = performance.now();
        socket.write(request);
      };
      socket.setNoDelay(true);
      socket.on('connect', sendNext);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        if (!isWhole(received)) return;
        times.push(performance.now() - startedAt);
        received = '';
        sendNext();
      });
    });
  await Promise.all(Array.from({ length: connections }, runConnection));
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { perSecond: times.length / SECONDS, p50: at(0.5), p99: at(0.99) };
}

function isPermit(text) {
  const [head, body] = text.split('\r\n\r\n');
  if (body === undefined || body.length < Number(/content-length: (\d+)/i.exec(head)?.[1])) return false;
  if (!body.includes('"allowed":true')) throw new Error(text);
  return true;
}

async function createLimits({ accounts, counters, count }) {
  for (const { id } of (await accounts.limitSet('cus_1')).limits) await accounts.deleteLimit(id, Date.now());
  for (let at = 0; at < count; at += 1) {
    const limit = {
      ...{
        id: `lim_${randomUUID()}`,
        customerId: 'cus_1',
        scope: { kind: 'customer', id: 'cus_1' },
        modelPattern: null,
      },
      ...{ metric: METRICS[at % METRICS.length], window: 'month', amount: 10n ** 27n, mode: 'block', thresholds: [] },
      ...{ allowanceWhenUnknown: null, refusesEvents: false, suspendedUntilMs: null, countsFromMs: 0, revision: 1 },
      ...{ setBy: 'operator', createdAtMs: Date.now(), updatedAtMs: Date.now() },
    };
    await accounts.createLimit(limit);
    const common = { limitId: limit.id, token: 't' };
    await counters.begin('cus_1', { definition: limit, amount: limit.amount, token: 't', storedUntil: new Map() });
    await counters.finish('cus_1', { ...common, used: new Map() });
  }
}

async function createPrices(accounts) {
  const common = {
    ...{ customerId: null, provider: 'openai', model: 'gpt-4o', serviceTier: 'standard', context: null, region: null },
    ...{ currency: 'EUR', source: null, effectiveFromMs: 0, effectiveToMs: null, knownFromMs: 0 },
    ...{ createdAtMs: Date.now(), createdBy: null, note: null },
  };
  await accounts.createPrices([
    { ...common, id: 'pri_1', class: 'input', amountMicros: 2_500_000n },
    { ...common, id: 'pri_2', class: 'output', amountMicros: 10_000_000n },
  ]);
}

async function waitUntilReady() {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const res = await fetch(`http://127.0.0.1:${PORT}/readyz`).catch(() => undefined);
    if (res?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('ingest is not ready');
}

function report(name, { perSecond, p50, p99 }) {
  const columns = [`${Math.round(perSecond)}/s`, `p50 ${p50.toFixed(2)} ms`, `p99 ${p99.toFixed(2)} ms`];
  process.stdout.write(`${[name.padEnd(34), ...columns.map((text) => text.padStart(14))].join(' ')}\n`);
}

const folder = await mkdtemp(join(tmpdir(), 'tollgate-bench-'));
const postgres = await startPostgres({ dir: join(folder, 'postgres') });
const redis = await startRedis({ dir: join(folder, 'redis') });
const logger = createLogger({ service: 'bench', level: 'silent' });
const pepper = randomBytes(32).toString('hex');
const secret = await createBenchKey({ databaseUrl: postgres.url, pepper, scopes: ['limits:check'] });
const accounts = createPostgresAccounts({ url: postgres.url, clock: systemClock, logger });
const limits = await createRedisLimits({ url: redis.url, clock: systemClock, logger, metrics: createMetrics('bench') });
const counters = limits.counters({ name: 'tollgate', answerTimeoutMs: 10_000 });
await createPrices(accounts);
const ingest = spawn(process.execPath, [MAIN], {
  env: {
    ...{ PATH: process.env.PATH, PORT: `${PORT}`, HOST: '127.0.0.1', TOLLGATE_LOG_LEVEL: 'warn' },
    ...{ DATABASE_URL: postgres.url, REDIS_URL: redis.url, TOLLGATE_KEY_PEPPER: pepper, TOLLGATE_LOG_PARTITIONS: '4' },
    TOLLGATE_ISSUER: 'http://127.0.0.1',
  },
  stdio: 'inherit',
});

try {
  await waitUntilReady();
  const body = JSON.stringify({
    provider: 'openai',
    model: 'gpt-4o',
    input_tokens: 1_200,
    max_output_tokens: 800,
    ttl_seconds: 5,
  });
  const head = ['POST /v1/authorizations HTTP/1.1', 'Host: x', `Authorization: Bearer ${secret}`];
  const lines = [...head, 'Content-Type: application/json', `Content-Length: ${body.length}`];
  const request = `${lines.join('\r\n')}\r\n\r\n${body}`;
  const redisPort = Number(new URL(redis.url).port);
  for (const connections of [1, 64, 1_000]) {
    const ping = { port: redisPort, request: 'PING\r\n', isWhole: (text) => text.endsWith('\r\n') };
    report(`Redis PING, ${connections} at once`, await load({ ...ping, connections }));
    for (const count of [0, 1, 4, 10]) {
      await createLimits({ accounts, counters, count });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const answered = await load({ port: PORT, request, connections, isWhole: isPermit });
      report(`${count} limits, ${connections} at once`, answered);
    }
  }
} finally {
  ingest.kill('SIGTERM');
  limits.close();
  await accounts.close();
  await redis.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
