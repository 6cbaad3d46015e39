// The usage behind an invoice as a file. ClickHouse writes it and keeps it until it is whole, so that neither a file that is
// cut short nor a long one in memory is possible here.

import type { Connection } from './connection.ts';
import { spanParams } from './invoice-use.ts';
import type { UsageDetailQuery } from './invoices.ts';
import { fillSql, loadSql } from './sql.ts';
import { untilSql } from './until.ts';
import { conditionsSql } from './usage-fields.ts';

const DETAIL_SQL = loadSql('usage-detail');

/** As the columns are named in the file. */
const SENDERS_COLUMNS: readonly (readonly [string, string])[] = [
  ['event_id', 'event_id'],
  ['key', 'key_id'],
  ['project', 'project_id'],
  ['type', 'type'],
  ['provider', 'provider'],
  ['model', 'model'],
  ['service_tier', 'service_tier'],
  ['region', 'region'],
  ['status', 'status'],
  ['metadata', 'toJSONString(metadata)'],
];

const FORMATS = { csv: 'CSVWithNames', parquet: 'Parquet' } as const;

export function usageDetail(connection: Connection, query: UsageDetailQuery): AsyncIterable<Uint8Array> {
  const conditions = conditionsSql(query.filters);
  const until = untilSql(query.until);
  const columns = SENDERS_COLUMNS.map(([name, sql]) => `${query.format === 'csv' ? safeSql(sql) : sql} AS ${name}`);
  const sql = fillSql(DETAIL_SQL, {
    columns: columns.join(', '),
    until: until.sql,
    conditions: conditions.sql,
  });
  return connection.stream({
    sql: `${sql} FORMAT ${FORMATS[query.format]}`,
    params: { ...spanParams(query), ...until.params, ...conditions.params },
    settings: { date_time_output_format: 'iso', output_format_parquet_string_as_string: 1 },
  });
}

/** An apostrophe before what a spreadsheet would take for a formula. */
function safeSql(sql: string): string {
  return `if(match(toString(${sql}), '^[=+@\\\\t\\\\r-]'), concat('\\'', ${sql}), toString(${sql}))`;
}
