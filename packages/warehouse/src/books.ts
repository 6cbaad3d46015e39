// The books of a period: what was accepted, from the receipts, against what counts, from the events. They balance only if
// both tell the same story; a row that is missing or too many on either side shows.

import { EVENT_AHEAD_MAX_MS } from '@tollgate/domain';
import type { Connection } from './connection.ts';
import { COPIES_WITHIN_MS } from './identity.ts';
import { HOUR_MS } from './marked-insert.ts';
import { fillSql, loadSql } from './sql.ts';
import { conditionsSql } from './usage-fields.ts';
import type { BooksCount } from './warehouse.ts';

const RECEIPTS_SQL = loadSql('books-receipts');
const STORED_SQL = loadSql('books-stored');
const MISSING_SQL = loadSql('missing-entries');

export interface BooksPeriod {
  readonly startMs: number;
  readonly endMs: number;
  readonly customerId?: string;
}

type Row = Readonly<Record<string, string>>;

export async function books(connection: Connection, period: BooksPeriod): Promise<BooksCount> {
  const { startMs, endMs, customerId } = period;
  const customers = conditionsSql(customerId === undefined ? [] : [{ field: 'customer', values: [customerId] }]);
  const params = {
    ...customers.params,
    start_ms: startMs,
    end_ms: endMs,
    from_hour: Math.floor(startMs / HOUR_MS) * (HOUR_MS / 1_000),
    to_hour: Math.ceil(endMs / HOUR_MS) * (HOUR_MS / 1_000),
    window_seconds: COPIES_WITHIN_MS / 1_000,
    received_from_ms: Math.max(0, startMs - EVENT_AHEAD_MAX_MS - COPIES_WITHIN_MS),
  };
  const parts = { customers: customers.sql };
  const [[receipts], [stored], [missing]] = await Promise.all([
    connection.select<Row>(fillSql(RECEIPTS_SQL, parts), params),
    connection.select<Row>(fillSql(STORED_SQL, parts), params),
    connection.select<Row>(MISSING_SQL),
  ]);
  return {
    accepted: BigInt(receipts?.['accepted'] ?? 0),
    stored: BigInt(stored?.['stored'] ?? 0),
    duplicate: BigInt(receipts?.['duplicate'] ?? 0),
    conflict: BigInt(receipts?.['conflict'] ?? 0),
    deadLettered: BigInt(receipts?.['dead_lettered'] ?? 0),
    voided: BigInt(receipts?.['voided'] ?? 0),
    missingEntries: BigInt(missing?.['missing'] ?? 0),
  };
}
