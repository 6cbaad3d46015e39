// Answers usage queries.

import { TOKEN_CLASSES, type TokenClass } from '@tollgate/domain';
import { afterSql, type BucketRow, boundsOf, integerOf, keyOf, orderOf, textOf } from './bucket-pages.ts';
import { bucketParts, namesSql, type Parts } from './bucket-parts.ts';
import { type Buckets, bucketsOf } from './buckets.ts';
import type { Connection } from './connection.ts';
import { type CursorKey, decodeCursor, encodeCursor } from './cursor.ts';
import { fillSql, loadSql } from './sql.ts';
import type { SqlPart } from './usage-fields.ts';
import type { Page, UsageBucket, UsageQuery } from './warehouse.ts';

const FROM_EVENTS_SQL = loadSql('usage-from-events');
const FROM_HOURS_SQL = loadSql('usage-from-hours');
const SUMS_SQL = loadSql('usage-sums');
const PAGE_SQL = loadSql('bucket-page');
const PAGE_BY_CLASS_SQL = loadSql('usage-by-class');

export interface BucketOptions {
  readonly settledAfterSeconds: number;
}

/**
 * Buckets are cut to the period. Where the token class is grouped or filtered by, only tokens are answered: requests,
 * events and cost belong to an event, not to a class of its tokens; see `costs` for the cost of a class.
 */
export async function usage(
  connection: Connection,
  query: UsageQuery,
  options: BucketOptions,
): Promise<Page<UsageBucket>> {
  const { cursor, limit, ...question } = query;
  const after = cursor === undefined ? undefined : decodeCursor(question, cursor);
  const buckets = bucketsOf({ ...query, bucket: query.bucket });
  if (query.startMs >= query.endMs) return { rows: [], nextCursor: null };
  const sources = { fromEventsSql: FROM_EVENTS_SQL, fromHoursSql: FROM_HOURS_SQL };
  const parts = await bucketParts(connection, { query, buckets, ...options, ...sources });
  const page = pageSql({ query, parts, after });
  const rows = await connection.select<BucketRow>(page.sql, { ...parts.params, ...page.params, limit: limit + 1 });
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

interface PageOptions {
  readonly query: UsageQuery;
  readonly parts: Parts;
  readonly after: CursorKey | undefined;
}

function pageSql({ query, parts, after }: PageOptions): SqlPart {
  const cursor = afterSql(query, after);
  const classes = classesOf(query);
  const common = { names: namesSql(query.groupBy), after: cursor.sql };
  if (query.groupBy.includes('token_class')) {
    const order = orderOf(query).map((name) => `, ${name}`);
    const listed = (classes ?? []).map((tokenClass) => `'${tokenClass}'`);
    const sql = fillSql(PAGE_BY_CLASS_SQL, {
      ...{ ...common, parts: parts.sql, order: order.join('') },
      classes: listed.join(', '),
    });
    return { sql, params: cursor.params };
  }
  const hasTokens = classes === null ? '' : ` AND 0 < ${['0', ...classes].join(' + ')}`;
  const sums = parts.areSeveral ? fillSql(SUMS_SQL, { parts: parts.sql, names: common.names }) : parts.sql;
  return { sql: fillSql(PAGE_SQL, { ...common, sums, after: cursor.sql + hasTokens }), params: cursor.params };
}

function bucketOf(
  row: BucketRow,
  { query, buckets }: { readonly query: UsageQuery; readonly buckets: Buckets },
): UsageBucket {
  const bounds = boundsOf(row, query, buckets);
  const classes = classesOf(query);
  if (query.groupBy.includes('token_class')) return { ...bounds, ...NOTHING_BUT_TOKENS, tokens: oneClass(row) };
  if (classes !== null) return { ...bounds, ...NOTHING_BUT_TOKENS, tokens: tokensOf(row, classes) };
  return {
    ...bounds,
    tokens: tokensOf(row, TOKEN_CLASSES),
    requests: integerOf(row, 'requests'),
    webSearches: integerOf(row, 'web_searches'),
    events: integerOf(row, 'events'),
    ...costOf(row),
    unpricedEvents: integerOf(row, 'unpriced_events'),
  };
}

/** Costs in two currencies are never added up. */
function costOf(row: BucketRow): Pick<UsageBucket, 'costPico' | 'currency'> {
  const currency = textOf(row, 'first_currency');
  if (currency !== textOf(row, 'last_currency')) return { costPico: null, currency: null };
  return { costPico: integerOf(row, 'cost_pico'), currency: currency === '' ? null : currency };
}

const NOTHING_BUT_TOKENS = {
  requests: 0n,
  webSearches: 0n,
  events: 0n,
  costPico: 0n,
  currency: null,
  unpricedEvents: 0n,
} as const;

function tokensOf(row: BucketRow, classes: readonly TokenClass[]): Partial<Record<TokenClass, bigint>> {
  const tokens: Partial<Record<TokenClass, bigint>> = {};
  for (const tokenClass of classes) {
    const value = integerOf(row, tokenClass);
    if (value > 0n) tokens[tokenClass] = value;
  }
  return tokens;
}

function oneClass(row: BucketRow): Partial<Record<TokenClass, bigint>> {
  const tokenClass = TOKEN_CLASSES.find((candidate) => candidate === row['token_class']);
  return tokenClass === undefined ? {} : { [tokenClass]: integerOf(row, 'tokens') };
}
