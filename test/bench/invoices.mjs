// The month of many customers: drafted, finalized and packed into an archive by one billing process, on real servers. Memory is
// that of the process at its highest; beside it stands what the bare questions to ClickHouse would take.
//
//   npm run build && node test/bench/invoices.mjs [customers] [events of each]

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createPostgresAccounts } from '@tollgate/accounts';
import { startClickHouse, startPostgres, startRedis } from '@tollgate/local';
import { createIdGenerator, createLogger, systemClock } from '@tollgate/runtime';
import { createClickHouseWarehouse } from '@tollgate/warehouse';

const [customers = 1_000, eventsEach = 1_000] = process.argv.slice(2).map(Number);
const ROWS_PER_INSERT = 500_000;
const START_MS = Date.UTC(2026, 9, 1);
const END_MS = Date.UTC(2026, 10, 1);
const TABLES = ['csv', 'lines_csv', 'focus_csv'];
const TIMEOUT_MS = 60 * 60_000;
const MAIN = fileURLToPath(new URL('../../services/billing/dist/main.js', import.meta.url));

const print = (line) => process.stdout.write(`${line}\n`);
const newId = createIdGenerator(systemClock);
const pepper = randomBytes(32).toString('hex');
const folder = await mkdtemp(join(tmpdir(), 'tollgate-bench-'));
const servers = [];
const started = async (start, name) => {
  const server = await start({ dir: join(folder, name) });
  servers.push(server);
  return server;
};

try {
  const clickhouse = await started(startClickHouse, 'clickhouse');
  const postgres = await started(startPostgres, 'postgres');
  const redis = await started(startRedis, 'redis');
  const logger = createLogger({ service: 'bench', level: 'silent' });
  const accounts = createPostgresAccounts({ url: postgres.url, clock: systemClock, logger, auditSecrets: [pepper] });
  const warehouse = createClickHouseWarehouse({ url: clickhouse.url, logPartitions: 1 });
  await accounts.migrate();
  await warehouse.migrate();
  const ids = await addCustomers(accounts);
  await fill(clickhouse, ids);
  const progress = setInterval(
    () => void warehouse.recordProgress([{ epoch: 0, partition: 0, asOfMs: Date.now() }]).catch(() => undefined),
    200,
  );
  const bareMs = await bare(warehouse, ids);
  const billing = startBilling({ clickhouse, postgres, redis });
  const closed = await timed(async () => {
    await until(async () => (await accounts.countInvoices({ states: ['finalized'] })) === customers);
  });
  print(
    `${customers} invoices of ${eventsEach} events: ${seconds(closed)} s, ${perThousand(closed)} s per 1,000, ${billing.peakMiB()} MiB`,
  );
  print(`one bare question for the sums of each: ${perThousand(bareMs)} s per 1,000, one after the other`);
  for (const formats of [
    ['json', ...TABLES],
    ['json', 'pdf', ...TABLES],
  ]) {
    const id = newId('exp');
    await accounts.createExport({
      ...{ id, month: '2026-10', formats, state: 'waiting', invoicesTotal: 0, invoicesDone: 0, bytes: null },
      ...{ sha256: null, failure: null, createdAtMs: Date.now(), createdBy: 'key_bench', finishedAtMs: null },
    });
    const packed = await timed(() => until(async () => (await accounts.export(id)).state === 'done'));
    const { bytes } = await accounts.export(id);
    print(
      `an archive of ${formats.join(', ')}: ${seconds(packed)} s, ${perThousand(packed)} s per 1,000, ${(Number(bytes) / 2 ** 20).toFixed(1)} MiB, ${billing.peakMiB()} MiB`,
    );
  }
  await billing.stop();
  clearInterval(progress);
  await warehouse.close();
  await accounts.close();
} finally {
  for (const server of servers.reverse()) await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function seconds(ms) {
  return (ms / 1_000).toFixed(1);
}

function perThousand(ms) {
  return seconds((ms * 1_000) / customers);
}

async function until(isSo) {
  const endMs = Date.now() + TIMEOUT_MS;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error('it takes too long');
    await pause(100);
  }
}

async function addCustomers(accounts) {
  const shared = { zone: 'UTC', currency: 'USD', createdAtMs: START_MS };
  await accounts.createOrganization({ id: newId('org'), name: 'Bench', ...shared });
  await accounts.saveSellerTerms({
    party: { name: 'Bench', address: ['1 Way'], country: 'DE', tax_ids: [], email: null },
    ...{ paymentDetails: null, numberPrefix: 'INV-', paymentTermDays: 30, graceMs: 0 },
    xeroAccount: '200',
  });
  const ids = Array.from({ length: customers }, () => newId('cus'));
  for (const id of ids) {
    await accounts.createCustomer({
      ...{ id, name: `Customer ${id}`, externalId: null, billingDay: 1, metadata: {}, suspendedAtMs: null },
      ...{ suspensionReason: null, keyPolicy: { keysMax: 10, allowedScopes: null }, ...shared },
    });
  }
  return ids;
}

