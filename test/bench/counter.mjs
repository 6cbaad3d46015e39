// How fast the counter stores what is appended, with reported usage and with text, against tiktoken alone in one loop and against
// a bare insert of the same rows. On the built packages and real servers:
//
//   npm run build && node test/bench/counter.mjs

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { encodeRecord, partitionKeyOf } from '@tollgate/domain';
import { createRedisLog } from '@tollgate/event-log';
import { startClickHouse, startPostgres, startRedis } from '@tollgate/local';
import { createLogger } from '@tollgate/runtime';
import { createClickHouseWarehouse } from '@tollgate/warehouse';
import { get_encoding } from 'tiktoken';

const REPORTED_EVENTS = 100_000;
const TEXT_EVENTS = 20_000;
const APPEND_EVENTS = 1_000;
const INSERT_ROWS = 20_000;
const DRAIN_TIMEOUT_MS = 120_000;
const TEXT_LENGTH = 700;
const PARTITIONS = 4;
const MAIN = fileURLToPath(new URL('../../services/counter/dist/main.js', import.meta.url));

const print = (line) => process.stdout.write(`${line}\n`);
const perSecond = (events, ms) => `${Math.round((events / ms) * 1000).toLocaleString('en')} events/s`;

const folder = await mkdtemp(join(tmpdir(), 'tollgate-bench-'));
const servers = {
  clickhouse: await startClickHouse({ dir: join(folder, 'clickhouse') }),
  postgres: await startPostgres({ dir: join(folder, 'postgres') }),
  redis: await startRedis({ dir: join(folder, 'redis') }),
};
try {
  const reported = Array.from({ length: REPORTED_EVENTS }, (_, n) => reportedEvent(n));
  const texts = Array.from({ length: TEXT_EVENTS }, (_, n) => textEvent(n));
  await benchDrain('counter, reported usage', reported);
  const textMs = await benchDrain('counter, text of 700 characters', texts);
  benchTiktoken(texts, textMs);
  await benchInsert();
} finally {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
}

async function benchDrain(name, events) {
  const log = createRedisLog({
    url: servers.redis.url,
    name: name.replaceAll(/\W/g, '-'),
    partitionCount: PARTITIONS,
    logger: createLogger({ service: 'bench', level: 'silent' }),
  });
  await log.ensure();

  const port = await freePort();
  const counter = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      CLICKHOUSE_URL: servers.clickhouse.url,
      DATABASE_URL: servers.postgres.url,
      REDIS_URL: servers.redis.url,
      TOLLGATE_LOG_NAME: name.replaceAll(/\W/g, '-'),
      TOLLGATE_LOG_PARTITIONS: `${PARTITIONS}`,
      METRICS_PORT: `${port}`,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const metrics = `http://127.0.0.1:${port}/metrics`;
  const deadline = performance.now() + DRAIN_TIMEOUT_MS;
  await ready(`http://127.0.0.1:${port}/readyz`, deadline);

  const parts = [];
  for (let at = 0; at < events.length; at += APPEND_EVENTS)
    parts.push(events.slice(at, at + APPEND_EVENTS).map(logRecord));
  const first = await recordsStored(metrics, 0, deadline);
  const writer = log.writer();
  for (const part of parts) await writer.append(part);
  const last = await recordsStored(metrics, events.length, deadline);
  await writer.close();
  counter.kill('SIGTERM');
  await once(counter, 'exit');
  const drained = events.length - first.records;
  const ms = last.atMs - first.atMs;
  const cpuMicros = ((last.cpuSeconds - first.cpuSeconds) / drained) * 1e6;
  print(
    `${name}: ${perSecond(drained, ms)}, ${cpuMicros.toFixed(1)} µs of CPU an event, ` +
      `event loop p99 ${(last.loopP99Seconds * 1000).toFixed(1)} ms, resident ${(last.residentBytes / 2 ** 20).toFixed(0)} MiB`,
  );
  return (ms / drained) * events.length;
}

function benchTiktoken(events, counterMs) {
  const encoder = get_encoding('o200k_base');
  encoder.encode_ordinary('warm');
  const startedAt = performance.now();
  for (const { input, output } of events) {
    for (const { role, content } of [...input.messages, output.message]) {
      encoder.encode_ordinary(role);
      encoder.encode_ordinary(content);
    }
  }
  const ms = performance.now() - startedAt;
  print(
    `tiktoken alone, one thread: ${perSecond(events.length, ms)}; the counter does ${(ms / counterMs).toFixed(2)} ×`,
  );
}

