// Lists events as they were received, each with what became of it. A page is read from the receipts; the other receipts
// of its events decide the states, and the usage of those that count is looked up by key.

import { EVENT_AHEAD_MAX_MS, type Receipt, type UsageRow } from '@tollgate/domain';
import type { Connection, QueryParams } from './connection.ts';
import { type CursorKey, decodeCursor, encodeCursor, invalidCursor } from './cursor.ts';
import { COPIES_WITHIN_MS, type JudgedCopy, judgeCopies } from './identity.ts';
import { fillSql, loadSql } from './sql.ts';
import { type ReceiptAnswer, receiptOf, type UsageAnswer, usageRowOf } from './stored-rows.ts';
import type { EventState, EventsQuery, EventView, Page } from './warehouse.ts';

const PAGE_SQL = loadSql('events-page');
const IDENTITY_RECEIPTS_SQL = loadSql('identity-receipts');
const IDENTITY_USAGE_SQL = fillSql(loadSql('identity-usage'), { columns: loadSql('usage-columns') });
const EVENT_HASH_SQL = loadSql('event-hash');

/** Receipts read at once where a state is asked for, which not all of them have. */
const ROWS_PER_ROUND_MIN = 500;
/** After so many rounds a page ends early, and its cursor goes on from there. */
const ROUNDS_MAX = 8;

/** Narrows what is read to receipts that may be in the state; which are is decided afterwards. */
const STATE_CONDITIONS: Readonly<Record<EventState, string>> = {
  counted: "AND outcome = 'countable'",
  dead_lettered: "AND outcome = 'dead_lettered'",
  duplicate: severalSql('count() > 1'),
  conflict: severalSql('uniqExact(content_hash) > 1'),
  voided: "AND (customer_id, id_hash) IN (SELECT customer_id, id_hash FROM receipts WHERE outcome = 'void')",
};

/** Events with several copies, in the order of the key so that they need not all be held at once. */
function severalSql(having: string): string {
  return `AND (customer_id, id_hash) IN (
    SELECT customer_id, id_hash FROM receipts
    WHERE outcome != 'void'
      AND received_at >= fromUnixTimestamp64Milli({copies_from_ms:Int64}, 'UTC')
      AND ({customer_id:String} = '' OR customer_id = {customer_id:String})
    GROUP BY customer_id, id_hash HAVING ${having}
    SETTINGS optimize_aggregation_in_order = 1)`;
}

export async function events(connection: Connection, query: EventsQuery): Promise<Page<EventView>> {
  const { cursor, limit, ...question } = query;
  const copies: PlacedCopy[] = [];
  const rowsPerRound = query.state === undefined ? limit + 1 : Math.max(limit + 1, ROWS_PER_ROUND_MIN);
  let after = cursor === undefined ? undefined : decodeCursor(question, cursor);
  let isExhausted = false;
  for (let round = 0; round < ROUNDS_MAX && copies.length <= limit && !isExhausted; round++) {
    const page = await readPage(connection, { query, after, limit: rowsPerRound });
    copies.push(...(await judged(connection, page)).filter(({ state }) => state === (query.state ?? state)));
    isExhausted = page.length < rowsPerRound;
    const last = page.at(-1);
    if (last !== undefined) after = keyOf(receiptOf(last));
  }
  const shown = copies.slice(0, limit);
  const lastShown = shown.at(-1);
  const resume = copies.length > limit && lastShown !== undefined ? keyOf(lastShown.receipt) : after;
  const isLast = isExhausted && copies.length <= limit;
  return {
    rows: await withUsage(connection, shown),
    nextCursor: isLast || resume === undefined ? null : encodeCursor(question, resume),
  };
}

/** All copies of one event, the first first; none for an id that never came. */
export async function event(
  connection: Connection,
  identity: { readonly customerId: string; readonly eventId: string },
): Promise<readonly EventView[]> {
  const [answer] = await connection.select<{ id_hash_text: string }>(EVENT_HASH_SQL, { event_id: identity.eventId });
  if (answer === undefined) return [];
  const hash = answer.id_hash_text;
  const receipts = await connection.select<ReceiptAnswer>(IDENTITY_RECEIPTS_SQL, {
    customers: [identity.customerId],
    hashes: [hash],
  });
  return await withUsage(
    connection,
    judgeCopies(receipts.map(receiptOf)).map((copy) => ({ ...copy, hash })),
  );
}

interface PageOptions {
  readonly query: EventsQuery;
  readonly after: CursorKey | undefined;
  readonly limit: number;
}

