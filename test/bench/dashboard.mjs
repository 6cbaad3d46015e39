// How fast the dashboard is on a year of use: fills a running local stack with events over twelve months, then asks what the
// pages ask, and opens every page in a browser. Run it on a stack of its own: the events are written past the log.
//
//   npx turbo run build && npm start -- --no-demo --data /tmp/tollgate-year --port 9080
//   node test/bench/dashboard.mjs /tmp/tollgate-year [rows]        (rows 0: measure what is there already)

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findChromium } from '@tollgate/local';
import { createClickHouseWarehouse } from '@tollgate/warehouse';
import { chromium } from 'playwright-core';

const [dir = '.tollgate', rowsText = '10000000'] = process.argv.slice(2);
const ROWS = Number(rowsText);
const ROWS_PER_INSERT = 500_000;
const CUSTOMERS = 20;
const KEYS_EACH = 3;
const RUNS = 5;
const DAY_S = 86_400;
const END_S = Math.floor(Date.now() / 1_000 / 3_600) * 3_600;
const START_S = END_S - 365 * DAY_S;
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'o3-mini', 'claude-sonnet-4-5', 'gemini-2.5-pro', 'text-embedding-3-large'];

const local = JSON.parse(readFileSync(join(dir, 'local.json'), 'utf8'));
const print = (line) => process.stdout.write(`${line}\n`);

async function sql(statement) {
  const res = await fetch(`${local.clickhouse_url}/?wait_end_of_query=1&max_partitions_per_insert_block=0`, {
    method: 'POST',
    body: statement,
    headers: { connection: 'close' },
  });
  const text = await res.text();
  if (!res.ok) throw new Error(text);
  return text.trim();
}

async function call(method, path, body) {
  const res = await fetch(local.api_url + path, {
    method,
    headers: { Authorization: `Bearer ${local.operator_key}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!res.ok) throw new Error(await res.text());
  return res.json();
}

async function createKeys() {
  const keys = [];
  for (let index = 0; index < CUSTOMERS; index++) {
    const customer = await call('POST', '/v1/customers', { name: `Customer ${index + 1}` });
    for (let own = 0; own < KEYS_EACH; own++) {
      const made = { name: `Key ${own + 1} of customer ${index + 1}`, customer: customer.id, scopes: ['usage:write'] };
      keys.push({ id: (await call('POST', '/v1/keys', made)).id, customer: customer.id });
    }
  }
  return keys;
}

const list = (values) => `[${values.map((value) => `'${value}'`).join(',')}]`;

async function fill(keys) {
  for (let from = 0; from < ROWS; from += ROWS_PER_INSERT) {
    await sql(`INSERT INTO usage_rows (customer_id, event_id, version, time, received_at, content_hash, key_id, type, provider,
        model, service_tier, status, input, cache_read, output, requests, provenance, rule, currency, cost_pico, class_costs,
        price_ids)
      WITH cityHash64(number, 'key') % ${keys.length} + 1 AS place, cityHash64(number, 'model') % ${MODELS.length} + 1 AS which
      SELECT ${list(keys.map(({ customer }) => customer))}[place], 'evt_' || hex(sipHash128(number)),
        toUInt128(bitShiftLeft(toUInt128('79228162514264337593543950335') - number * 4096, 24)),
        toDateTime64(${START_S} + cityHash64(number, 'time') % ${END_S - START_S}, 3, 'UTC') AS time, time, number,
        ${list(keys.map(({ id }) => id))}[place], 'llm.chat', 'openai', ${list(MODELS)}[which], 'standard', 'completed',
        cityHash64(number, 'input') % 4000 AS input, number % 3 = 0 ? 1024 : 0 AS cache_read,
        cityHash64(number, 'output') % 900 AS output, 1, 'input:reported,output:reported', 'openai.chat', 'USD',
        toInt64(input * 2500 + cache_read * 1250 + output * 10000),
        [toInt64(input * 2500), toInt64(cache_read * 1250), 0, 0, 0, 0, 0, 0, 0, 0, toInt64(output * 10000)], ['prc_1']
      FROM numbers(${from}, ${Math.min(ROWS_PER_INSERT, ROWS - from)})`);
  }
  await sql(`INSERT INTO hour_changes (customer_id, hour, changed_at)
    SELECT DISTINCT customer_id, hour, now64(3) - INTERVAL 1 DAY FROM usage_rows`);
  const warehouse = createClickHouseWarehouse({ url: local.clickhouse_url });
  while ((await warehouse.rebuildRollups({ hoursMax: 20_000 })).hours > 0);
  await warehouse.close();
}

async function best(work) {
  const times = [];
  for (let run = 0; run < RUNS; run++) {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  return `${times[0].toFixed(0)} ms at best, ${times[Math.floor(RUNS / 2)].toFixed(0)} in the middle of ${RUNS}`;
}

const instant = (seconds) => encodeURIComponent(new Date(seconds * 1_000).toISOString());

async function measureQueries() {
  const year = `start=${instant(START_S - (START_S % DAY_S))}&end=${instant(END_S)}&zone=UTC`;
  for (const [name, path] of [
    ['usage of a year by day and model', `/v1/usage?${year}&bucket=day&group_by=model,currency&limit=1000`],
    ['usage of a year by month and model', `/v1/usage?${year}&bucket=month&group_by=model,currency&limit=1000`],
    ['usage of a year by customer', `/v1/usage?${year}&group_by=customer,currency&limit=1000`],
    ['costs of a year by day and model', `/v1/costs?${year}&bucket=day&group_by=model&limit=1000`],
    ['the newest events', '/v1/events?limit=50'],
  ]) {
    print(`${name}: ${await best(() => call('GET', path))}`);
  }
}

function measureFiles() {
  const assets = fileURLToPath(new URL('../../services/dashboard/dist/assets/', import.meta.url));
  const sizeOf = (name) => {
    const names = readdirSync(assets);
    return readFileSync(join(assets, names.includes(`${name}.gz`) ? `${name}.gz` : name)).byteLength;
  };
  return (names) => names.reduce((sum, name) => sum + sizeOf(name), 0);
}

async function measurePages() {
  const sizeOf = measureFiles();
  const executablePath = await findChromium(print);
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  const session = await fetch(`${local.api_url}/v1/sessions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${local.operator_key}` },
  });
  const [, name, value] = /^([^=]+)=([^;]+);/.exec(session.headers.get('set-cookie'));
  const pages = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../services/dashboard/public/pages.json', import.meta.url)), 'utf8'),
  );
  const paths = pages.filter((page) => page !== 'sign-in' && page !== 'portal').map((page) => `/${page}`);
  for (const path of ['/', ...paths, '/usage?range=12mo&bucket=day&group=model']) {
    const times = [];
    let asked = [];
    for (let run = 0; run < 3; run++) {
      const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
      await context.addCookies([{ name, value, url: local.api_url, httpOnly: true }]);
      const page = await context.newPage();
      asked = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      const startedAt = performance.now();
      await page.goto(local.api_url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const ready = performance.now() - startedAt;
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
      times.push({ ready, filled: performance.now() - startedAt });
      await context.close();
    }
    const least = (field) => Math.min(...times.map((time) => time[field])).toFixed(0);
    const files = [...new Set(asked)].flatMap((one) => (one.startsWith('/assets/') ? [one.slice(8)] : []));
    print(
      `${path}: ready after ${least('ready')} ms, filled after ${least('filled')} (best of 3); ${(sizeOf(files) / 1_000).toFixed(0)} kB of files`,
    );
  }
  await browser.close();
}

if (ROWS > 0) await fill(await createKeys());
await measureQueries();
await measurePages();
