// Asks for usage: whole, however many pages it comes in, and each row of one currency, so that money can be added up. Counts are
// read as they are written, with all their digits.

import { api, bodyOf } from '../api/client.ts';
import { parseExact } from '../api/exact-json.ts';
import { addressOf } from '../api/view.ts';
import { fromUnits, toUnits } from '../format/decimal.ts';
import type { Bucket } from '../format/time.ts';

export const GROUPS = [
  ...(['customer', 'project', 'key', 'model', 'provider', 'type', 'token_class', 'service_tier', 'status'] as const),
] as const;
export type GroupField = (typeof GROUPS)[number];
export const FILTER_FIELDS = ['customer', 'key', 'model', 'provider'] as const;
export type Filters = Readonly<Partial<Record<(typeof FILTER_FIELDS)[number], string>>>;

export interface UsageQuestion {
  readonly startMs: number;
  readonly endMs: number;
  readonly zone: string;
  /** Absent: the whole period is one. */
  readonly bucket?: Bucket;
  readonly group?: GroupField;
  readonly filters?: Filters;
}

const PAGE_ROWS = 1_000;
/** What a browser still draws and lists; past it the page says so. */
const PAGES_MAX = 20;

/** As it comes: a number, or its digits where a number would not hold it. */
type Digits = number | string;

interface WrittenRow {
  readonly start: string;
  readonly end: string;
  readonly group: Readonly<Record<string, string>>;
  readonly tokens: Readonly<Record<string, Digits>>;
  readonly requests: Digits;
  readonly events: Digits;
  readonly unpriced_events: Digits;
  readonly cost: string | null;
  readonly currency: string | null;
}

interface WrittenPage {
  readonly data: readonly WrittenRow[];
  readonly as_of: string | null;
  readonly next_cursor: string | null;
}

export interface UsageRow {
  readonly start: string;
  readonly group: Readonly<Record<string, string>>;
  readonly tokens: readonly (readonly [string, bigint])[];
  readonly requests: bigint;
  readonly events: bigint;
  readonly unpricedEvents: bigint;
  readonly cost: string | null;
  readonly currency: string | null;
}

export interface Usage {
  readonly rows: readonly UsageRow[];
  readonly asOf: string | null;
  readonly isComplete: boolean;
}

function parametersOf({ startMs, endMs, zone, bucket, group, filters = {} }: UsageQuestion) {
  return {
    start: new Date(startMs).toISOString(),
    end: new Date(endMs).toISOString(),
    zone,
    ...(bucket === undefined ? {} : { bucket }),
    ...Object.fromEntries(Object.entries(filters).map(([field, value]) => [field, [value]])),
    group_by: group === undefined ? ['currency'] : [group, 'currency'],
  };
}

async function readPage(question: UsageQuestion, cursor: string | null): Promise<WrittenPage> {
  const query = { ...parametersOf(question), limit: PAGE_ROWS, ...(cursor === null ? {} : { cursor }) };
  return parseExact(await bodyOf(api.GET('/v1/usage', { params: { query }, parseAs: 'text' }))) as WrittenPage;
}

function rowOf({ start, group, tokens, requests, events, cost, currency, ...rest }: WrittenRow): UsageRow {
  return {
    ...{ start, group, cost, currency },
    tokens: Object.entries(tokens).map(([name, count]) => [name, BigInt(count)] as const),
    ...{ requests: BigInt(requests), events: BigInt(events), unpricedEvents: BigInt(rest.unpriced_events) },
  };
}

export async function readUsage(question: UsageQuestion): Promise<Usage> {
  const rows: UsageRow[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await readPage(question, cursor);
    rows.push(...answer.data.map(rowOf));
    cursor = answer.next_cursor;
    if (cursor === null) return { rows, asOf: answer.as_of, isComplete: true };
  }
  return { rows, asOf: null, isComplete: false };
}

/** Where the same rows are had as a file, all of them. */
export function csvAddress(question: UsageQuestion): string {
  const search = new URLSearchParams({ format: 'csv' });
  for (const [name, value] of Object.entries(parametersOf(question))) {
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  return addressOf(`/v1/usage?${search}`);
}

export interface Totals {
  readonly tokens: bigint;
  readonly tokensByClass: ReadonlyMap<string, bigint>;
  readonly requests: bigint;
  readonly events: bigint;
  readonly unpricedEvents: bigint;
  /** Exact decimals by currency. */
  readonly cost: ReadonlyMap<string, string>;
}

export function totalsOf(rows: readonly UsageRow[]): Totals {
  const tokensByClass = new Map<string, bigint>();
  const units = new Map<string, bigint>();
  let [requests, events, unpricedEvents, tokens] = [0n, 0n, 0n, 0n];
  for (const row of rows) {
    requests += row.requests;
    events += row.events;
    unpricedEvents += row.unpricedEvents;
    for (const [name, count] of row.tokens) {
      tokens += count;
      tokensByClass.set(name, (tokensByClass.get(name) ?? 0n) + count);
    }
    if (row.cost !== null && row.currency !== null) {
      units.set(row.currency, (units.get(row.currency) ?? 0n) + toUnits(row.cost));
    }
  }
  const cost = new Map([...units].map(([currency, sum]) => [currency, fromUnits(sum)]));
  return { tokens, tokensByClass, requests, events, unpricedEvents, cost };
}

/** Rows by a value that they share, in the order in which the values come. */
export function grouped(
  rows: readonly UsageRow[],
  groupOf: (row: UsageRow) => string,
): ReadonlyMap<string, readonly UsageRow[]> {
  const groups = new Map<string, UsageRow[]>();
  for (const row of rows) {
    const value = groupOf(row);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [row]);
    else group.push(row);
  }
  return groups;
}

/** The currency that most of it is in; where nothing is priced, that of the organization. */
export function mainCurrency({ cost }: Totals, otherwise: string): string {
  const [largest] = [...cost].sort(([, one], [, other]) => (toUnits(other) > toUnits(one) ? 1 : -1));
  return largest?.[0] ?? otherwise;
}