async function readPage(connection: Connection, { query, after, limit }: PageOptions): Promise<ReceiptAnswer[]> {
  const { startMs, endMs, customerId, keyId, eventId, model, state, reason } = query;
  const conditions: string[] = [];
  if (customerId !== undefined) conditions.push('AND customer_id = {customer_id:String}');
  if (keyId !== undefined) conditions.push('AND (key_id = {key_id:String} OR reporter_key_id = {key_id:String})');
  if (model !== undefined) conditions.push('AND model = {model:String}');
  if (reason !== undefined) conditions.push('AND reason = {reason:String}');
  if (eventId !== undefined) {
    conditions.push('AND id_hash = reinterpretAsUInt128(sipHash128Reference({event_id:String}))');
  }
  if (state !== undefined) conditions.push(STATE_CONDITIONS[state]);
  const end = afterSql(after);
  const receivedFromMs = Math.max(0, startMs - EVENT_AHEAD_MAX_MS);
  return await connection.select<ReceiptAnswer>(
    fillSql(PAGE_SQL, { conditions: conditions.join(' '), after: end.sql }),
    {
      ...end.params,
      received_from_ms: receivedFromMs,
      copies_from_ms: Math.max(0, receivedFromMs - COPIES_WITHIN_MS),
      start_ms: startMs,
      end_ms: endMs,
      customer_id: customerId ?? '',
      key_id: keyId ?? '',
      model: model ?? '',
      reason: reason ?? '',
      event_id: eventId ?? '',
      limit,
    },
  );
}

function keyOf(receipt: Receipt): CursorKey {
  return [receipt.timeMs, receipt.epoch, receipt.partition, String(receipt.position)];
}

function afterSql(after: CursorKey | undefined): { readonly sql: string; readonly params: QueryParams } {
  if (after === undefined) return { sql: '', params: {} };
  const [timeMs, epoch, partition, position] = after;
  if (typeof timeMs !== 'number' || !/^\d{1,20}$/.test(String(position))) throw invalidCursor();
  return {
    sql: `AND (time, log_epoch, log_partition, log_position) < (fromUnixTimestamp64Milli({after_time_ms:Int64}, 'UTC'),
      {after_epoch:UInt32}, {after_partition:UInt32}, {after_position:UInt64})`,
    params: {
      after_time_ms: timeMs,
      after_epoch: Number(epoch),
      after_partition: Number(partition),
      after_position: String(position),
    },
  };
}

interface PlacedCopy extends JudgedCopy {
  readonly hash: string;
}

/** The copies of the page with their states, in the page's order; what is no acceptance is left out. */
async function judged(connection: Connection, page: readonly ReceiptAnswer[]): Promise<PlacedCopy[]> {
  if (page.length === 0) return [];
  const receipts = await connection.select<ReceiptAnswer>(IDENTITY_RECEIPTS_SQL, identitiesOf(page));
  const identities = new Map<string, Receipt[]>();
  for (const answer of receipts) {
    const key = `${answer.id_hash_text} ${answer.customer_id}`;
    const known = identities.get(key);
    if (known === undefined) identities.set(key, [receiptOf(answer)]);
    else known.push(receiptOf(answer));
  }
  const copies = new Map<string, JudgedCopy>();
  for (const all of identities.values()) for (const copy of judgeCopies(all)) copies.set(placeKey(copy.receipt), copy);
  return page.flatMap((answer) => {
    const key = placeKey(receiptOf(answer));
    const copy = copies.get(key);
    copies.delete(key);
    return copy === undefined ? [] : [{ ...copy, hash: answer.id_hash_text }];
  });
}

function identitiesOf(page: readonly ReceiptAnswer[]): QueryParams {
  return { customers: page.map((row) => row.customer_id), hashes: page.map((row) => row.id_hash_text) };
}

async function withUsage(connection: Connection, copies: readonly PlacedCopy[]): Promise<EventView[]> {
  const counted = copies.filter(({ state }) => state === 'counted');
  const usage = new Map<string, UsageRow>();
  if (counted.length > 0) {
    const answers = await connection.select<UsageAnswer>(IDENTITY_USAGE_SQL, {
      customers: counted.map(({ receipt }) => receipt.customerId),
      hashes: counted.map(({ hash }) => hash),
    });
    for (const row of answers.map(usageRowOf)) usage.set(placeKey(row), row);
  }
  return copies.map(({ receipt, state }) => {
    const row = state === 'counted' ? usage.get(placeKey(receipt)) : undefined;
    return { receipt, state, usage: row ?? null };
  });
}

function placeKey({ epoch, partition, position }: Pick<Receipt, 'epoch' | 'partition' | 'position'>): string {
  return `${epoch} ${partition} ${position}`;
}
