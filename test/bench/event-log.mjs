// What the event log does by itself: records appended one by one and in groups by 64 concurrent callers, one lone caller,
// and records consumed. Each figure is the median of three runs, on a server of its own.
//
// Usage, after a build: node test/bench/event-log.mjs redis|kafka [gather time in ms]

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createKafkaLog, createRedisLog } from '@tollgate/event-log';
import { startKafka, startRedis } from '@tollgate/local';
import { createLogger } from '@tollgate/runtime';

const RUNS = 3;
const RUN_MS = 2_000;
const RECORD_BYTES = 600;

const KINDS = {
  redis: { start: startRedis, create: ({ url }, options) => createRedisLog({ ...options, url }) },
  kafka: { start: startKafka, create: ({ url }, options) => createKafkaLog({ ...options, brokers: [url] }) },
};

const [kindName = 'redis', gatherMs] = process.argv.slice(2);
const kind = KINDS[kindName];
const dir = await mkdtemp(join(tmpdir(), 'tollgate-bench-'));
const server = await kind.start({ dir });
const log = kind.create(server, {
  name: 'bench',
  partitionCount: 8,
  logger: createLogger({ service: 'bench', level: 'warn' }),
  ...(gatherMs === undefined ? {} : { gatherMs: Number(gatherMs) }),
});
await log.ensure();
const writer = log.writer();
const value = Buffer.alloc(RECORD_BYTES, 'a');
let appended = 0;

await appendFor({ callers: 64, group: 10, runMs: 1_000 });
await report('1 caller, 1 record each', () => appendFor({ callers: 1, group: 1, runMs: RUN_MS }));
await report('64 callers, 1 record each', () => appendFor({ callers: 64, group: 1, runMs: RUN_MS }));
await report('64 callers, 100 records each', () => appendFor({ callers: 64, group: 100, runMs: RUN_MS }));
await writer.close();
await report('consumed', () => consume());
await server.stop();
await rm(dir, { recursive: true });

async function appendFor({ callers, group, runMs }) {
  const end = performance.now() + runMs;
  const latencies = [];
  const cpu = process.cpuUsage();
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let round = 0; performance.now() < end; round += 1) {
        const records = Array.from({ length: group }, (__, index) => ({
          partitionKey: `cus_${caller}/evt_${round}_${index}`,
          value,
        }));
        const startedAt = performance.now();
        await writer.append(records);
        latencies.push(performance.now() - startedAt);
      }
    }),
  );
  const count = latencies.length * group;
  appended += count;
  latencies.sort((one, other) => one - other);
  const used = process.cpuUsage(cpu);
  return {
    recordsPerSecond: Math.round((count / runMs) * 1_000),
    p50Ms: latencies[Math.floor(latencies.length / 2)],
    p99Ms: latencies[Math.floor(latencies.length * 0.99)],
    cpuMicrosPerRecord: (used.user + used.system) / count,
  };
}

async function consume() {
  const reader = log.reader({ group: `bench-${randomUUID()}` });
  const cpu = process.cpuUsage();
  let consumed = 0;
  let batches = 0;
  const startedAt = performance.now();
  await new Promise((resolve) => {
    void reader.run(async (batch) => {
      consumed += batch.records.length;
      batches += 1;
      if (consumed >= appended) resolve();
    });
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  await reader.close();
  const used = process.cpuUsage(cpu);
  return {
    recordsPerSecond: Math.round(consumed / seconds),
    recordsPerBatch: Math.round(consumed / batches),
    cpuMicrosPerRecord: (used.user + used.system) / consumed,
  };
}

async function report(name, run) {
  const results = [];
  for (let index = 0; index < RUNS; index += 1) results.push(await run());
  results.sort((one, other) => one.recordsPerSecond - other.recordsPerSecond);
  const median = results[Math.floor(RUNS / 2)];
  const text = Object.entries(median).map(([key, figure]) => `${key} ${Number(figure.toPrecision(4))}`);
  process.stdout.write(`${kindName}: ${name}: ${text.join(', ')}\n`);
}
