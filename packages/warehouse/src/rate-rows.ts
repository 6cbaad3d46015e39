// Rows of usage to be rated, and what they were rated at.

import type { TokenClass } from '@tollgate/domain';
import { costsOfList, listOfCosts } from './class-costs.ts';
import type { Connection } from './connection.ts';
import { HOUR_MS } from './marked-insert.ts';
import { type Column, instant, int64, int64Lists, nullableInt64, text, textLists, uint128 } from './native-columns.ts';
import type { PageToRate, RatedRow, RowKey, RowsToRateQuery, RowToRate } from './rerates.ts';
import { fillSql, loadSql } from './sql.ts';
import { tokensOf } from './stored-rows.ts';
import { conditionsSql } from './usage-fields.ts';
import { halvesOf } from './version.ts';

const WINDOW_SQL = loadSql('rate-window');
const ROWS_SQL = loadSql('rows-to-rate');

interface KeyAnswer {
  readonly customer_id: string;
  readonly hour_seconds: number;
  readonly event_id: string;
}

type RowAnswer = KeyAnswer &
  Readonly<Record<TokenClass, string>> & {
    readonly version_text: string;
    readonly time_ms: string;
    readonly provider: string;
    readonly model: string;
    readonly service_tier: string;
    readonly region: string;
    readonly requests: string;
    readonly web_searches: string;
    readonly currency: string;
    readonly cost_pico: string | null;
    readonly class_costs: readonly string[];
    readonly cache_savings_pico: string;
    readonly price_ids: readonly string[];
    readonly unpriced_reason: string;
  };

/** Where rows are picked by what they hold, a page looks at more of them than it can give. */
const FILTERED_WINDOW_PAGES = 10;
/** Greater than any key: no customer's id begins with it. */
const LAST_KEY = { until_customer: '\u{10ffff}', until_hour: 0xffff_ffff, until_event: '' };

/**
 * A window of the key's order is found first, without copies collapsed, which can stop where it ends; a query with `FINAL` and
 * a limit would go through all that follows for each page.
 */
export async function rowsToRate(connection: Connection, query: RowsToRateQuery): Promise<PageToRate> {
  const { startMs, endMs, after, limit } = query;
  const filters = conditionsSql(query.filters);
  const customers = conditionsSql(query.filters.filter(({ field }) => field === 'customer'));
  const isFiltered = query.isUnpricedOnly || query.filters.some(({ field }) => field !== 'customer');
  const params = {
    start_ms: startMs,
    end_ms: endMs,
    from_hour: Math.floor(startMs / HOUR_MS) * (HOUR_MS / 1_000),
    to_hour: Math.ceil(endMs / HOUR_MS) * (HOUR_MS / 1_000),
    after_customer: after?.customerId ?? '',
    after_hour: (after?.hourMs ?? 0) / 1_000,
    after_event: after?.eventId ?? '',
  };
  const [until] = await connection.select<KeyAnswer>(fillSql(WINDOW_SQL, { customers: customers.sql }), {
    ...params,
    ...customers.params,
    window: isFiltered ? limit * FILTERED_WINDOW_PAGES : limit,
  });
  const unpriced = query.isUnpricedOnly ? ' AND isNull(cost_pico)' : '';
  const answers = await connection.select<RowAnswer>(fillSql(ROWS_SQL, { conditions: filters.sql + unpriced }), {
    ...params,
    ...filters.params,
    ...(until === undefined ? LAST_KEY : untilParams(until)),
    limit,
  });
  const rows = answers.map(rowToRate);
  const last = rows.at(-1);
  if (rows.length === limit && last !== undefined) return { rows, next: keyOf(last) };
  return { rows, next: until === undefined ? null : keyOfAnswer(until) };
}

function untilParams({ customer_id, hour_seconds, event_id }: KeyAnswer) {
  return { until_customer: customer_id, until_hour: hour_seconds, until_event: event_id };
}

function keyOf({ customerId, hourMs, eventId }: RowKey): RowKey {
  return { customerId, hourMs, eventId };
}

function keyOfAnswer({ customer_id, hour_seconds, event_id }: KeyAnswer): RowKey {
  return { customerId: customer_id, hourMs: hour_seconds * 1_000, eventId: event_id };
}

function rowToRate(answer: RowAnswer): RowToRate {
  return {
    customerId: answer.customer_id,
    hourMs: answer.hour_seconds * 1_000,
    eventId: answer.event_id,
    version: BigInt(answer.version_text),
    timeMs: Number(answer.time_ms),
    provider: answer.provider,
    model: answer.model,
    serviceTier: answer.service_tier,
    region: answer.region,
    tokens: tokensOf(answer),
    requests: BigInt(answer.requests),
    webSearches: BigInt(answer.web_searches),
    cost: {
      currency: answer.currency,
      costPico: answer.cost_pico === null ? null : BigInt(answer.cost_pico),
      costByClass: costsOfList(answer.class_costs),
      cacheSavingsPico: BigInt(answer.cache_savings_pico),
      priceIds: answer.price_ids,
      unpricedReason: answer.unpriced_reason,
    },
  };
}

interface KeptRow {
  readonly rerateId: string;
  readonly row: RatedRow;
}

const COLUMNS: readonly Column<KeptRow>[] = [
  text('rerate_id', ({ rerateId }) => rerateId),
  text('customer_id', ({ row }) => row.customerId),
  instant('hour', ({ row }) => row.hourMs),
  text('event_id', ({ row }) => row.eventId),
  uint128('version', ({ row }) => halvesOf(row.version)),
  text('outcome', ({ row }) => row.outcome),
  text('provider', ({ row }) => row.provider),
  text('model', ({ row }) => row.model),
  nullableInt64('old_cost_pico', ({ row }) => row.old.costPico),
  textLists('old_price_ids', ({ row }) => row.old.priceIds),
  text('currency', ({ row }) => row.cost.currency),
  nullableInt64('cost_pico', ({ row }) => row.cost.costPico),
  int64Lists('class_costs', ({ row }) => listOfCosts(row.cost.costByClass)),
  int64('cache_savings_pico', ({ row }) => row.cost.cacheSavingsPico),
  textLists('price_ids', ({ row }) => row.cost.priceIds),
  text('unpriced_reason', ({ row }) => row.cost.unpricedReason),
];

export async function keepRatedRows(
  connection: Connection,
  { rerateId, rows }: { readonly rerateId: string; readonly rows: readonly RatedRow[] },
): Promise<void> {
  const sql = `INSERT INTO rated_rows (${COLUMNS.map(({ name }) => name).join(', ')})`;
  await connection.insert({ sql, columns: COLUMNS, rows: rows.map((row) => ({ rerateId, row })) });
}
