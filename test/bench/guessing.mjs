// Requests per second of a good key while others guess, against none that guess. The guesses come at a fixed rate from
// another process, from few addresses (which are soon locked out) and from more than are ever locked out.
//
// Run after `npm run build`: node test/bench/guessing.mjs [guesses per second]

import { fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { generateKeySecret } from '@tollgate/auth';
import { startPostgres, startRedis } from '@tollgate/local';
import { createBenchKey } from './parts/bench-key.mjs';

const ROUNDS = 5;
const ROUND_MS = 3_000;
const CONNECTIONS = 32;
const GUESSING_CONNECTIONS = 16;
const SECRETS = 5_000;
const TICK_MS = 5;
const CASES = [
  { name: 'nobody guesses', addresses: 0 },
  { name: 'from 20 addresses', addresses: 20 },
  { name: 'from 60,000 addresses', addresses: 60_000 },
];

function request({ secret, from, body }) {
  const lines = [
    'POST /v1/events HTTP/1.1',
    'Host: 127.0.0.1',
    `X-Forwarded-For: ${from}`,
    `Authorization: Bearer ${secret}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** One connection that sends again whenever it is answered and `next` has something. */
function openConnection(port, { next, onAnswer }) {
  const socket = connect(port, '127.0.0.1');
  let isWaiting = false;
  const send = () => {
    if (isWaiting) return;
    const text = next();
    if (text === undefined) return;
    isWaiting = true;
    socket.write(text);
  };
  socket.on('connect', send);
  socket.on('error', () => undefined);
  // An answer is small and comes in one piece.
  socket.on('data', (chunk) => {
    isWaiting = false;
    onAnswer(chunk.toString('latin1', 9, 12));
    send();
  });
  return { send, close: () => socket.destroy() };
}

async function guess({ port, addresses, perSecond }) {
  const secrets = Array.from({ length: SECRETS }, () => generateKeySecret('live'));
  const statuses = {};
  let allowed = 0;
  let sent = 0;
  const next = () => {
    if (allowed < 1) return undefined;
    allowed -= 1;
    sent += 1;
    const host = sent % addresses;
    const from = `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`;
    return request({ secret: secrets[sent % SECRETS], from, body: '{}' });
  };
  const onAnswer = (status) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  const connections = Array.from({ length: GUESSING_CONNECTIONS }, () => openConnection(port, { next, onAnswer }));
  setInterval(() => {
    allowed = Math.min(allowed + (perSecond * TICK_MS) / 1_000, perSecond / 10);
    for (const { send } of connections) send();
  }, TICK_MS);
  process.on('message', () => process.send({ statuses }, () => process.exit(0)));
}

async function measure(port, secret) {
  let accepted = 0;
  const refused = {};
  const event = () => ({
    id: `req_${randomUUID()}`,
    type: 'llm.chat',
    provider: 'openai',
    model: 'gpt-4o',
    usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
  });
  const next = () => request({ secret, from: '192.0.2.1', body: JSON.stringify(event()) });
  const onAnswer = (status) => {
    if (status === '202') accepted += 1;
    else refused[status] = (refused[status] ?? 0) + 1;
  };
  const startedAt = performance.now();
  const connections = Array.from({ length: CONNECTIONS }, () => openConnection(port, { next, onAnswer }));
  await pause(ROUND_MS);
  for (const connection of connections) connection.close();
  if (Object.keys(refused).length > 0) throw new Error(`the good key was refused: ${JSON.stringify(refused)}`);
  return accepted / ((performance.now() - startedAt) / 1_000);
}

function medianOf(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

async function main(perSecond) {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-bench-'));
  const postgres = await startPostgres({ dir: join(folder, 'postgres') });
  const redis = await startRedis({ dir: join(folder, 'redis') });
  const pepper = randomBytes(32).toString('hex');
  const secret = await createBenchKey({ databaseUrl: postgres.url, pepper });
  const ingest = fork(fileURLToPath(new URL('../../services/ingest/dist/main.js', import.meta.url)), {
    env: {
      ...{ PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', TOLLGATE_TRUSTED_PROXIES: '127.0.0.0/8' },
      ...{ DATABASE_URL: postgres.url, REDIS_URL: redis.url, TOLLGATE_KEY_PEPPER: pepper },
    },
    silent: true,
  });
  const port = await portOf(ingest);

  await measure(port, secret);
  const results = new Map(CASES.map(({ name }) => [name, { rates: [], statuses: {} }]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, addresses } of CASES) {
      const result = results.get(name);
      const attack = { port, addresses, perSecond };
      const attacker =
        addresses === 0 ? undefined : fork(fileURLToPath(import.meta.url), ['--guess', JSON.stringify(attack)]);
      if (attacker !== undefined) await pause(1_000);
      result.rates.push(await measure(port, secret));
      if (attacker === undefined) continue;
      attacker.send('stop');
      const [{ statuses }] = await once(attacker, 'message');
      for (const [status, count] of Object.entries(statuses)) {
        result.statuses[status] = (result.statuses[status] ?? 0) + count;
      }
    }
  }
  const calm = medianOf(results.get(CASES[0].name).rates);
  for (const [name, { rates, statuses }] of results) {
    const median = medianOf(rates);
    const range = `${Math.min(...rates).toFixed(0)}–${Math.max(...rates).toFixed(0)}`;
    process.stdout.write(
      `${name.padEnd(22)} ${median.toFixed(0).padStart(6)} requests/s (${range}), ${(median / calm).toFixed(2)} of calm; ` +
        `guesses answered ${JSON.stringify(statuses)}\n`,
    );
  }
  ingest.kill('SIGTERM');
  await postgres.stop();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
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

const [first, second] = process.argv.slice(2);
if (first === '--guess') await guess(JSON.parse(second));
else await main(Number(first ?? 2_000));
