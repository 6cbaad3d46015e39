// Answers usage queries: sums of hours where nothing changed since they were summed, the events everywhere else. Which
// hours are which is asked first and then fixed for the query, so that an hour is never read from both or from neither.

import { TOKEN_CLASSES, type TokenClass } from '@tollgate/domain';
import { runsParams, runsSql } from './arithmetic-runs.ts';
import { type Buckets, bucketsOf } from './buckets.ts';
import type { Connection } from './connection.ts';
import { type CursorKey, decodeCursor, encodeCursor, invalidCursor } from './cursor.ts';
import { HOUR_MS } from './marked-insert.ts';
import { fillSql, loadSql } from './sql.ts';
import { conditionsSql, groupsSql, isMetadata, type SqlPart } from './usage-fields.ts';
import type { Page, UsageBucket, UsageField, UsageFilter, UsageQuery } from './warehouse.ts';

const DIRTY_SQL = loadSql('dirty-hours');
const FROM_EVENTS_SQL = loadSql('usage-from-events');
const FROM_HOURS_SQL = loadSql('usage-from-hours');
const PAGE_SQL = loadSql('usage');
const PAGE_BY_CLASS_SQL = loadSql('usage-by-class');

type Row = Readonly<Record<string, string>>;

interface UsageOptions {
  readonly settledAfterSeconds: number;
}

/**
 * Buckets are cut to the period. Where the token class is grouped or filtered by, only tokens are answered: requests,
 * events and cost belong to an event, not to a class of its tokens.
 */
