// Which hours changed since an invoice was made of them. A mark is written before the rows, so none is missing; that a row was
// marked long before it became visible is ruled out by the fence of `marked-insert.ts`.

import type { Connection } from './connection.ts';
import type { OfEach } from './invoices.ts';
import { SETTLED_AFTER_SECONDS } from './marked-insert.ts';
import { loadSql } from './sql.ts';

const HOURS_SQL = loadSql('changed-since');
const CUSTOMERS_SQL = loadSql('customers-changed-since');

export async function changedSinceOfEach(
  connection: Connection,
  sinceMs: OfEach<number>,
): Promise<OfEach<readonly number[]>> {
  const rows = await connection.select<{ readonly customer_id: string; readonly hours: readonly number[] }>(HOURS_SQL, {
    customer_ids: [...sinceMs.keys()],
    since_ms: [...sinceMs.values()].map(markedSince),
  });
  return new Map(
    rows.map(({ customer_id, hours }) => [
      customer_id,
      hours.map((seconds) => seconds * 1_000).toSorted((a, b) => a - b),
    ]),
  );
}

export async function customersChangedSince(
  connection: Connection,
  query: { readonly sinceMs: number; readonly hoursBeforeMs: number; readonly limit: number; readonly after?: string },
): Promise<readonly string[]> {
  const params = {
    ...{ since_ms: markedSince(query.sinceMs), hours_before_ms: query.hoursBeforeMs },
    ...{ limit: query.limit, after: query.after ?? '' },
  };
  const rows = await connection.select<{ readonly customer_id: string }>(CUSTOMERS_SQL, params);
  return rows.map(({ customer_id }) => customer_id);
}

function markedSince(sinceMs: number): number {
  return Math.max(0, sinceMs - SETTLED_AFTER_SECONDS * 1_000);
}
