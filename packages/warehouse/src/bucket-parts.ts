// Where the sums of buckets come from: sums of hours where nothing changed since they were summed, the events everywhere
// else. Which hours are which is asked first and then fixed for the query, so that an hour is never read from both or from
// neither.

import { runsParams, runsSql } from './arithmetic-runs.ts';
import type { Buckets } from './buckets.ts';
import type { Connection } from './connection.ts';
import { HOUR_MS } from './marked-insert.ts';
import { fillSql, loadSql } from './sql.ts';
import { conditionsSql, groupsSql, HOUR_COLUMNS, isMetadata, type SqlPart } from './usage-fields.ts';
import type { UsageField, UsageFilter, UsageQuery } from './warehouse.ts';

const DIRTY_SQL = loadSql('dirty-hours');

export interface PartsOptions {
  readonly query: UsageQuery;
  readonly buckets: Buckets;
  readonly settledAfterSeconds: number;
  /** The statement that sums events, and the one that adds sums of hours up: both with the same columns. */
  readonly fromEventsSql: string;
  readonly fromHoursSql: string;
}

export interface Parts extends SqlPart {
  /** Its rows still have to be added up: of a bucket and group there may be one from each source. */
  readonly areSeveral: boolean;
}

export async function bucketParts(connection: Connection, options: PartsOptions): Promise<Parts> {
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
  const customers = conditionsSql(query.filters.filter(isByCustomer));
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

function partsSql(plan: HourPlan, options: PartsOptions): Parts {
  const { query, buckets } = options;
  const { rawHours } = plan;
  const hasEvents = rawHours === null || rawHours.length > 0;
  const sources = [
    ...(hasEvents ? [fromEvents(plan, options)] : []),
    ...(rawHours === null ? [] : [fromHours(plan, options)]),
  ];
  return {
    areSeveral: sources.length > 1,
    sql: sources.map(({ sql }) => sql).join(' UNION ALL '),
    params: {
      ...Object.assign({}, ...sources.map(({ params }) => params)),
      ...runsParams('raw_hour', rawHours ?? []),
      ...runsParams('bucket', buckets.starts),
      from_hour: plan.fromHour,
      to_hour: plan.toHour,
      start_ms: query.startMs,
      end_ms: query.endMs,
    },
  };
}

/** As a query, which becomes a set: ClickHouse finds the hours by key, where it would search an array for every row. */
const RAW_HOURS_SQL = `(SELECT toDateTime(arrayJoin(${runsSql('raw_hour')}), 'UTC'))`;

function fromEvents({ rawHours }: HourPlan, { query, fromEventsSql }: PartsOptions): SqlPart {
  const groups = groupsSql(fieldsOf(query));
  const conditions = conditionsSql(filtersOf(query));
  const sql = fillSql(fromEventsSql, {
    ...{ bucket: runsSql('bucket'), groups: groups.sql, names: namesSql(query.groupBy), conditions: conditions.sql },
    hours: rawHours === null ? '' : `AND hour IN ${RAW_HOURS_SQL}`,
  });
  return { sql, params: { ...groups.params, ...conditions.params } };
}

function fromHours({ rawHours }: HourPlan, { query, fromHoursSql }: PartsOptions): SqlPart {
  const groups = groupsSql(fieldsOf(query), HOUR_COLUMNS);
  const conditions = conditionsSql(filtersOf(query), HOUR_COLUMNS);
  const customers = conditionsSql(query.filters.filter(isByCustomer));
  const sql = fillSql(fromHoursSql, {
    ...{ bucket: runsSql('bucket'), groups: groups.sql, names: namesSql(query.groupBy), conditions: conditions.sql },
    hours: rawHours?.length === 0 ? '' : `AND hour NOT IN ${RAW_HOURS_SQL}`,
    customers: customers.sql,
  });
  return { sql, params: { ...groups.params, ...conditions.params, ...customers.params } };
}

/** The class is no column. */
function fieldsOf({ groupBy }: UsageQuery): readonly UsageField[] {
  return groupBy.filter((field) => field !== 'token_class');
}

/** Those by customer first, so that their parameters have the same names where they stand by themselves. */
function filtersOf({ filters }: UsageQuery): readonly UsageFilter[] {
  const others = filters.filter(({ field }) => field !== 'customer' && field !== 'token_class');
  return [...filters.filter(isByCustomer), ...others];
}

function isByCustomer({ field }: UsageFilter): boolean {
  return field === 'customer';
}

/** `, g0, …`: the groups but the class, which is no column. */
export function namesSql(groupBy: readonly UsageField[]): string {
  return groupBy
    .filter((field) => field !== 'token_class')
    .map((_, index) => `, g${index}`)
    .join('');
}
