import { EVENT_STATES, type EventView, type Page, type Warehouse } from '@tollgate/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouseServer, type WarehouseServer } from './fixture.ts';
import {
  batchOf,
  DAY_MS,
  HOUR_MS,
  JULY_MS,
  pick,
  positionAt,
  receiptFor,
  seeded,
  storeUsage,
  usageRow,
} from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

const PERIOD = { startMs: JULY_MS, endMs: JULY_MS + 3 * DAY_MS };

async function storeRandom(warehouse: Warehouse): Promise<void> {
  const random = seeded(5);
  const rows = Array.from({ length: 400 }, (_, index) =>
    usageRow({
      position: positionAt(index),
      eventId: `evt_${Math.floor(random() * 300)}`,
      customerId: pick(random, ['cus_a', 'cus_b']),
      keyId: pick(random, ['key_1', 'key_2']),
      model: pick(random, ['gpt-4o', 'o3']),
      timeMs: JULY_MS + Math.floor(random() * 2 * DAY_MS),
      receivedAtMs: JULY_MS,
      contentHash: BigInt(Math.floor(random() * 2)),
    }),
  );
  const countable = rows.filter(() => random() < 0.9);
  const receipts = rows.map((row) =>
    countable.includes(row) ? receiptFor(row) : receiptFor(row, { outcome: 'dead_lettered', reason: 'uncountable' }),
  );
  const voids = rows.slice(0, 20).map((row, index) => {
    return receiptFor(row, { position: positionAt(500 + index), outcome: 'void', reason: 'a mistake' });
  });
  await warehouse.store(batchOf([...receipts, ...voids], countable));
  await warehouse.withdrawCopies();
}

async function all(warehouse: Warehouse, query: Partial<Parameters<Warehouse['events']>[0]>): Promise<EventView[]> {
  const views: EventView[] = [];
  let cursor: string | null = null;
  do {
    const next: { cursor?: string } = cursor === null ? {} : { cursor };
    const page: Page<EventView> = await warehouse.events({ ...PERIOD, limit: 23, ...query, ...next });
    views.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return views;
}

describe('the list of events', () => {
  it('holds every acceptance once, newest first, with as many of each state as the books count', async () => {
    const { warehouse } = await server.fresh();
    await storeRandom(warehouse);
    const views = await all(warehouse, {});
    expect(new Set(views.map(({ receipt }) => receipt.position)).size).toBe(views.length);
    const times = views.map(({ receipt }) => receipt.timeMs);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    const books = await warehouse.books(PERIOD);
    const count = (state: string): bigint => BigInt(views.filter((view) => view.state === state).length);
    expect({
      accepted: BigInt(views.length),
      stored: count('counted'),
      duplicate: count('duplicate'),
      conflict: count('conflict'),
      deadLettered: count('dead_lettered'),
      voided: count('voided'),
      missingEntries: books.missingEntries,
    }).toEqual(books);
    expect(count('conflict') * count('duplicate') * count('voided') * count('dead_lettered')).toBeGreaterThan(0n);
    for (const { state, usage } of views) expect(usage !== null).toBe(state === 'counted');
  });

  it('filters as its rows say', async () => {
    const { warehouse } = await server.fresh();
    await storeRandom(warehouse);
    const views = await all(warehouse, {});
    for (const state of EVENT_STATES) {
      expect(await all(warehouse, { state })).toEqual(views.filter((view) => view.state === state));
    }
    const ofB = views.filter(({ receipt }) => receipt.customerId === 'cus_b');
    expect(await all(warehouse, { customerId: 'cus_b' })).toEqual(ofB);
    const some = views[7];
    if (some === undefined) throw new Error('there are events');
    const { eventId } = some.receipt;
    expect(await all(warehouse, { eventId })).toEqual(views.filter(({ receipt }) => receipt.eventId === eventId));
    const counted = await all(warehouse, { state: 'counted', model: 'o3', keyId: 'key_1' });
    expect(counted).toEqual(views.filter(({ usage }) => usage?.model === 'o3' && usage.keyId === 'key_1'));
  });

  it('refuses a cursor that is none', async () => {
    const { warehouse } = await server.fresh();
    await expect(warehouse.events({ ...PERIOD, limit: 5, cursor: 'zzz' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('one event', () => {
  const row = usageRow({ position: positionAt(3), eventId: 'evt', contentHash: 9n });

  it('is shown with all its copies, the first first', async () => {
    const { warehouse } = await server.fresh();
    const copy = usageRow({ ...row, position: positionAt(4), timeMs: row.timeMs + HOUR_MS });
    const other = usageRow({ ...row, position: positionAt(5), contentHash: 8n });
    await storeUsage(warehouse, [other, copy, row]);
    const views = await warehouse.event('cus_a', 'evt');
    expect(views.map(({ receipt, state }) => [receipt.position, state])).toEqual([
      [positionAt(3), 'counted'],
      [positionAt(4), 'duplicate'],
      [positionAt(5), 'conflict'],
    ]);
    expect(views[0]?.usage).toEqual(row);
    expect(await warehouse.event('cus_b', 'evt')).toEqual([]);
  });

  it('is shown once when its dead letter was replayed', async () => {
    const { warehouse } = await server.fresh();
    const dead = receiptFor(row, { position: positionAt(1), outcome: 'dead_lettered', reason: 'uncountable' });
    await warehouse.store(batchOf([dead], []));
    expect(await warehouse.event('cus_a', 'evt')).toMatchObject([{ state: 'dead_lettered', usage: null }]);
    await warehouse.store(batchOf([receiptFor(row, { isReplay: true })], [row]));
    expect(await warehouse.event('cus_a', 'evt')).toMatchObject([{ state: 'counted', usage: row }]);
  });
});
