// Which layout of counted events is the best: what inserts, a month's query, the disk and the audit cost in each, and what
// the warehouse's own `usage` takes while other months fill up. Rows are made inside ClickHouse from a seed.
//
//   npx turbo run build && node test/bench/warehouse-layout.mjs [rows per month] [months] [receipts]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { startClickHouse } from '@tollgate/local';
import { createClickHouseWarehouse } from '@tollgate/warehouse';

const [rowsPerMonth = 1_000_000, months = 10, receipts = 10_000_000] = process.argv.slice(2).map(Number);
const CUSTOMERS = 50;
/** The layouts that were not chosen are not filled to the end. */
const OTHERS_MONTHS_MAX = 3;
const ROWS_PER_INSERT = 500_000;
const DAY_MS = 86_400_000;

const LAYOUTS = {
  'A month of time, (customer, hour, id)': {
    table: 'usage_rows',
    final: 'FINAL',
    period: (start, end) => `hour >= toDateTime(${start}, 'UTC') AND hour < toDateTime(${end}, 'UTC')`,
  },
  'B week of receipt, (customer, id)': {
    table: 'by_receipt',
    engine: `ReplacingMergeTree(version, is_deleted) PARTITION BY toMonday(received_at) ORDER BY (customer_id, event_id)`,
    final: 'FINAL',
    // Copies come up to 35 days apart, on either side, so a first copy can lie outside the month.
    period: (start, end) => `received_at >= toDateTime(${start} - 35 * 86400, 'UTC')
      AND received_at < toDateTime(${end} + 35 * 86400, 'UTC')
      AND time >= toDateTime(${start}, 'UTC') AND time < toDateTime(${end}, 'UTC')`,
    // Copies of an event lie in different weeks, so partitions have to be merged.
    settings: 'do_not_merge_across_partitions_select_final = 0',
  },
  'C plain, (customer, hour, id), LIMIT 1 BY': {
    table: 'plain',
    engine: `MergeTree PARTITION BY toYYYYMM(hour) ORDER BY (customer_id, hour, event_id)`,
    limitBy: 'ORDER BY version DESC LIMIT 1 BY customer_id, event_id',
    period: (start, end) => `hour >= toDateTime(${start}, 'UTC') AND hour < toDateTime(${end}, 'UTC')`,
  },
};

const dir = await mkdtemp(join(tmpdir(), 'tollgate-bench-'));
const server = await startClickHouse({ dir });
const url = `${server.url}/bench`;
const warehouse = createClickHouseWarehouse({ url });

const print = (line) => process.stdout.write(`${line}\n`);
const monthStart = (month) => Date.UTC(2026, month, 1);

