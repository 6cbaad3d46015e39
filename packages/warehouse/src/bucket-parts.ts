// Where the sums of buckets come from: sums of hours where nothing changed since they were summed, the events everywhere
// else. Which hours are which is asked first and then fixed for the query, so that an hour is never read from both or from
// neither.

import { runsParams, runsSql } from './arithmetic-runs.ts';
import type { Buckets } from './buckets.ts';
import type { Connection } from './connection.ts';
import { HOUR_MS } from './marked-insert.ts';
import { fillSql, loadSql } from './sql.ts';
import { conditionsSql, groupsSql, isMetadata, type SqlPart } from './usage-fields.ts';
import type { UsageField, UsageQuery } from './warehouse.ts';

const DIRTY_SQL = loadSql('dirty-hours');

export interface PartsOptions {
  readonly query: UsageQuery;
  readonly buckets: Buckets;
  readonly settledAfterSeconds: number;
  /** The statement that sums events, and the one that adds sums of hours up: both with the same columns. */
  readonly fromEventsSql: string;
  readonly fromHoursSql: string;
}

/** A query whose rows still have to be added up: of a bucket and group there may be one from each source. */
export async function bucketParts(connection: Connection, options: PartsOptions): Promise<SqlPart> {
  return partsSql(await planHours(connection, options), options);
}

/** Hours in seconds; `rawHours` are answered by events, null means all are. */
interface HourPlan {
  readonly fromHour: number;
  readonly toHour: number;
  readonly rawHours: readonly number[] | null;
}

async function planHours(connection: Connection, options: PartsOptions): Promise<HourPlan> {
  const { query, buckets } = options;
  const fromHour = (Math.floor(query.startMs / HOUR_MS) * HOUR_MS) / 1_000;
  const toHour = (Math.ceil(query.endMs / HOUR_MS) * HOUR_MS) / 1_000;
  const fields = [...query.groupBy, ...query.filters.map(({ field }) => field)];
  if (query.bucket === 'minute' || fields.some(isMetadata)) return { fromHour, toHour, rawHours: null };
  const customers = conditionsSql(query.filters.filter(({ field }) => field === 'customer'));
  const dirty = await connection.select<{ hour_seconds: number }>(fillSql(DIRTY_SQL, { customers: customers.sql }), {
    ...customers.params,
    from_hour: fromHour,
    to_hour: toHour,
    settled_after_seconds: options.settledAfterSeconds,
  });
  const rawHours = new Set(dirty.map(({ hour_seconds }) => hour_seconds));
  // An hour that a bucket or the period divides has no sum for its parts.
  for (const edgeMs of [...buckets.starts, buckets.endMs]) {
    if (edgeMs % HOUR_MS !== 0) rawHours.add((Math.floor(edgeMs / HOUR_MS) * HOUR_MS) / 1_000);
  }
  return { fromHour, toHour, rawHours: [...rawHours].sort((a, b) => a - b) };
}

function partsSql(plan: HourPlan, options: PartsOptions): SqlPart {
  const { query, fromEventsSql, fromHoursSql } = options;
  const groups = groupsSql(query.groupBy.filter((field) => field !== 'token_class'));
  const conditions = conditionsSql(query.filters.filter(({ field }) => field !== 'token_class'));
  const customers = conditionsSql(query.filters.filter(({ field }) => field === 'customer'));
  const common = {
    bucket: runsSql('bucket'),
    groups: groups.sql,
    names: namesSql(query.groupBy),
    conditions: conditions.sql,
  };
  // As a query, which becomes a set: ClickHouse finds the hours by key, where it would search an array for every row.
  const hours = `(SELECT toDateTime(arrayJoin(${runsSql('raw_hour')}), 'UTC'))`;
  const fromEvents = fillSql(fromEventsSql, { ...common, hours: plan.rawHours === null ? '' : `AND hour IN ${hours}` });
  const fromHours = fillSql(fromHoursSql, { ...common, hours: `AND hour NOT IN ${hours}`, customers: customers.sql });
  const sql = plan.rawHours === null ? fromEvents : `${fromEvents} UNION ALL ${fromHours}`;
  return {
    // An empty list of hours would not keep the server from reading the whole period.
    sql: plan.rawHours?.length === 0 ? fromHours : sql,
    params: {
      ...groups.params,
      ...conditions.params,
      ...customers.params,
      ...runsParams('raw_hour', plan.rawHours ?? []),
      ...runsParams('bucket', options.buckets.starts),
      from_hour: plan.fromHour,
      to_hour: plan.toHour,
      start_ms: query.startMs,
      end_ms: query.endMs,
    },
  };
}

/** `, g0, …`: the groups but the class, which is no column. */
export function namesSql(groupBy: readonly UsageField[]): string {
  return groupBy
    .filter((field) => field !== 'token_class')
    .map((_, index) => `, g${index}`)
    .join('');
}
