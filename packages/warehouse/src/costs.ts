// Answers cost queries: as usage, with money in the place of tokens. A row is of one currency, because costs in two are never
// added up.

import { COST_CLASSES, type CostByClass, type CostClass } from '@tollgate/domain';
import { afterSql, type BucketRow, boundsOf, integerOf, keyOf, orderOf } from './bucket-pages.ts';
import { bucketParts, namesSql, type Parts } from './bucket-parts.ts';
import { type Buckets, bucketsOf } from './buckets.ts';
import { costsOfList } from './class-costs.ts';
import type { Connection } from './connection.ts';
import { type CursorKey, decodeCursor, encodeCursor } from './cursor.ts';
import { fillSql, loadSql } from './sql.ts';
import type { BucketOptions } from './usage.ts';
import type { SqlPart } from './usage-fields.ts';
import type { CostBucket, Page, UsageQuery } from './warehouse.ts';

const FROM_EVENTS_SQL = loadSql('costs-from-events');
const FROM_HOURS_SQL = loadSql('costs-from-hours');
const SUMS_SQL = loadSql('costs-sums');
const PAGE_SQL = loadSql('bucket-page');
const PAGE_BY_CLASS_SQL = loadSql('costs-by-class');

/**
 * Buckets are cut to the period. Where the token class is grouped or filtered by, only costs are answered; `requests`,
 * `web_searches` and `meter` are classes here, too, so that the classes add up to the cost.
 */
export async function costs(
  connection: Connection,
  asked: UsageQuery,
  options: BucketOptions,
): Promise<Page<CostBucket>> {
  const { cursor, limit, ...question } = asked;
  const after = cursor === undefined ? undefined : decodeCursor(question, cursor);
  const buckets = bucketsOf({ ...asked, bucket: asked.bucket });
  if (asked.startMs >= asked.endMs) return { rows: [], nextCursor: null };
  const isByCurrency = asked.groupBy.includes('currency');
  const query: UsageQuery = isByCurrency ? asked : { ...asked, groupBy: [...asked.groupBy, 'currency'] };
  const sources = { fromEventsSql: FROM_EVENTS_SQL, fromHoursSql: FROM_HOURS_SQL };
  const parts = await bucketParts(connection, { query, buckets, ...options, ...sources });
  const page = pageSql({ query, parts, after });
  const rows = await connection.select<BucketRow>(page.sql, { ...parts.params, ...page.params, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown.map((row) => withoutCurrencyGroup(bucketOf(row, { query, buckets }), isByCurrency)),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(question, keyOf(last, query)) : null,
  };
}

/** The classes that are asked for, in their order; null when the query does not tell classes apart. */
function classesOf({ groupBy, filters }: UsageQuery): readonly CostClass[] | null {
  const asked = filters.filter(({ field }) => field === 'token_class');
  if (asked.length === 0 && !groupBy.includes('token_class')) return null;
  return COST_CLASSES.filter((costClass) => asked.every(({ values }) => values.includes(costClass)));
}

interface PageOptions {
  readonly query: UsageQuery;
  readonly parts: Parts;
  readonly after: CursorKey | undefined;
}

function pageSql({ query, parts, after }: PageOptions): SqlPart {
  const cursor = afterSql(query, after);
  const classes = classesOf(query);
  const common = { names: namesSql(query.groupBy) };
  if (query.groupBy.includes('token_class')) {
    const order = orderOf(query).map((name) => `, ${name}`);
    const lists = { classes: listSql(COST_CLASSES), asked: listSql(classes ?? []) };
    const ends = { after: cursor.sql, order: order.join('') };
    const sql = fillSql(PAGE_BY_CLASS_SQL, { ...common, ...lists, ...ends, parts: parts.sql });
    return { sql, params: cursor.params };
  }
  // Elements past the end of a list are 0.
  const costing = classes?.map((costClass) => `class_costs[${COST_CLASSES.indexOf(costClass) + 1}] != 0`);
  const hasCost = costing === undefined ? '' : ` AND (${['false', ...costing].join(' OR ')})`;
  const sums = parts.areSeveral ? fillSql(SUMS_SQL, { parts: parts.sql, names: common.names }) : parts.sql;
  return { sql: fillSql(PAGE_SQL, { ...common, sums, after: cursor.sql + hasCost }), params: cursor.params };
}

function listSql(classes: readonly CostClass[]): string {
  return classes.map((costClass) => `'${costClass}'`).join(', ');
}

function bucketOf(
  row: BucketRow,
  { query, buckets }: { readonly query: UsageQuery; readonly buckets: Buckets },
): CostBucket {
  const bounds = boundsOf(row, query, buckets);
  const currency = bounds.group['currency'] || null;
  const classes = classesOf(query);
  if (query.groupBy.includes('token_class')) {
    const costClass = COST_CLASSES.find((candidate) => candidate === row['token_class']);
    const costPico = integerOf(row, 'cost_pico');
    const costByClass = costClass === undefined ? {} : { [costClass]: costPico };
    return { ...bounds, ...NOTHING_BUT_COSTS, currency, costPico, costByClass };
  }
  const list = row['class_costs'];
  const costByClass = costsOfList(Array.isArray(list) ? list : []);
  if (classes !== null) {
    const some = pick(costByClass, classes);
    return { ...bounds, ...NOTHING_BUT_COSTS, currency, costPico: sumOf(some), costByClass: some };
  }
  return {
    ...bounds,
    currency,
    costPico: integerOf(row, 'cost_pico'),
    costByClass,
    cacheSavingsPico: integerOf(row, 'cache_savings_pico'),
    events: integerOf(row, 'events'),
    unpricedEvents: integerOf(row, 'unpriced_events'),
  };
}

const NOTHING_BUT_COSTS = { cacheSavingsPico: 0n, events: 0n, unpricedEvents: 0n } as const;

function pick(costs: CostByClass, classes: readonly CostClass[]): CostByClass {
  const some: Partial<Record<CostClass, bigint>> = {};
  for (const costClass of classes) {
    const cost = costs[costClass];
    if (cost !== undefined) some[costClass] = cost;
  }
  return some;
}

function sumOf(costs: CostByClass): bigint {
  return Object.values(costs).reduce((sum, cost) => sum + cost, 0n);
}

/** The row tells its currency anyway; as a group only where that was asked for. */
function withoutCurrencyGroup(bucket: CostBucket, isByCurrency: boolean): CostBucket {
  if (isByCurrency) return bucket;
  const { currency: _, ...group } = bucket.group;
  return { ...bucket, group };
}