export async function usage(
  connection: Connection,
  query: UsageQuery,
  options: UsageOptions,
): Promise<Page<UsageBucket>> {
  const { cursor, limit, ...question } = query;
  const after = cursor === undefined ? undefined : decodeCursor(question, cursor);
  const buckets = bucketsOf({ ...query, bucket: query.bucket });
  if (query.startMs >= query.endMs) return { rows: [], nextCursor: null };
  const filters = query.filters.filter(({ field }) => field !== 'token_class');
  const plan = await planHours(connection, { query, buckets, settledAfterSeconds: options.settledAfterSeconds });
  const parts = partsSql({ query, plan, filters });
  const page = pageSql({ query, parts: parts.sql, after });
  const rows = await connection.select<Row>(page.sql, {
    ...parts.params,
    ...page.params,
    ...runsParams('bucket', buckets.starts),
    limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown.map((row) => bucketOf(row, { query, buckets })),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(question, keyOf(last, query)) : null,
  };
}

/** The classes that are asked for, in their order; null when the query does not tell classes apart. */
function classesOf({ groupBy, filters }: UsageQuery): readonly TokenClass[] | null {
  const asked = filters.filter(({ field }) => field === 'token_class');
  if (asked.length === 0 && !groupBy.includes('token_class')) return null;
  return TOKEN_CLASSES.filter((tokenClass) => asked.every(({ values }) => values.includes(tokenClass)));
}

/** Hours in seconds; `rawHours` are answered by events, null means all are. */
interface HourPlan {
  readonly fromHour: number;
  readonly toHour: number;
  readonly rawHours: readonly number[] | null;
}

interface PlanOptions {
  readonly query: UsageQuery;
  readonly buckets: Buckets;
  readonly settledAfterSeconds: number;
}

async function planHours(connection: Connection, options: PlanOptions): Promise<HourPlan> {
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

interface PartsOptions {
  readonly query: UsageQuery;
  readonly plan: HourPlan;
  readonly filters: readonly UsageFilter[];
}

function partsSql({ query, plan, filters }: PartsOptions): SqlPart {
  const groups = groupsSql(query.groupBy.filter((field) => field !== 'token_class'));
  const conditions = conditionsSql(filters);
  const customers = conditionsSql(query.filters.filter(({ field }) => field === 'customer'));
  const common = {
    bucket: runsSql('bucket'),
    groups: groups.sql,
    names: namesSql(query.groupBy),
    conditions: conditions.sql,
  };
  // As a query, which becomes a set: ClickHouse finds the hours by key, where it would search an array for every row.
  const hours = `(SELECT toDateTime(arrayJoin(${runsSql('raw_hour')}), 'UTC'))`;
  const fromEvents = fillSql(FROM_EVENTS_SQL, {
    ...common,
    hours: plan.rawHours === null ? '' : `AND hour IN ${hours}`,
  });
  const fromHours = fillSql(FROM_HOURS_SQL, { ...common, hours: `AND hour NOT IN ${hours}`, customers: customers.sql });
  const sql = plan.rawHours === null ? fromEvents : `${fromEvents} UNION ALL ${fromHours}`;
  return {
    // An empty list of hours would not keep the server from reading the whole period.
    sql: plan.rawHours?.length === 0 ? fromHours : sql,
    params: {
      ...groups.params,
      ...conditions.params,
      ...customers.params,
      ...runsParams('raw_hour', plan.rawHours ?? []),
      from_hour: plan.fromHour,
      to_hour: plan.toHour,
      start_ms: query.startMs,
      end_ms: query.endMs,
    },
  };
}

function namesSql(groupBy: readonly UsageField[]): string {
  return groupBy
    .filter((field) => field !== 'token_class')
    .map((_, index) => `, g${index}`)
    .join('');
}

interface PageOptions {
  readonly query: UsageQuery;
  readonly parts: string;
  readonly after: CursorKey | undefined;
}

function pageSql({ query, parts, after }: PageOptions): SqlPart {
  const cursor = afterSql(query, after);
  const classes = classesOf(query);
  const common = { parts, names: namesSql(query.groupBy), after: cursor.sql };
  if (query.groupBy.includes('token_class')) {
    const order = orderOf(query).map((name) => `, ${name}`);
    const listed = (classes ?? []).map((tokenClass) => `'${tokenClass}'`);
    const sql = fillSql(PAGE_BY_CLASS_SQL, { ...common, order: order.join(''), classes: listed.join(', ') });
    return { sql, params: cursor.params };
  }
  const hasTokens = classes === null ? '' : ` AND 0 < ${['0', ...classes].join(' + ')}`;
  return { sql: fillSql(PAGE_SQL, { ...common, after: cursor.sql + hasTokens }), params: cursor.params };
}

/** The columns that the page is ordered by after the bucket: the groups, as they were asked for. */
function orderOf(query: UsageQuery): readonly string[] {
  let index = 0;
  return query.groupBy.map((field) => (field === 'token_class' ? 'token_class' : `g${index++}`));
}

function keyOf(row: Row, query: UsageQuery): CursorKey {
  return [Number(row['bucket']), ...orderOf(query).map((name) => row[name] ?? '')];
}

function afterSql(query: UsageQuery, after: CursorKey | undefined): SqlPart {
  if (after === undefined) return { sql: 'true', params: {} };
  const [bucket, ...values] = after;
  const order = orderOf(query);
  if (typeof bucket !== 'number' || values.length !== order.length) throw invalidCursor();
  const params: Record<string, string | number> = { after_bucket: bucket };
  for (const [index, value] of values.entries()) params[`after_${index}`] = String(value);
  const places = order.map((_, index) => `, {after_${index}:String}`).join('');
  return {
    sql: `tuple(bucket${order.map((name) => `, ${name}`).join('')}) > tuple({after_bucket:Int64}${places})`,
    params,
  };
}

function bucketOf(
  row: Row,
  { query, buckets }: { readonly query: UsageQuery; readonly buckets: Buckets },
): UsageBucket {
  const startMs = Number(row['bucket']);
  const index = buckets.starts.indexOf(startMs);
  const order = orderOf(query);
  const group = Object.fromEntries(query.groupBy.map((field, place) => [field, row[order[place] ?? ''] ?? '']));
  const bounds = { startMs, endMs: buckets.starts[index + 1] ?? buckets.endMs, group };
  const classes = classesOf(query);
  if (query.groupBy.includes('token_class')) return { ...bounds, ...NOTHING_BUT_TOKENS, tokens: oneClass(row) };
  if (classes !== null) return { ...bounds, ...NOTHING_BUT_TOKENS, tokens: tokensOf(row, classes) };
  return {
    ...bounds,
    tokens: tokensOf(row, TOKEN_CLASSES),
    requests: BigInt(row['requests'] ?? 0),
    webSearches: BigInt(row['web_searches'] ?? 0),
    events: BigInt(row['events'] ?? 0),
    costPico: BigInt(row['cost_pico'] ?? 0),
    unpricedEvents: BigInt(row['unpriced_events'] ?? 0),
  };
}

const NOTHING_BUT_TOKENS = { requests: 0n, webSearches: 0n, events: 0n, costPico: 0n, unpricedEvents: 0n } as const;

function tokensOf(row: Row, classes: readonly TokenClass[]): Partial<Record<TokenClass, bigint>> {
  const tokens: Partial<Record<TokenClass, bigint>> = {};
  for (const tokenClass of classes) {
    const value = BigInt(row[tokenClass] ?? 0);
    if (value > 0n) tokens[tokenClass] = value;
  }
  return tokens;
}

function oneClass(row: Row): Partial<Record<TokenClass, bigint>> {
  const tokenClass = TOKEN_CLASSES.find((candidate) => candidate === row['token_class']);
  return tokenClass === undefined ? {} : { [tokenClass]: BigInt(row['tokens'] ?? 0) };
}
