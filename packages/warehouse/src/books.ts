// The books of a period: what was accepted, from the receipts, against what counts, from the events. They balance only if
// both tell the same story; a row that is missing or too many on either side shows.

import { EVENT_AHEAD_MAX_MS } from '@tollgate/domain';
import type { Connection } from './connection.ts';
import { COPIES_WITHIN_MS } from './identity.ts';
import type { OfEach } from './invoices.ts';
import { HOUR_MS } from './marked-insert.ts';
import { fillSql, loadSql } from './sql.ts';
import { conditionsSql } from './usage-fields.ts';
import type { BooksCount, BooksOfEach, BooksPeriod, ConsumedUntil, StoredPlace } from './warehouse.ts';

const RECEIPTS_SQL = loadSql('books-receipts');
const STORED_SQL = loadSql('books-stored');
const MISSING_SQL = loadSql('missing-entries');
const CONSUMED_SQL = loadSql('consumed-until');

type Row = Readonly<Record<string, string>>;

export async function books(connection: Connection, period: BooksPeriod): Promise<BooksCount> {
  const { customerId, ...rest } = period;
  if (customerId === undefined) return countOf(await read(connection, { ...rest, customerIds: null }), '');
  return countOf(await read(connection, { ...rest, customerIds: [customerId] }), customerId);
}

/** Of each customer that is asked about. */
export async function booksOfEach(
  connection: Connection,
  { customerIds, ...period }: BooksOfEach,
): Promise<OfEach<BooksCount>> {
  const answer = await read(connection, { ...period, customerIds });
  return new Map(customerIds.map((id) => [id, countOf(answer, id)]));
}

interface Answer {
  readonly receipts: ReadonlyMap<string, Row>;
  readonly stored: ReadonlyMap<string, Row>;
  readonly missing: Row | undefined;
}

/** By customer; of all customers together, where none are named, under no name. */
async function read(
  connection: Connection,
  period: Omit<BooksPeriod, 'customerId'> & { readonly customerIds: readonly string[] | null },
): Promise<Answer> {
  const { startMs, endMs, customerIds, until } = period;
  const customers = conditionsSql(customerIds === null ? [] : [{ field: 'customer', values: customerIds }]);
  const params = {
    ...customers.params,
    ...horizonParams(until ?? []),
    start_ms: startMs,
    end_ms: endMs,
    from_hour: Math.floor(startMs / HOUR_MS) * (HOUR_MS / 1_000),
    to_hour: Math.ceil(endMs / HOUR_MS) * (HOUR_MS / 1_000),
    window_seconds: COPIES_WITHIN_MS / 1_000,
    received_from_ms: Math.max(0, startMs - EVENT_AHEAD_MAX_MS - COPIES_WITHIN_MS),
  };
  const parts = {
    owner: customerIds === null ? "''" : 'toString(customer_id)',
    customers: customers.sql,
    receiptsHorizon: until === undefined ? '' : horizonSql(RECEIPT_PLACE),
    eventsHorizon: until === undefined ? '' : horizonSql(EVENT_PLACE),
  };
  const [receipts, stored, [missing]] = await Promise.all([
    connection.select<Row>(fillSql(RECEIPTS_SQL, parts), params),
    connection.select<Row>(fillSql(STORED_SQL, parts), params),
    connection.select<Row>(MISSING_SQL),
  ]);
  return { receipts: byOwner(receipts), stored: byOwner(stored), missing };
}

function byOwner(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row['owner'] ?? '', row]));
}

function countOf({ receipts, stored, missing }: Answer, owner: string): BooksCount {
  const received = receipts.get(owner);
  return {
    accepted: BigInt(received?.['accepted'] ?? 0),
    stored: BigInt(stored.get(owner)?.['stored'] ?? 0),
    duplicate: BigInt(received?.['duplicate'] ?? 0),
    conflict: BigInt(received?.['conflict'] ?? 0),
    deadLettered: BigInt(received?.['dead_lettered'] ?? 0),
    voided: BigInt(received?.['voided'] ?? 0),
    missingEntries: BigInt(missing?.['missing'] ?? 0),
  };
}

export async function consumedUntil(connection: Connection): Promise<readonly ConsumedUntil[]> {
  const rows = await connection.select<Row>(CONSUMED_SQL);
  return rows.map((row) => ({
    epoch: Number(row['log_epoch']),
    partition: Number(row['log_partition']),
    nextOffset: BigInt(row['next_offset'] ?? 0),
  }));
}

const RECEIPT_PLACE = { epoch: 'log_epoch', position: 'log_position' };
/** As `version` has it; see version.ts. */
export const EVENT_EPOCH_SQL = 'bitNot(toUInt32(bitShiftRight(version, 88)))';
export const EVENT_POSITION_SQL = 'bitNot(toUInt64(bitShiftRight(version, 24)))';
const EVENT_PLACE = { epoch: EVENT_EPOCH_SQL, position: EVENT_POSITION_SQL };

/**
 * The last place of each partition that is stored, over all logs that the deployment ever used.
 */
export async function storedUntil(connection: Connection): Promise<ReadonlyMap<number, StoredPlace>> {
  const places = new Map<number, StoredPlace>();
  for (const { epoch, partition, nextOffset } of await consumedUntil(connection)) {
    if (nextOffset === 0n || epoch < (places.get(partition)?.epoch ?? 0)) continue;
    places.set(partition, { epoch, position: (nextOffset << INDEX_BITS) - 1n });
  }
  return places;
}

/** Epoch and partition are one number, so that the horizon is one look-up a row. */
const PARTITION_BITS = 32n;
/** Of a position, below its offset; see `LogPlace`. */
const INDEX_BITS = 12n;

function horizonSql({ epoch, position }: typeof RECEIPT_PLACE): string {
  const key = `toUInt64(${epoch}) * ${1n << PARTITION_BITS} + log_partition`;
  const horizon = `transform(${key}, {horizon_keys:Array(UInt64)}, {horizon_positions:Array(UInt64)}, toUInt64(0))`;
  return `AND ${position} < ${horizon}`;
}

function horizonParams(until: readonly ConsumedUntil[]) {
  return {
    horizon_keys: until.map(({ epoch, partition }) => (BigInt(epoch) << PARTITION_BITS) + BigInt(partition)),
    horizon_positions: until.map(({ nextOffset }) => nextOffset << INDEX_BITS),
  };
}
