// What has no price yet: read from the events themselves, so that it shows as soon as they are stored.

import type { Connection } from './connection.ts';
import { HOUR_MS } from './marked-insert.ts';
import { fillSql, loadSql } from './sql.ts';
import { conditionsSql } from './usage-fields.ts';
import type { UnpricedGroup, UnpricedQuery } from './warehouse.ts';

const UNPRICED_SQL = loadSql('unpriced');

type Row = Readonly<Record<string, string>>;

export async function unpriced(connection: Connection, query: UnpricedQuery): Promise<readonly UnpricedGroup[]> {
  const { startMs, endMs, customerId, limit } = query;
  const customers = conditionsSql(customerId === undefined ? [] : [{ field: 'customer', values: [customerId] }]);
  const rows = await connection.select<Row>(fillSql(UNPRICED_SQL, { customers: customers.sql }), {
    ...customers.params,
    start_ms: startMs,
    end_ms: endMs,
    from_hour: Math.floor(startMs / HOUR_MS) * (HOUR_MS / 1_000),
    to_hour: Math.ceil(endMs / HOUR_MS) * (HOUR_MS / 1_000),
    limit,
  });
  return rows.map((row) => ({
    provider: row['provider'] ?? '',
    model: row['model'] ?? '',
    serviceTier: row['service_tier'] ?? '',
    region: row['region'] ?? '',
    reason: row['unpriced_reason'] ?? '',
    currency: row['currency'] ?? '',
    events: BigInt(row['events'] ?? 0),
    tokens: BigInt(row['tokens'] ?? 0),
    customers: BigInt(row['customers'] ?? 0),
    firstMs: Number(row['first_ms']),
    lastMs: Number(row['last_ms']),
  }));
}