async function sql(statement) {
  const query = `${server.url}/?database=bench&wait_end_of_query=1&max_partitions_per_insert_block=0`;
  const res = await fetch(query, { method: 'POST', body: statement, headers: { connection: 'close' } });
  const text = await res.text();
  if (!res.ok) throw new Error(text);
  return text.trim();
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Milliseconds: the median of five, after one to warm up. */
async function median(work) {
  const times = [];
  for (let run = 0; run < 6; run++) times.push(await timed(work));
  return times.slice(1).sort((a, b) => a - b)[2];
}

/** Events of a month; one in twenty is a copy of another of the month. */
function rowsOf({ month, from, count, seed }) {
  const start = monthStart(month) / 1000;
  const seconds = monthStart(month + 1) / 1000 - start;
  return `SELECT
      'cus_' || toString(cityHash64(id, 'customer') % ${CUSTOMERS}) AS customer_id,
      'evt_' || hex(sipHash128(id, ${seed})) AS event_id,
      toUInt128(bitShiftLeft(bitNot(toUInt128(number)), 24)) AS version,
      toDateTime64(${start} + cityHash64(id, 'time', ${seed}) % ${seconds}, 3, 'UTC') AS time,
      time + toIntervalSecond(if(number % 50 = 0, cityHash64(number) % 864000, number % 3)) AS received_at,
      cityHash64(id, 'content') AS content_hash,
      'prj_' || toString(id % 2) AS project_id, 'key_' || toString(id % 6) AS key_id, 'llm.chat' AS type,
      'openai' AS provider, ['gpt-4o', 'gpt-4o-mini', 'o3'][id % 3 + 1] AS model,
      'standard' AS service_tier, 'completed' AS status, id % 2 AS is_stream, toFloat64(id % 3000) AS latency_ms,
      toUInt64(cityHash64(id, 'input') % 4000) AS input, toUInt64(id % 3 = 0 ? 1024 : 0) AS cache_read,
      toUInt64(cityHash64(id, 'output') % 900) AS output, 1 AS requests,
      'input:reported,output:reported' AS provenance, 'openai.chat' AS rule,
      if(id % 10 = 0, NULL, toInt64(input * 2500000)) AS cost_pico,
      map('feature', ['chat', 'search', 'summarize'][id % 3 + 1], 'end_user', 'u_' || toString(id % 5000)) AS metadata,
      concat('{"prompt_tokens":', toString(input), ',"completion_tokens":', toString(output), '}') AS reported_usage
    FROM (SELECT number, if(number % 20 = 19, number - 10, number) AS id FROM numbers(${from}, ${count}))`;
}

const COLUMNS = `customer_id, event_id, version, time, received_at, content_hash, project_id, key_id, type, provider, model,
  service_tier, status, is_stream, latency_ms, input, cache_read, output, requests, provenance, rule, cost_pico, metadata,
  reported_usage`;

async function fillMonth(table, month) {
  for (let from = 0; from < rowsPerMonth; from += ROWS_PER_INSERT) {
    const count = Math.min(ROWS_PER_INSERT, rowsPerMonth - from);
    await sql(`INSERT INTO ${table} (${COLUMNS}) ${rowsOf({ month, from, count, seed: month })}`);
  }
}

function monthQuery({ table, final = '', limitBy = '', period, settings }, { month, customer }) {
  const [start, end] = [monthStart(month) / 1000, monthStart(month + 1) / 1000];
  const who = customer === undefined ? '' : `AND customer_id = '${customer}'`;
  const columns = 'customer_id, event_id, version, time, model, input, output, cost_pico';
  return `SELECT toDate(time) AS day, model, count(), sum(toUInt128(input)), sum(toUInt128(output)), sum(toInt128(ifNull(cost_pico, 0)))
    FROM (SELECT ${columns} FROM ${table} ${final} WHERE ${period(start, end)} ${who} ${limitBy})
    GROUP BY day, model ORDER BY day, model
    SETTINGS ${settings ?? 'do_not_merge_across_partitions_select_final = 1'} FORMAT Null`;
}

async function compareLayouts() {
  print(`${rowsPerMonth} rows a month, 5 % copies, ${CUSTOMERS} customers; medians of 5, milliseconds`);
  await sql(`CREATE TABLE nowhere AS usage_rows ENGINE = Null`);
  const making = await timed(() => fillMonth('nowhere', 0));
  for (const [name, layout] of Object.entries(LAYOUTS)) {
    if (layout.engine !== undefined) {
      const durable = 'SETTINGS fsync_after_insert = 1, fsync_part_directory = 1';
      await sql(`CREATE TABLE ${layout.table} AS usage_rows ENGINE = ${layout.engine} ${durable}`);
    }
    const monthsHere = layout.engine === undefined ? months : Math.min(months, OTHERS_MONTHS_MAX);
    const inserting = (await timed(() => fillMonth(layout.table, 0))) - making;
    const line = [`insert ${Math.round(rowsPerMonth / inserting)} rows/ms`];
    const ask = (customer) => median(() => sql(monthQuery(layout, { month: 0, customer })));
    line.push(`1 month stored: customer ${(await ask('cus_7')).toFixed(0)}, all ${(await ask()).toFixed(0)}`);
    if (layout.engine === undefined) await measureUsage();
    for (let month = 1; month < monthsHere; month++) await fillMonth(layout.table, month);
    line.push(`${monthsHere} months: customer ${(await ask('cus_7')).toFixed(0)}, all ${(await ask()).toFixed(0)}`);
    const bytes = await sql(`SELECT round(sum(bytes_on_disk) / sum(rows), 1) FROM system.parts
      WHERE database = 'bench' AND table = '${layout.table}' AND active`);
    print(`${name}: ${line.join('; ')}; ${bytes} bytes a row`);
    if (layout.engine !== undefined) await sql(`DROP TABLE ${layout.table} SYNC`);
  }
}

/** The warehouse's own query, from events and from sums, with one month stored and with all. */
async function measureUsage() {
  const query = {
    startMs: monthStart(0),
    endMs: monthStart(1),
    bucket: 'day',
    zone: 'Europe/Berlin',
    groupBy: ['model'],
    filters: [{ field: 'customer', values: ['cus_7'] }],
    limit: 1_000,
  };
  const label = { ...query, groupBy: ['metadata.feature'] };
  await sql(`INSERT INTO hour_changes (customer_id, hour, changed_at)
    SELECT DISTINCT customer_id, hour, now64(3) - INTERVAL 1 DAY FROM usage_rows`);
  await sql('TRUNCATE TABLE usage_hours');
  await sql('TRUNCATE TABLE audit_progress');
  const stored = await sql('SELECT count() FROM usage_rows');
  const raw = await median(() => warehouse.usage(query));
  const labels = await median(() => warehouse.usage(label));
  const rawOfAll = await median(() => warehouse.usage({ ...query, filters: [] }));
  let hours = 0;
  const summing = await timed(async () => {
    for (;;) {
      const made = await warehouse.rebuildRollups({ hoursMax: 20_000 });
      hours += made.hours;
      if (made.hours < 20_000) return;
    }
  });
  const summed = await median(() => warehouse.usage(query));
  const all = await median(() => warehouse.usage({ ...query, filters: [] }));
  print(
    `usage of one customer and month, ${stored} rows in store: from events ${raw.toFixed(0)}, by label ${labels.toFixed(0)}, from sums ${summed.toFixed(0)}; of all customers from events ${rawOfAll.toFixed(0)}, from sums ${all.toFixed(0)}`,
  );
  print(`sums of ${hours} hours of customers made in ${(summing / 1000).toFixed(1)} s`);
}

/** A pass of the audit after so many receipts, with few and with many recent ones. */
async function measureAudit() {
  const now = Date.now();
  for (let from = 0; from < receipts; from += ROWS_PER_INSERT) {
    const ageMs = Math.floor((1 - from / receipts) * 35 * DAY_MS);
    await sql(`INSERT INTO receipts (customer_id, log_epoch, log_partition, log_position, event_id, time, received_at,
        content_hash, outcome, reporter_key_id, inserted_at)
      SELECT 'cus_' || toString(number % ${CUSTOMERS}), 1, number % 8, number, 'evt_' || hex(sipHash128(number)),
        fromUnixTimestamp64Milli(${now - ageMs} + number % 1000, 'UTC') AS time, time, cityHash64(number), 'countable', 'key', time
      FROM numbers(${from}, ${ROWS_PER_INSERT})`);
  }
  const bytes = await sql(`SELECT round(sum(bytes_on_disk) / sum(rows), 1) FROM system.parts
    WHERE database = 'bench' AND table = 'receipts' AND active`);
  await sql(`INSERT INTO audit_progress (audit, looked_until) SELECT 'copies', now64(3)`);
  for (const recent of [0, 1_000, 100_000]) {
    await sql(`INSERT INTO receipts (customer_id, log_epoch, log_partition, log_position, event_id, time, received_at,
        content_hash, outcome, reporter_key_id)
      SELECT 'cus_' || toString(number % ${CUSTOMERS}), 1, number % 8, ${receipts} + number, 'evt_' || hex(sipHash128(number * 97)),
        now64(3), now64(3), 1, 'countable', 'key' FROM numbers(${recent})`);
    const took = await median(() => warehouse.withdrawCopies());
    print(`audit over ${receipts} receipts (${bytes} bytes each), ${recent} new: ${took.toFixed(0)}`);
  }
  const period = { startMs: now - 30 * DAY_MS, endMs: now + DAY_MS };
  print(
    `books of a month: one customer ${(await median(() => warehouse.books({ ...period, customerId: 'cus_7' }))).toFixed(0)}, all ${(await timed(() => warehouse.books(period))).toFixed(0)}`,
  );
  print(
    `page of 50 events: one customer ${(await median(() => warehouse.events({ ...period, customerId: 'cus_7', limit: 50 }))).toFixed(0)}, all ${(await median(() => warehouse.events({ ...period, limit: 50 }))).toFixed(0)}`,
  );
}

try {
  await warehouse.migrate();
  await compareLayouts();
  await measureUsage();
  await measureAudit();
} finally {
  await warehouse.close();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
}
