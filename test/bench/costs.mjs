// What questions about costs take beside those about usage, and how fast past usage is rated anew and written.
//
//   npx turbo run build && node test/bench/costs.mjs [rows]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createPriceBook } from '@tollgate/domain';
import { startClickHouse } from '@tollgate/local';
import { createClickHouseWarehouse } from '@tollgate/warehouse';
import { ratePage } from '../../services/api/dist/rate-page.js';

const [rows = 1_000_000] = process.argv.slice(2).map(Number);
const CUSTOMERS = 50;
const PAGE_ROWS = 5_000;
const STEP_ROWS_MIN = 10_000;
const ROWS_PER_INSERT = 500_000;
const START_MS = Date.UTC(2026, 0, 1);
const END_MS = Date.UTC(2026, 1, 1);

const dir = await mkdtemp(join(tmpdir(), 'tollgate-bench-'));
const server = await startClickHouse({ dir });
const url = `${server.url}/bench`;
const warehouse = createClickHouseWarehouse({ url });

const print = (line) => process.stdout.write(`${line}\n`);

async function sql(statement) {
  const query = `${server.url}/?database=bench&wait_end_of_query=1&max_partitions_per_insert_block=0`;
  const res = await fetch(query, { method: 'POST', body: statement, headers: { connection: 'close' } });
  const text = await res.text();
  if (!res.ok) throw new Error(text);
  return text.trim();
}

async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function median(work) {
  const times = [];
  for (let run = 0; run < 6; run++) times.push(await timed(work));
  return times
    .slice(1)
    .sort((a, b) => a - b)[2]
    .toFixed(0);
}

async function fill() {
  const seconds = (END_MS - START_MS) / 1000;
  for (let from = 0; from < rows; from += ROWS_PER_INSERT) {
    await sql(`INSERT INTO usage_rows (customer_id, event_id, version, time, received_at, content_hash, project_id, key_id,
        type, provider, model, service_tier, status, input, cache_read, output, requests, provenance, rule, currency,
        cost_pico, class_costs, cache_savings_pico, price_ids, metadata, reported_usage)
      SELECT 'cus_' || toString(cityHash64(number, 'customer') % ${CUSTOMERS}), 'evt_' || hex(sipHash128(number)),
        toUInt128(bitShiftLeft(toUInt128('79228162514264337593543950335') - number * 4096, 24)),
        toDateTime64(${START_MS / 1000} + cityHash64(number, 'time') % ${seconds}, 3, 'UTC') AS time, time, number,
        'prj', 'key_' || toString(number % 6), 'llm.chat', 'openai', ['gpt-4o', 'gpt-4o-mini', 'o3'][number % 3 + 1],
        'standard', 'completed', cityHash64(number, 'input') % 4000 AS input, number % 3 = 0 ? 1024 : 0 AS cache_read,
        cityHash64(number, 'output') % 900 AS output, 1, 'input:reported,output:reported', 'openai.chat', 'USD',
        toInt64(input * 1000 + cache_read * 500 + output * 4000), [toInt64(input * 1000), toInt64(cache_read * 500), 0, 0,
        0, 0, 0, 0, 0, 0, toInt64(output * 4000)], toInt64(cache_read * 500), ['prc_1', 'prc_2'],
        map('feature', ['chat', 'search', 'summarize'][number % 3 + 1], 'end_user', 'u_' || toString(number % 5000)),
        concat('{"prompt_tokens":', toString(input), ',"completion_tokens":', toString(output), '}')
      FROM numbers(${from}, ${Math.min(ROWS_PER_INSERT, rows - from)})`);
  }
  await sql(`INSERT INTO hour_changes (customer_id, hour, changed_at)
    SELECT DISTINCT customer_id, hour, now64(3) - INTERVAL 1 DAY FROM usage_rows`);
}

async function measureQueries(source) {
  const month = { startMs: START_MS, endMs: END_MS, bucket: 'day', zone: 'UTC', limit: 1_000 };
  for (const [who, filters] of [
    ['one customer', [{ field: 'customer', values: ['cus_7'] }]],
    ['all customers', []],
  ]) {
    const query = { ...month, filters, groupBy: ['model'] };
    const usage = await median(() => warehouse.usage(query));
    const costs = await median(() => warehouse.costs(query));
    const classes = await median(() => warehouse.costs({ ...query, groupBy: ['token_class'] }));
    print(
      `a month by day, ${who}, from ${source}: usage by model ${usage}, costs by model ${costs}, by class ${classes} ms`,
    );
  }
  const period = { startMs: START_MS, endMs: END_MS, limit: 100 };
  print(`what is unpriced, of a month and all customers: ${await median(() => warehouse.unpriced(period))} ms`);
}

function bookOfTwice() {
  const book = createPriceBook();
  const shared = {
    ...{ customerId: null, provider: 'openai', model: '*', serviceTier: 'standard', context: null, region: null },
    ...{ currency: 'USD', effectiveFromMs: 0, effectiveToMs: null, knownFromMs: 0, createdAtMs: 0, createdBy: null },
    ...{ note: null, source: null },
  };
  const amounts = { input: 2_000n, cache_read: 1_000n, output: 8_000n };
  const prices = Object.entries(amounts).map(([name, amountMicros]) => {
    return { ...shared, id: `prc_new_${name}`, class: name, amountMicros };
  });
  book.add({ prices, markups: [] });
  return book;
}

async function measureRerate() {
  const book = bookOfTwice();
  const currencies = new Map(Array.from({ length: CUSTOMERS }, (_, index) => [`cus_${index}`, 'USD']));
  const parts = { read: 0, rate: 0, keep: 0 };
  const asked = { startMs: START_MS, endMs: END_MS, filters: [], isUnpricedOnly: false, limit: PAGE_ROWS };
  let after = null;
  let examined = 0;
  do {
    let page = [];
    let rated = [];
    parts.read += await timed(async () => {
      ({ rows: page, next: after } = await warehouse.rowsToRate({ ...asked, after }));
    });
    parts.rate += await timed(async () => {
      rated = ratePage(page, { book, knownAtMs: Date.now(), currencies, closed: [] });
    });
    parts.keep += await timed(() => warehouse.keepRatedRows('rrt_bench', rated));
    examined += page.length;
  } while (after !== null);
  const rating = parts.read + parts.rate + parts.keep;
  const shares = Object.entries(parts).map(([name, ms]) => `${name} ${((ms * 1000) / examined).toFixed(1)} µs`);
  print(`rated ${examined} rows, ${Math.round((examined * 1000) / rating)} a second (${shares.join(', ')} a row)`);

  let applied = 0;
  const applying = await timed(async () => {
    for (let last = null; ; ) {
      const step = await warehouse.nextRerateStep({ rerateId: 'rrt_bench', after: last, rowsMin: STEP_ROWS_MIN });
      if (step === null) return;
      applied += (await warehouse.applyRerateStep({ rerateId: 'rrt_bench', step, closed: [] })).applied;
      last = step.hours.at(-1);
    }
  });
  print(`applied ${applied} rows, ${Math.round((applied * 1000) / applying)} a second`);
  print(`report: ${await median(() => warehouse.rerateReport({ rerateId: 'rrt_bench', linesMax: 1_000 }))} ms`);
  print(`resident: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`);
}

try {
  await warehouse.migrate();
  await fill();
  await measureQueries('events');
  while ((await warehouse.rebuildRollups({ hoursMax: 20_000 })).hours > 0);
  await measureQueries('sums');
  await measureRerate();
} finally {
  await warehouse.close();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
}
