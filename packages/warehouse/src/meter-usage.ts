// Answers what a meter measured, from the deduplicated events themselves: a meter may be made after its events came.

import { type Meter, type MeterAggregation, parseMeterPath } from '@tollgate/domain';
import { runsParams, runsSql } from './arithmetic-runs.ts';
import { type Buckets, bucketsOf } from './buckets.ts';
import type { Connection } from './connection.ts';
import { decodeCursor, encodeCursor, invalidCursor } from './cursor.ts';
import type { MeterValueQuery } from './invoices.ts';
import { HOUR_MS } from './marked-insert.ts';
import { fillSql, loadSql } from './sql.ts';
import { untilSql } from './until.ts';
import { conditionsSql, groupsSql, type SqlPart } from './usage-fields.ts';
import { METER_FIELDS, type MeterBucket, type MeterQuery, type Page, type UsageFilter } from './warehouse.ts';
import { restoredSql, STORED_SQL } from './withdrawn-rows.ts';

const METER_SQL = loadSql('meter-usage');

/** What each aggregation needs of an event, and its value as text; null where there is no event that has it. */
const AGGREGATES: Readonly<Record<MeterAggregation, { readonly valid: string; readonly value: string }>> = {
  count: { valid: 'true', value: 'toString(count())' },
  sum: { valid: 'is_number', value: 'toString(sumIf(number, is_number))' },
  unique: { valid: 'is_scalar', value: 'toString(uniqExactIf((value_type, value_text), is_scalar))' },
  max: { valid: 'is_number', value: 'if(countIf(is_number) = 0, NULL, toString(maxIf(number, is_number)))' },
  latest: {
    valid: 'is_number',
    value: 'if(countIf(is_number) = 0, NULL, toString(argMaxIf(number, place, is_number)))',
  },
};

type Row = Readonly<Record<string, string | null>>;

export async function meterUsage(connection: Connection, query: MeterQuery): Promise<Page<MeterBucket>> {
  return await aggregate(connection, query, STORED_SQL);
}

