// Deliveries a second to ten receivers, all alive and with one that never answers, against bare POSTs to the same receivers. On
// the built packages and a real Postgres:
//
//   npm run build && node test/bench/webhooks.mjs

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createPostgresAccounts } from '@tollgate/accounts';
import { createKeySeal, generateWebhookSecret, sealEndpoint } from '@tollgate/auth';
import { startPostgres } from '@tollgate/local';
import { createIdGenerator, createLogger, systemClock } from '@tollgate/runtime';
import pg from 'pg';

const FACTS = 2_000;
const RECEIVERS = 10;
const BARE_AT_ONCE = 80;
const TIMEOUT_MS = 120_000;
const MAIN = fileURLToPath(new URL('../../services/webhooks/dist/main.js', import.meta.url));

const print = (line) => process.stdout.write(`${line}\n`);
const newId = createIdGenerator(systemClock);
const sealedUnder = randomBytes(32).toString('hex');
const folder = await mkdtemp(join(tmpdir(), 'tollgate-bench-'));
const postgres = await startPostgres({ dir: join(folder, 'postgres') });
try {
  const bare = await benchBare();
  const alive = await benchDeliveries('ten receivers', { dead: 0 });
  const withDead = await benchDeliveries('nine receivers and a dead one', { dead: 1 });
  print(
    `a delivery is ${(alive / bare).toFixed(2)} of a bare POST; with a dead receiver ${(withDead / alive).toFixed(2)} of without`,
  );
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

async function startReceivers(dead) {
  const state = { count: 0, delaysMs: [], lastMs: 0, sockets: [] };
  const servers = [];
  for (let n = 0; n < RECEIVERS; n++) {
    const server = createServer((req, res) => {
      let text = '';
      req.on('data', (chunk) => (text += chunk));
      req.on('end', () => {
        if (n < dead) return;
        state.count++;
        state.lastMs = performance.now();
        state.delaysMs.push(Date.now() - Date.parse(JSON.parse(text).timestamp));
        res.writeHead(200).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
  }
  const close = async () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
  return { state, ports: servers.map((server) => server.address().port), close };
}

async function benchBare() {
  const receivers = await startReceivers(0);
  const agent = new Agent({ keepAlive: true });
  const body = JSON.stringify({ type: 'key.created', timestamp: new Date().toISOString(), data: { n: 1 } });
  let left = FACTS * RECEIVERS;
  const startedAt = performance.now();
  const run = async () => {
    while (left-- > 0) {
      const port = receivers.ports[left % RECEIVERS];
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const req = request({ host: '127.0.0.1', port, method: 'POST', agent, headers }).end(body);
      const [res] = await once(req, 'response');
      res.resume();
      await once(res, 'end');
    }
  };
  await Promise.all(Array.from({ length: BARE_AT_ONCE }, run));
  const perSecond = (FACTS * RECEIVERS * 1000) / (performance.now() - startedAt);
  agent.destroy();
  await receivers.close();
  print(`bare POSTs, one process: ${Math.round(perSecond).toLocaleString('en')} a second`);
  return perSecond;
}

async function benchDeliveries(name, { dead }) {
  const database = `bench_${newId('db')}`;
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${database}`);
  await admin.end();
  const url = new URL(postgres.url);
  url.pathname = `/${database}`;
  const logger = createLogger({ service: 'bench', level: 'silent' });
  const accounts = createPostgresAccounts({ url: url.href, clock: systemClock, logger });
  await accounts.migrate();
  const receivers = await startReceivers(dead);
  const seal = createKeySeal([sealedUnder]);
  for (const port of receivers.ports) {
    const id = newId('whe');
    const secrets = { secret: generateWebhookSecret(), previous: null, headers: {} };
    await accounts.createWebhookEndpoint({
      ...{ id, customerId: null, url: `http://127.0.0.1:${port}/`, types: null, description: '', isEnabled: true },
      ...{ disabledReason: null, sealed: sealEndpoint(seal, id, secrets), headerNames: [], previousExpiresAtMs: null },
      ...{ secretCreatedAtMs: Date.now(), createdAtMs: Date.now() },
      health: { failingSinceMs: null, failuresInARow: 0 },
    });
  }
  const service = spawn(process.execPath, [MAIN], {
    env: {
      ...{ PATH: process.env.PATH, DATABASE_URL: url.href, METRICS_PORT: '0', HOST: '127.0.0.1' },
      ...{ TOLLGATE_KEY_PEPPER: sealedUnder, TOLLGATE_ENCRYPTION_KEY: sealedUnder, TOLLGATE_LOG_LEVEL: 'warn' },
      ...{
        TOLLGATE_WEBHOOK_ALLOWED_ADDRESSES: '127.0.0.1',
        TOLLGATE_WEBHOOK_HTTP: 'yes',
        TOLLGATE_WEBHOOK_PORTS: 'any',
      },
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  const tell = (count) =>
    client.query(
      `INSERT INTO outbox (type, data, created_at)
       SELECT 'key.created', json_build_object('n', n), clock_timestamp() FROM generate_series(1, $1::int) n`,
      [count],
    );
  const alive = RECEIVERS - dead;
  await tell(1);
  await arrived(receivers.state, alive);
  receivers.state.delaysMs.length = 0;
  const startedAt = performance.now();
  await tell(FACTS);
  await arrived(receivers.state, alive * (FACTS + 1));
  const perSecond = (alive * FACTS * 1000) / (receivers.state.lastMs - startedAt);
  receivers.state.delaysMs.length = 0;
  for (let turn = 1; turn <= 50; turn++) {
    await tell(1);
    await arrived(receivers.state, alive * (FACTS + 1 + turn));
  }
  const delays = receivers.state.delaysMs.sort((one, other) => one - other);
  const at = (share) => delays[Math.floor(delays.length * share)];
  print(
    `${name}: ${Math.round(perSecond).toLocaleString('en')} deliveries a second; one fact, from told to received: ` +
      `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  );
  service.kill('SIGKILL');
  await once(service, 'exit');
  await client.end();
  await accounts.close();
  await receivers.close();
  return perSecond;
}

async function arrived(state, count) {
  const deadline = performance.now() + TIMEOUT_MS;
  while (state.count < count) {
    if (performance.now() > deadline) throw new Error(`only ${state.count} of ${count} arrived`);
    await pause(2);
  }
}
