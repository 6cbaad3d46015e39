// Pages of buckets: in which order their rows come, where a page goes on, and what each row is of.

import type { Buckets } from './buckets.ts';
import { type CursorKey, invalidCursor } from './cursor.ts';
import type { SqlPart } from './usage-fields.ts';
import type { UsageQuery } from './warehouse.ts';

/** Integers as text, and whatever else a statement answers. */
export type BucketRow = Readonly<Record<string, string | readonly string[]>>;

type Grouped = Pick<UsageQuery, 'groupBy'>;

export interface BucketBounds {
  readonly startMs: number;
  readonly endMs: number;
  readonly group: Readonly<Record<string, string>>;
}

/** The columns that the page is ordered by after the bucket: the groups, as they were asked for. */
export function orderOf(query: Grouped): readonly string[] {
  let index = 0;
  return query.groupBy.map((field) => (field === 'token_class' ? 'token_class' : `g${index++}`));
}

export function keyOf(row: BucketRow, query: Grouped): CursorKey {
  return [Number(row['bucket']), ...orderOf(query).map((name) => textOf(row, name))];
}

export function afterSql(query: Grouped, after: CursorKey | undefined): SqlPart {
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

export function boundsOf(row: BucketRow, query: Grouped, buckets: Buckets): BucketBounds {
  const startMs = Number(row['bucket']);
  const endMs = buckets.starts[buckets.starts.indexOf(startMs) + 1] ?? buckets.endMs;
  const order = orderOf(query);
  const group = Object.fromEntries(query.groupBy.map((field, place) => [field, textOf(row, order[place] ?? '')]));
  return { startMs, endMs, group };
}

export function integerOf(row: BucketRow, name: string): bigint {
  return BigInt(textOf(row, name) || 0);
}

export function textOf(row: BucketRow, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : '';
}