async function benchInsert() {
  const warehouse = createClickHouseWarehouse({ url: servers.clickhouse.url });
  const nowMs = Date.now();
  const usage = Array.from({ length: INSERT_ROWS }, (_, n) => ({
    ...{ epoch: 1_000, partition: 0, position: BigInt(n), customerId: 'cus_insert', projectId: null, keyId: 'key_1' },
    ...{ eventId: `insert-${n}`, timeMs: nowMs - (n % 86_400_000), receivedAtMs: nowMs, contentHash: BigInt(n) },
    ...{ type: 'llm.chat', provider: 'openai', model: 'gpt-4o', serviceTier: 'standard', status: 'completed' },
    ...{ isStream: false, latencyMs: 812, tokens: { input: 12n, output: 5n }, requests: 1n, webSearches: 0n },
    ...{ provenance: { input: 'reported', output: 'reported' }, rule: 'openai.chat', costPico: null, reservation: '' },
    ...{ region: '', currency: '', costByClass: {}, cacheSavingsPico: 0n, priceIds: [], unpricedReason: '', flags: [] },
    ...{ textInputTokens: null, textOutputTokens: null, metadata: { feature: 'bench' }, reportedUsage: '{}', data: '' },
    ...{ outcome: 'countable', reason: '', isReplay: false, reporterKeyId: 'key_1' },
  }));
  const range = { epoch: 1_000, partition: 0, firstOffset: 0n, nextOffset: 1n };
  const rounds = [];
  for (let round = 0; round < 5; round++) {
    const startedAt = performance.now();
    await warehouse.store({ range, receipts: usage, usage });
    rounds.push(performance.now() - startedAt);
  }
  await warehouse.close();
  const medianMs = rounds.sort((a, b) => a - b)[2];
  print(`bare insert of ${INSERT_ROWS} rows and receipts: ${perSecond(INSERT_ROWS, medianMs)}`);
}

async function ready(url, deadline) {
  while (performance.now() < deadline) {
    const isReady = await fetch(url).then(
      (res) => res.ok,
      () => false,
    );
    if (isReady) return;
    await pause(100);
  }
  throw new Error('The counter did not become ready.');
}

async function recordsStored(url, wanted, deadline) {
  while (performance.now() < deadline) {
    const text = await fetch(url).then(
      (res) => res.text(),
      () => '',
    );
    const sumOf = (name) =>
      text
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    const records = sumOf('tollgate_counter_records_total');
    if (records >= wanted) {
      return {
        records,
        atMs: performance.now(),
        cpuSeconds: sumOf('process_cpu_seconds_total'),
        loopP99Seconds: sumOf('nodejs_eventloop_lag_p99_seconds'),
        residentBytes: sumOf('process_resident_memory_bytes'),
      };
    }
    await pause(20);
  }
  throw new Error('The counter did not store the events in time.');
}

function reportedEvent(n) {
  const usage = { prompt_tokens: 500 + n, completion_tokens: 100, total_tokens: 600 + n };
  return { ...frame(n), usage, metadata: { feature: 'bench' } };
}

function textEvent(n) {
  const words = [
    'The',
    'meter',
    'counts',
    'every',
    'token',
    'once',
    'and',
    'no',
    'token',
    'twice',
    `in ${n}`,
    'rounds.',
  ];
  let content = '';
  for (let at = n; content.length < TEXT_LENGTH; at = (at * 31 + 7) % 9_973) content += `${words[at % words.length]} `;
  const half = content.length >> 1;
  return {
    ...frame(n),
    input: { messages: [{ role: 'user', content: content.slice(0, half) }] },
    output: { message: { role: 'assistant', content: content.slice(half) } },
  };
}

function frame(n) {
  return { id: `bench-${n}`, type: 'llm.chat', provider: 'openai', model: 'gpt-4o', latency_ms: 812 };
}

function logRecord(event) {
  const customerId = 'cus_bench';
  const nowMs = Date.now();
  const header = {
    kind: 'event',
    customerId,
    projectId: null,
    keyId: 'key_1',
    reporterKeyId: 'key_1',
    isReplay: false,
  };
  const body = Buffer.from(JSON.stringify(event));
  return {
    partitionKey: partitionKeyOf(customerId, event.id),
    value: encodeRecord({ ...header, eventId: event.id, timeMs: nowMs, receivedAtMs: nowMs, body }),
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
