// What an invoice was made from and is not there any more, since it was withdrawn later.

import { loadSql } from './sql.ts';
import type { SqlPart } from './usage-fields.ts';

const WITHDRAWN_SQL = loadSql('withdrawn-rows').trim();

/** What to read from. For statements of one customer that have `customer_id`, `from_hour` and `to_hour`. */
export function withdrawnSql(sinceMs: number): SqlPart {
  return { sql: WITHDRAWN_SQL, params: { withdrawn_since_ms: sinceMs } };
}

/** The rows that are there, and those. */
export function restoredSql(sinceMs: number): SqlPart {
  const { sql, params } = withdrawnSql(sinceMs);
  return { sql: `(SELECT *, hour FROM usage_rows FINAL UNION ALL ${sql.slice(1, -1)})`, params };
}

export const STORED_SQL: SqlPart = { sql: 'usage_rows FINAL', params: {} };
