import type { BooksCount } from '@tollgate/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouseServer, type TestWarehouse, type WarehouseServer } from './fixture.ts';
import { batchOf, DAY_MS, HOUR_MS, JULY_MS, positionAt, receiptFor, storeUsage, usageRow } from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

const JULY = { startMs: JULY_MS, endMs: Date.UTC(2026, 7, 1) };
const AUGUST = { startMs: Date.UTC(2026, 7, 1), endMs: Date.UTC(2026, 8, 1) };
const NOTHING: BooksCount = {
  accepted: 0n,
  stored: 0n,
  duplicate: 0n,
  conflict: 0n,
  deadLettered: 0n,
  voided: 0n,
  missingEntries: 0n,
};

function balance(books: BooksCount): bigint {
  return books.accepted - books.stored - books.duplicate - books.conflict - books.deadLettered - books.voided;
}

/** Ten events, of which one has a duplicate, one a conflict in August, one is voided; and a dead letter. */
async function storeAllKinds({ warehouse }: TestWarehouse): Promise<void> {
  const rows = Array.from({ length: 10 }, (_, index) =>
    usageRow({
      position: positionAt(index),
      timeMs: JULY_MS + index * HOUR_MS,
      customerId: index < 7 ? 'cus_a' : 'cus_b',
      contentHash: BigInt(index),
    }),
  );
  await storeUsage(warehouse, rows);
  const [zeroth, first, second, third] = rows;
  if (zeroth === undefined || first === undefined || second === undefined || third === undefined) throw new Error();
  const duplicate = usageRow({ ...first, position: positionAt(10) });
  const conflict = usageRow({ ...second, position: positionAt(11), timeMs: AUGUST.startMs + DAY_MS, contentHash: 77n });
  const voiding = receiptFor(third, { position: positionAt(12), outcome: 'void', reason: 'a mistake' });
  const dead = receiptFor(zeroth, {
    position: positionAt(13),
    eventId: 'evt_dead',
    outcome: 'dead_lettered',
    reason: 'uncountable',
    contentHash: 88n,
  });
  await warehouse.store(batchOf([receiptFor(duplicate), receiptFor(conflict), voiding, dead], [duplicate, conflict]));
}

const ALL_KINDS: BooksCount = {
  accepted: 13n,
  stored: 9n,
  duplicate: 1n,
  conflict: 1n,
  deadLettered: 1n,
  voided: 1n,
  missingEntries: 0n,
};

describe('the books of a period', () => {
  it('are empty where nothing came', async () => {
    const { warehouse } = await server.fresh();
    expect(await warehouse.books(JULY)).toEqual(NOTHING);
  });

  it('count every acceptance once, in the period of the first copy, and balance', async () => {
    const test = await server.fresh();
    await storeAllKinds(test);
    await test.warehouse.withdrawCopies();
    expect(await test.warehouse.books(JULY)).toEqual(ALL_KINDS);
    expect(await test.warehouse.books(AUGUST)).toEqual(NOTHING);
    const ofB = await test.warehouse.books({ ...JULY, customerId: 'cus_b' });
    expect(ofB).toEqual({ ...NOTHING, accepted: 3n, stored: 3n });
    const ofA = await test.warehouse.books({ ...JULY, customerId: 'cus_a' });
    expect(ofA.accepted + ofB.accepted).toBe(ALL_KINDS.accepted);
  });

  it('do not change when everything is stored again', async () => {
    const test = await server.fresh();
    await storeAllKinds(test);
    await storeAllKinds(test);
    await test.warehouse.withdrawCopies();
    await storeAllKinds(test);
    await test.sql('OPTIMIZE TABLE receipts FINAL');
    await test.sql('OPTIMIZE TABLE usage_rows FINAL');
    expect(await test.warehouse.books(JULY)).toEqual(ALL_KINDS);
  });

  it('do not balance before copies and voided events are withdrawn', async () => {
    const test = await server.fresh();
    await storeAllKinds(test);
    expect(balance(await test.warehouse.books(JULY))).toBe(-1n);
    expect(balance(await test.warehouse.books(AUGUST))).toBe(-1n);
  });

  it.each([
    ['a counted event', "DELETE FROM usage_rows WHERE event_id = 'evt_0'", 1n],
    ['a receipt', 'DELETE FROM receipts WHERE log_position = 0', -1n],
    ['the receipt of a void', "DELETE FROM receipts WHERE outcome = 'void'", 1n],
  ])('do not balance when %s is deleted behind their back', async (_, statement, difference) => {
    const test = await server.fresh();
    await storeAllKinds(test);
    await test.warehouse.withdrawCopies();
    await test.sql(statement);
    expect(balance(await test.warehouse.books(JULY))).toBe(difference);
  });

  it('do not balance when an event is added behind their back', async () => {
    const test = await server.fresh();
    await storeAllKinds(test);
    await test.warehouse.withdrawCopies();
    await test.warehouse.store(batchOf([], [usageRow({ position: positionAt(50) })]));
    expect(balance(await test.warehouse.books(JULY))).toBe(-1n);
  });
});