async function aggregate(connection: Connection, query: MeterQuery, source: SqlPart): Promise<Page<MeterBucket>> {
  const { cursor, limit, ...question } = query;
  const { meter, startMs, endMs, groupBy } = query;
  const buckets = bucketsOf({ ...query, bucket: query.bucket });
  if (startMs >= endMs) return { rows: [], nextCursor: null };
  const path = meter.valuePath === null ? { sql: '', params: {} } : pathSql('value', meter.valuePath);
  const groups = meterGroupsSql(meter, groupBy);
  const conditions = conditionsSql(query.filters);
  const until = query.until === undefined ? { sql: '', params: {} } : untilSql(query.until);
  const after = afterSql(cursor === undefined ? null : decodeCursor(question, cursor), groupBy.length);
  const sql = fillSql(METER_SQL, {
    bucket: runsSql('bucket'),
    names: groupBy.map((_, index) => `, g${index}`).join(''),
    groups: groups.sql,
    path: path.sql,
    rows: source.sql,
    ...AGGREGATES[meter.aggregation],
    conditions: conditions.sql + until.sql,
    after: after.sql,
  });
  const rows = await connection.select<Row>(sql, {
    ...source.params,
    ...path.params,
    ...groups.params,
    ...conditions.params,
    ...until.params,
    ...after.params,
    ...runsParams('bucket', buckets.starts),
    event_type: meter.eventType,
    from_hour: (Math.floor(startMs / HOUR_MS) * HOUR_MS) / 1_000,
    to_hour: (Math.ceil(endMs / HOUR_MS) * HOUR_MS) / 1_000,
    start_ms: startMs,
    end_ms: endMs,
    limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const keyOf = (row: Row) => [Number(row['bucket']), ...groupBy.map((_, index) => row[`g${index}`] ?? '')];
  return {
    rows: shown.map((row) => bucketOf(row, { query, buckets })),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(question, keyOf(last)) : null,
  };
}

export async function meterValue(
  connection: Connection,
  { customerId, projectId, withdrawnSinceMs, ...span }: MeterValueQuery,
): Promise<{ readonly value: string | null; readonly events: bigint }> {
  const customer: UsageFilter = { field: 'customer', values: [customerId] };
  const project: readonly UsageFilter[] = projectId === undefined ? [] : [{ field: 'project', values: [projectId] }];
  const filters = [customer, ...project];
  const question = { ...span, zone: 'UTC', groupBy: [], filters, limit: 1 };
  const restored = withdrawnSinceMs === undefined ? undefined : restoredSql(withdrawnSinceMs);
  const page =
    restored === undefined
      ? await meterUsage(connection, question)
      : await aggregate(connection, question, {
          sql: restored.sql,
          params: { ...restored.params, customer_id: customerId },
        });
  const [whole] = page.rows;
  return { value: whole?.value ?? null, events: whole?.events ?? 0n };
}

function bucketOf(
  row: Row,
  { query, buckets }: { readonly query: MeterQuery; readonly buckets: Buckets },
): MeterBucket {
  const startMs = Number(row['bucket']);
  return {
    startMs,
    endMs: buckets.starts[buckets.starts.indexOf(startMs) + 1] ?? buckets.endMs,
    group: Object.fromEntries(query.groupBy.map((name, index) => [name, row[`g${index}`] ?? ''])),
    value: row['value'] ?? null,
    events: BigInt(row['events'] ?? 0),
    skipped: BigInt(row['skipped'] ?? 0),
  };
}

/** Columns of the event, and dimensions of the meter as text; empty where an event has none. */
function meterGroupsSql({ dimensions }: Meter, groupBy: readonly string[]): SqlPart {
  const parts = groupBy.map((name, index): SqlPart => {
    const field = METER_FIELDS.find((candidate) => candidate === name);
    if (field !== undefined) {
      const column = groupsSql([field]);
      return { sql: column.sql.replace(/ AS g0$/, ` AS g${index}`), params: column.params };
    }
    const { sql, params } = pathSql(`group_${index}`, dimensions[name] ?? '');
    const type = `toString(JSONType(data${sql}))`;
    const text = `multiIf(${type} = 'String', JSONExtractString(data${sql}), ${type} IN ('Int64', 'UInt64', 'Double', 'Bool'), JSONExtractRaw(data${sql}), '')`;
    return { sql: `, ${text} AS g${index}`, params };
  });
  return { sql: parts.map(({ sql }) => sql).join(''), params: Object.assign({}, ...parts.map(({ params }) => params)) };
}

/** `, {NAME_0:String}, {NAME_1:Int64}`: names of members, and places in lists, which ClickHouse counts from 1. */
function pathSql(name: string, path: string): SqlPart {
  const segments = parseMeterPath(path);
  if (segments === null) throw new TypeError(`${path} is no path of a meter`);
  const sql = segments.map(
    (segment, index) => `, {${name}_${index}:${typeof segment === 'number' ? 'Int64' : 'String'}}`,
  );
  const params = segments.map((segment, index): [string, string | number] => [
    `${name}_${index}`,
    typeof segment === 'number' ? segment + 1 : segment,
  ]);
  return { sql: sql.join(''), params: Object.fromEntries(params) };
}

function afterSql(after: readonly (string | number)[] | null, groupCount: number): SqlPart {
  if (after === null) return { sql: 'true', params: {} };
  const [bucket, ...values] = after;
  if (typeof bucket !== 'number' || values.length !== groupCount) throw invalidCursor();
  const names = values.map((_, index) => `, g${index}`).join('');
  const places = values.map((_, index) => `, {after_${index}:String}`).join('');
  return {
    sql: `tuple(bucket${names}) > tuple({after_bucket:Int64}${places})`,
    params: {
      after_bucket: bucket,
      ...Object.fromEntries(values.map((value, index) => [`after_${index}`, `${value}`])),
    },
  };
}
