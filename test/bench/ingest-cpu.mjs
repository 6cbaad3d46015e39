// CPU that ingest spends per request, against a bare server that keeps none of its promises and against the plain stack.
// CPU time of the process is measured, not time on the clock, so that a busy machine disturbs it little.
//
// Run after `npm run build`: node test/bench/ingest-cpu.mjs

import { fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startPostgres, startRedis } from '@tollgate/local';
import { createBenchKey } from './bench-key.mjs';

const ROUNDS = 5;
const CONNECTIONS = 64;
const CASES = [
  { name: 'single', eventsPerRequest: 1, requests: 6_000 },
  { name: 'batch of 100', eventsPerRequest: 100, requests: 400 },
];

function exampleEvent() {
  return {
    id: `req_${randomUUID()}`,
    time: new Date().toISOString(),
    type: 'llm.chat',
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    usage: {
      prompt_tokens: 1_213,
      completion_tokens: 318,
      total_tokens: 1_531,
      prompt_tokens_details: { cached_tokens: 1_024, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    status: 'completed',
    stream: true,
    latency_ms: 812,
    metadata: { feature: 'summarize', end_user: 'u_17' },
  };
}

function prepareRequests(secret, { eventsPerRequest, requests }) {
  return Array.from({ length: requests }, () => {
    const events = Array.from({ length: eventsPerRequest }, exampleEvent);
    const body = JSON.stringify(eventsPerRequest === 1 ? events[0] : events);
    const lines = [
      'POST /v1/events HTTP/1.1',
      'Host: 127.0.0.1',
      `Authorization: Bearer ${secret}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ];
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
  });
}

/** Sends all requests over the connections, one at a time on each. */
async function sendAll(port, requests) {
  let next = 0;
  const runConnection = () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      const sendNext = () => {
        const request = requests[next];
        next += 1;
        if (request === undefined) {
          socket.destroy();
          resolve();
        } else {
          socket.write(request);
        }
      };
      socket.on('connect', sendNext);
      socket.on('error', reject);
      // An answer is small and comes in one piece.
      socket.on('data', (chunk) => {
        if (chunk.includes('HTTP/1.1 202')) sendNext();
        else reject(new Error(`not accepted: ${chunk}`));
      });
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, runConnection));
}

async function startRival(name, redisUrl) {
  const child = fork(fileURLToPath(new URL('./ingest-rivals.mjs', import.meta.url)), [name, redisUrl]);
  const [{ port }] = await once(child, 'message');
  return {
    name,
    port,
    async cpuMicros() {
      child.send('cpu');
      const [message] = await once(child, 'message');
      return message.cpuMicros;
    },
    stop: () => child.disconnect(),
  };
}

async function startIngest(env) {
  const main = fileURLToPath(new URL('../../services/ingest/dist/main.js', import.meta.url));
  const child = fork(main, { env: { PATH: process.env.PATH, ...env }, silent: true });
  const port = await portOf(child);
  return {
    name: 'ingest',
    port,
    async cpuMicros() {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(/^process_cpu_seconds_total\{[^}]*\} (\S+)/m.exec(text)[1]) * 1e6;
    },
    stop: () => child.kill('SIGTERM'),
  };
}

/** From the line that says that it listens. */
async function portOf(child) {
  let output = '';
  while (true) {
    const port = /"port":(\d+)/.exec(output)?.[1];
    if (port !== undefined) return Number(port);
    const [chunk] = await once(child.stdout, 'data');
    output += chunk;
  }
}

async function measure(server, secret, benchCase) {
  const requests = prepareRequests(secret, benchCase);
  const before = await server.cpuMicros();
  await sendAll(server.port, requests);
  return ((await server.cpuMicros()) - before) / requests.length;
}

function medianOf(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

const folder = await mkdtemp(join(tmpdir(), 'tollgate-bench-'));
const postgres = await startPostgres({ dir: join(folder, 'postgres') });
const redis = await startRedis({ dir: join(folder, 'redis') });
const pepper = randomBytes(32).toString('hex');
const secret = await createBenchKey({ databaseUrl: postgres.url, pepper });

const servers = [
  await startRival('bare', redis.url),
  await startIngest({
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    TOLLGATE_KEY_PEPPER: pepper,
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name === 'NODE_OPTIONS')),
  }),
  await startRival('plain', redis.url),
];

for (const benchCase of CASES) {
  const results = new Map(servers.map(({ name }) => [name, []]));
  for (const server of servers) await measure(server, secret, benchCase);
  for (let round = 0; round < ROUNDS; round++) {
    for (const server of servers) results.get(server.name).push(await measure(server, secret, benchCase));
  }
  const bare = medianOf(results.get('bare'));
  for (const [name, values] of results) {
    const median = medianOf(values);
    const range = `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;
    const ratio = (bare / median).toFixed(2);
    process.stdout.write(
      `${benchCase.name.padEnd(14)} ${name.padEnd(8)} ${median.toFixed(1).padStart(8)} µs a request (${range}), bare/this ${ratio}\n`,
    );
  }
}

for (const server of servers) server.stop();
await postgres.stop();
await redis.stop();
await rm(folder, { recursive: true, force: true });
