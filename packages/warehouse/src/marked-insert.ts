// Rows of `usage_rows` are inserted behind marks: the hours they fall in are marked as changed first, and the server
// refuses the rows when they come too long after. Without that fence, rows of a process that was stopped in between
// would change an hour that its rollup is trusted for.

import type { Connection } from './connection.ts';
import { type Column, instant, structureOf, text } from './native-columns.ts';

/** How long after the marks the insert of the rows may begin, by the server's clock. */
const FENCE_MS = 30_000;

/**
 * What the server's clock said this long ago is visible: the fence and the longest insert fit into it with room to
 * spare. An hour is settled, and receipts are looked at a last time, after it.
 */
export const SETTLED_AFTER_SECONDS = 120;

export const HOUR_MS = 3_600_000;

interface CustomerHour {
  readonly customerId: string;
  readonly hourMs: number;
}

const MARK_COLUMNS: readonly Column<CustomerHour>[] = [
  text('customer_id', (mark) => mark.customerId),
  instant('hour', (mark) => mark.hourMs),
];
const MARK_SQL = `INSERT INTO hour_changes (customer_id, hour) SELECT * FROM input('${sqlText(structureOf(MARK_COLUMNS))}')`;

export interface MarkedInsert<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly at: (row: Row) => { readonly customerId: string; readonly timeMs: number };
}

export async function insertMarked<Row>(connection: Connection, insert: MarkedInsert<Row>): Promise<void> {
  const { columns, rows, at } = insert;
  if (rows.length === 0) return;
  const deadlineMs = await marksDeadlineMs(connection);
  await connection.insert({ sql: MARK_SQL, columns: MARK_COLUMNS, rows: hoursOf(rows.map(at)) });
  const names = columns.map(({ name }) => name).join(', ');
  await connection.insert({
    sql: `INSERT INTO usage_rows (${names}) SELECT ${names} FROM input('${sqlText(structureOf(columns))}')
      WHERE throwIf(now64(3) > fromUnixTimestamp64Milli({deadline_ms:Int64}), 'the marks of these rows are too old') = 0`,
    columns,
    rows,
    params: { deadline_ms: deadlineMs },
  });
}

/** To be asked for before the marks are written; the rows must not begin to be after it. */
export async function marksDeadlineMs(connection: Connection): Promise<number> {
  return (await serverNowMs(connection)) + FENCE_MS;
}

export async function serverNowMs(connection: Connection): Promise<number> {
  const rows = await connection.select<{ now_ms: string }>('SELECT toUnixTimestamp64Milli(now64(3)) AS now_ms');
  const [row] = rows;
  if (row === undefined) throw new Error('the server did not tell its time');
  return Number(row.now_ms);
}

function hoursOf(places: readonly { readonly customerId: string; readonly timeMs: number }[]): CustomerHour[] {
  const hours = new Map<string, CustomerHour>();
  for (const { customerId, timeMs } of places) {
    const hourMs = Math.floor(timeMs / HOUR_MS) * HOUR_MS;
    const key = `${hourMs} ${customerId}`;
    if (!hours.has(key)) hours.set(key, { customerId, hourMs });
  }
  return [...hours.values()];
}

/** For constants of this package inside a quoted text; values from outside are parameters. */
function sqlText(text: string): string {
  return text.replaceAll("'", "\\'");
}