describe('an id that is used again', () => {
  it.each([30, 36, 37, 45, 60, 100])('%i days later keeps the books of every month balanced', async (days) => {
    const { warehouse } = await server.fresh();
    const july = usageRow({ position: positionAt(1), eventId: 'evt', timeMs: JULY_MS + 20 * DAY_MS });
    const again = usageRow({ position: positionAt(2), eventId: 'evt', timeMs: july.timeMs + days * DAY_MS });
    await storeUsage(warehouse, [july, again]);
    await warehouse.withdrawCopies();
    const counted = days <= 36 ? 1n : 2n;
    const stored = [];
    for (let month = 6; month < 12; month++) {
      const books = await warehouse.books({ startMs: Date.UTC(2026, month), endMs: Date.UTC(2026, month + 1) });
      expect(balance(books)).toBe(0n);
      stored.push(books.stored);
    }
    expect(stored.reduce((sum, count) => sum + count, 0n)).toBe(counted);
    const states = (await warehouse.event('cus_a', 'evt')).map(({ state }) => state);
    expect(states).toEqual(['counted', counted === 1n ? 'duplicate' : 'counted']);
  });
});

describe('dead letters in the books', () => {
  const row = usageRow({ position: positionAt(5), eventId: 'evt', contentHash: 5n });
  const dead = receiptFor(row, { position: positionAt(1), outcome: 'dead_lettered', reason: 'uncountable' });

  it('count as stored once a replay was counted, and as one acceptance', async () => {
    const { warehouse } = await server.fresh();
    await warehouse.store(batchOf([dead], []));
    expect(await warehouse.books(JULY)).toEqual({ ...NOTHING, accepted: 1n, deadLettered: 1n });
    await warehouse.store({ ...batchOf([receiptFor(row, { isReplay: true })], [row]), range: rangeOf(2, 6) });
    expect(await warehouse.books(JULY)).toEqual({ ...NOTHING, accepted: 1n, stored: 1n });
  });

  it('stay dead letters when the replay fails again', async () => {
    const { warehouse } = await server.fresh();
    const again = receiptFor(row, { outcome: 'dead_lettered', reason: 'uncountable', isReplay: true });
    await warehouse.store({ ...batchOf([dead, again], []), range: rangeOf(1, 6) });
    expect(await warehouse.books(JULY)).toEqual({ ...NOTHING, accepted: 1n, deadLettered: 1n });
  });

  it('are settled by a void', async () => {
    const { warehouse } = await server.fresh();
    const withdrawal = receiptFor(row, { position: positionAt(3), outcome: 'void', reason: 'a test' });
    await warehouse.store({ ...batchOf([dead, withdrawal], []), range: rangeOf(1, 4) });
    expect(await warehouse.books(JULY)).toEqual({ ...NOTHING, accepted: 1n, voided: 1n });
    expect(await warehouse.event('cus_a', 'evt')).toMatchObject([{ state: 'voided', usage: null }]);
  });

  it('are duplicates or conflicts of a copy that could be counted', async () => {
    const { warehouse } = await server.fresh();
    const other = receiptFor(row, { position: positionAt(2), outcome: 'dead_lettered', contentHash: 6n });
    await warehouse.store({ ...batchOf([dead, other, receiptFor(row)], [row]), range: rangeOf(1, 6) });
    expect(await warehouse.books(JULY)).toEqual({ ...NOTHING, accepted: 3n, stored: 1n, duplicate: 1n, conflict: 1n });
  });
});

describe('missing entries', () => {
  it('are those in no range between the first and the last, in each partition and log', async () => {
    const { warehouse } = await server.fresh();
    for (const [first, next] of [
      [100, 110],
      [110, 115],
      [105, 120],
      [123, 130],
      [140, 141],
      [100, 103],
    ] as const) {
      await warehouse.store({ ...batchOf([], []), range: rangeOf(first, next) });
    }
    await warehouse.store({ ...batchOf([], []), range: { ...rangeOf(0, 5), partition: 1 } });
    await warehouse.store({ ...batchOf([], []), range: { ...rangeOf(0, 5), epoch: 2 } });
    expect((await warehouse.books(JULY)).missingEntries).toBe(3n + 10n);
    await warehouse.store({ ...batchOf([], []), range: rangeOf(120, 140) });
    expect((await warehouse.books(JULY)).missingEntries).toBe(0n);
  });
});

function rangeOf(first: number, next: number) {
  return { epoch: 1, partition: 0, firstOffset: BigInt(first), nextOffset: BigInt(next) };
}