/** The events of a customer are one after the other, so that a part of them is inserted at a time. */
async function fill({ url }, ids) {
  const sql = async (statement) => {
    const query = `${url}/?wait_end_of_query=1&max_partitions_per_insert_block=0`;
    const res = await fetch(query, { method: 'POST', body: statement, headers: { connection: 'close' } });
    if (!res.ok) throw new Error(await res.text());
  };
  await sql('CREATE TABLE bench_customers (place UInt64, id String) ENGINE = Join(ANY, LEFT, place)');
  await sql(`INSERT INTO bench_customers VALUES ${ids.map((id, at) => `(${at}, '${id}')`).join(',')}`);
  const rows = customers * eventsEach;
  const span = (END_MS - START_MS) / 1_000;
  const row = `joinGet('bench_customers', 'id', toUInt64(intDiv(number, ${eventsEach}))) AS customer_id,
    'evt_' || hex(sipHash128(number)) AS event_id,
    toDateTime64(${START_MS / 1_000} + cityHash64(number, 'time') % ${span}, 3, 'UTC') AS time`;
  for (let from = 0; from < rows; from += ROWS_PER_INSERT) {
    const numbers = `numbers(${from}, ${Math.min(ROWS_PER_INSERT, rows - from)})`;
    await sql(`INSERT INTO usage_rows (customer_id, event_id, time, version, received_at, content_hash, project_id, key_id, type,
        provider, model, service_tier, status, input, cache_read, output, requests, provenance, rule, currency, cost_pico,
        class_costs, price_ids)
      SELECT ${row}, toUInt128(bitShiftLeft(toUInt128('79228162514264337593543950335') - number * 4096, 24)), time, number,
        ['prj_a', 'prj_b'][number % 2 + 1], 'key_a', 'llm.chat', 'openai', ['gpt-4o', 'gpt-4o-mini', 'o3'][number % 3 + 1],
        'standard', 'completed', cityHash64(number, 'input') % 4000 AS input, number % 3 = 0 ? 1024 : 0 AS cache_read,
        cityHash64(number, 'output') % 900 AS output, 1, 'input:reported,output:reported', 'openai.chat', 'USD',
        toInt64((input * 1000 + cache_read * 500 + output * 4000) * 1000) AS cost,
        [toInt64(input * 1000000), toInt64(cache_read * 500000), 0, 0, 0, 0, 0, 0, 0, 0, toInt64(output * 4000000)],
        ['prc_1', 'prc_2']
      FROM ${numbers}`);
    await sql(`INSERT INTO receipts (customer_id, event_id, time, log_epoch, log_partition, log_position, received_at,
        content_hash, outcome)
      SELECT ${row}, 0, 0, number * 4096, time, number, 'countable' FROM ${numbers}`);
  }
  await sql(`INSERT INTO hour_changes (customer_id, hour, changed_at)
    SELECT DISTINCT customer_id, hour, now64(3) - INTERVAL 1 DAY FROM usage_rows`);
  await sql(
    `INSERT INTO consumed_ranges (log_epoch, log_partition, first_offset, next_offset) VALUES (0, 0, 0, ${rows})`,
  );
  await sql('DROP TABLE bench_customers');
}

async function bare(warehouse, ids) {
  const untilPlaces = await warehouse.storedUntil();
  const asked = ids.slice(0, 200);
  const ms = await timed(async () => {
    for (const customerId of asked) {
      await warehouse.invoiceTotals({ customerId, startMs: START_MS, endMs: END_MS, until: untilPlaces });
    }
  });
  return (ms * customers) / asked.length;
}

function startBilling({ clickhouse, postgres, redis }) {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ...{ CLICKHOUSE_URL: clickhouse.url, DATABASE_URL: postgres.url, REDIS_URL: redis.url },
      ...{ TOLLGATE_KEY_PEPPER: pepper, TOLLGATE_FILES_DIR: join(folder, 'files'), TOLLGATE_LOG_PARTITIONS: '1' },
      ...{ METRICS_PORT: '0', TOLLGATE_LOG_LEVEL: 'error' },
    },
  });
  let peakMiB = 0;
  const watch = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peakMiB = Math.max(peakMiB, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
  }, 200);
  return {
    peakMiB: () => peakMiB.toFixed(0),
    async stop() {
      clearInterval(watch);
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}
