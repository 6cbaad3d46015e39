// The usage behind an invoice as a file. ClickHouse writes it and keeps it until it is whole, so that neither a file that is
// cut short nor a long one in memory is possible here.

import { TOKEN_CLASSES } from '@tollgate/domain';
import type { Connection, QueryParams } from './connection.ts';
import { spanParams } from './invoice-use.ts';
import type { UsageDetailQuery } from './invoices.ts';
import { fillSql, loadSql } from './sql.ts';
import { untilSql } from './until.ts';

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

const USE_COLUMNS: readonly string[] = [...TOKEN_CLASSES, 'requests', 'web_searches'];

const FORMATS = { csv: 'CSVWithNames', parquet: 'Parquet' } as const;

export function usageDetail(connection: Connection, query: UsageDetailQuery): AsyncIterable<Uint8Array> {
  const uses = usesSql(query);
  const until = untilSql(query.until);
  const columns = SENDERS_COLUMNS.map(([name, sql]) => `${query.format === 'csv' ? safeSql(sql) : sql} AS ${name}`);
  const sql = fillSql(DETAIL_SQL, {
    columns: columns.join(', '),
    until: until.sql,
    uses: uses.sql,
  });
  return connection.stream({
    sql: `${sql} FORMAT ${FORMATS[query.format]}`,
    params: { ...spanParams(query), ...until.params, ...uses.params },
    // A column that is shown safe for spreadsheets is still compared as it is.
    settings: {
      prefer_column_name_to_alias: 1,
      date_time_output_format: 'iso',
      output_format_parquet_string_as_string: 1,
    },
  });
}

/** For each class the groups in which it is billed: another line may have the same model by another provider. */
function usesSql({ uses, eventTypes }: UsageDetailQuery): { readonly sql: string; readonly params: QueryParams } {
  const classes = USE_COLUMNS.filter((name) => uses.some((use) => use.class === name));
  const conditions = classes.map((name, index) => {
    const groups = ['projects', 'providers', 'models', 'tiers'].map((column) => `{${column}_${index}:Array(String)}`);
    return ` OR ${name} > 0 AND has(arrayZip(${groups.join(', ')}), (project_id, provider, model, service_tier))`;
  });
  const params = classes.map((name, index) => {
    const groups = uses.filter((use) => use.class === name);
    return {
      [`projects_${index}`]: groups.map(({ projectId }) => projectId ?? ''),
      [`providers_${index}`]: groups.map(({ provider }) => provider),
      [`models_${index}`]: groups.map(({ model }) => model),
      [`tiers_${index}`]: groups.map(({ serviceTier }) => serviceTier),
    };
  });
  return {
    sql: `AND (type IN {event_types:Array(String)}${conditions.join('')})`,
    params: Object.assign({ event_types: eventTypes }, ...params),
  };
}

/** An apostrophe before what a spreadsheet would take for a formula. */
function safeSql(sql: string): string {
  return `if(match(toString(${sql}), '^[=+@\\\\t\\\\r-]'), concat('\\'', ${sql}), toString(${sql}))`;
}
