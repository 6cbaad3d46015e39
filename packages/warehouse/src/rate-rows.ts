// Rows of usage to be rated, and what they were rated at.

import type { TokenClass } from '@tollgate/domain';
import { costsOfList, listOfCosts } from './class-costs.ts';
import type { Connection } from './connection.ts';
import { HOUR_MS } from './marked-insert.ts';
import { type Column, instant, int64, int64Lists, nullableInt64, text, textLists, uint128 } from './native-columns.ts';
import type { RatedRow, RowsToRateQuery, RowToRate } from './rerates.ts';
import { fillSql, loadSql } from './sql.ts';
import { tokensOf } from './stored-rows.ts';
import { conditionsSql } from './usage-fields.ts';
import { halvesOf } from './version.ts';

const ROWS_SQL = loadSql('rows-to-rate');

type RowAnswer = Readonly<Record<TokenClass, string>> & {
  readonly customer_id: string;
  readonly hour_seconds: number;
  readonly event_id: string;
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

export async function rowsToRate(connection: Connection, query: RowsToRateQuery): Promise<readonly RowToRate[]> {
  const { startMs, endMs, after, limit } = query;
  const filters = conditionsSql(query.filters);
  const unpriced = query.isUnpricedOnly ? ' AND isNull(cost_pico)' : '';
  const rows = await connection.select<RowAnswer>(fillSql(ROWS_SQL, { conditions: filters.sql + unpriced }), {
    ...filters.params,
    start_ms: startMs,
    end_ms: endMs,
    from_hour: Math.floor(startMs / HOUR_MS) * (HOUR_MS / 1_000),
    to_hour: Math.ceil(endMs / HOUR_MS) * (HOUR_MS / 1_000),
    after_customer: after?.customerId ?? '',
    after_hour: (after?.hourMs ?? 0) / 1_000,
    after_event: after?.eventId ?? '',
    limit,
  });
  return rows.map(rowToRate);
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
