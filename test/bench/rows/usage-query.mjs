// `GET /v1/usage` of a customer's month by model and day, as the api answers it with many rows stored, against the same sums
// from the raw rows.

import { createClickHouseWarehouse } from '@tollgate/warehouse';
import { createOperator } from '../parts/operator.mjs';
import { withStand } from '../parts/stand.mjs';
import { figure, median, percentile } from '../parts/statistics.mjs';
import { sqlOf, storeUsage } from '../parts/stored-usage.mjs';

const MONTHS = 10;
const QUESTIONS = 40;
const FACTOR_MIN = 20;
const P95_MAX_MS = 20;
const HOURS_AT_ONCE = 20_000;

export async function usageQueryRows({ rounds, rows }) {
  return withStand(['clickhouse', 'postgres', 'redis'], async (stand) => {
    const { clickhouse } = stand.servers;
    const api = await stand.startService('api');
    const operator = createOperator({ api, secret: await stand.operatorKey() });
    const customer = await operator.createCustomer();
    const secret = await operator.createKey(customer, ['usage:read']);
    const sql = sqlOf(clickhouse.url);
    const beforeMs = startOfMonth(Date.now());
    await storeUsage(sql, { rows, months: MONTHS, beforeMs, bigCustomer: customer });
    await sumHours(clickhouse.url);
    const month = { startMs: startOfMonth(beforeMs - 1), endMs: beforeMs };
    const ask = () => operator.get(usagePath(month), secret);
    const askRaw = () => sql(rawSql({ ...month, customer }));
    for (let warming = 0; warming < QUESTIONS; warming++) await ask();
    await askRaw();
    const ours = [];
    const theirs = [];
    for (let round = 0; round < rounds; round++) {
      for (let question = 0; question < QUESTIONS; question++) ours.push(await timed(ask));
      theirs.push(await timed(askRaw));
    }
    return [usageRow({ rows, ours, theirs })];
  });
}

async function sumHours(url) {
  const warehouse = createClickHouseWarehouse({ url });
  for (;;) {
    const { hours } = await warehouse.rebuildRollups({ hoursMax: HOURS_AT_ONCE });
    if (hours < HOURS_AT_ONCE) break;
  }
  await warehouse.close();
}

function usagePath({ startMs, endMs }) {
  const [start, end] = [startMs, endMs].map((ms) => new Date(ms).toISOString());
  return `/v1/usage?start=${start}&end=${end}&bucket=day&group_by=model&zone=UTC&limit=1000`;
}

function rawSql({ startMs, endMs, customer }) {
  const [start, end] = [startMs, endMs].map((ms) => `toDateTime(${ms / 1_000}, 'UTC')`);
  return `SELECT toDate(time) AS day, model, count(), sum(toUInt128(input)), sum(toUInt128(cache_read)),
      sum(toUInt128(output)), sum(toInt128(ifNull(cost_pico, 0)))
    FROM usage_rows FINAL WHERE hour >= ${start} AND hour < ${end} AND customer_id = '${customer}'
    GROUP BY day, model ORDER BY day, model
    SETTINGS do_not_merge_across_partitions_select_final = 1 FORMAT JSONEachRow`;
}

function usageRow({ rows, ours, theirs }) {
  const [ourMs, theirMs, p95Ms] = [median(ours), median(theirs), percentile(ours, 0.95)];
  const factor = theirMs / ourMs;
  return {
    what: `\`GET /v1/usage\`: a customer's month by model and day, ${figure(rows / 1e6)} M rows stored`,
    against: `the same from its ${figure(rows / MONTHS / 5 / 1e6)} M raw rows`,
    target: `≥ ${FACTOR_MIN} × faster, p95 ≤ ${P95_MAX_MS} ms`,
    measured: `${figure(factor)} × (${figure(ourMs)} of ${figure(theirMs)} ms), p95 ${figure(p95Ms)} ms`,
    isMet: factor >= FACTOR_MIN && p95Ms <= P95_MAX_MS,
  };
}

async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function startOfMonth(ms) {
  const date = new Date(ms);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}
