import type { UsageRow } from '@tollgate/domain';
import {
  BUCKETS,
  createClickHouseWarehouse,
  type UsageBucket,
  type UsageQuery,
  type Warehouse,
} from '@tollgate/warehouse';
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

const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia'];
const PERIODS = [
  { startMs: JULY_MS, endMs: JULY_MS + 3 * DAY_MS },
  { startMs: JULY_MS + 61_001, endMs: JULY_MS + 2 * DAY_MS + 17 * 60_000 },
];

function randomRows(random: () => number, from: number, count: number): UsageRow[] {
  return Array.from({ length: count }, (_, index) => {
    const position = positionAt(from + index);
    return usageRow({
      position,
      eventId: `evt_${Math.floor(random() * 400)}`,
      customerId: pick(random, ['cus_a', 'cus_b']),
      keyId: pick(random, ['key_1', 'key_2', null]),
      model: pick(random, ['gpt-4o', 'o3', '']),
      status: pick(random, ['completed', 'failed']),
      timeMs: JULY_MS + Math.floor(random() * 3 * DAY_MS),
      receivedAtMs: JULY_MS,
      tokens: { input: BigInt(Math.floor(random() * 1e6)), reasoning: BigInt(Math.floor(random() * 3)) },
      costPico: random() < 0.3 ? null : BigInt(Math.floor(random() * 1e12)),
      webSearches: BigInt(Math.floor(random() * 2)),
    });
  });
}

async function everyAnswer(warehouse: Warehouse): Promise<Map<string, readonly UsageBucket[]>> {
  const answers = new Map<string, readonly UsageBucket[]>();
  for (const zone of ZONES) {
    for (const period of PERIODS) {
      for (const bucket of [undefined, ...BUCKETS.filter((name) => name !== 'minute')]) {
        const query: UsageQuery = {
          ...period,
          zone,
          groupBy: ['customer', 'model'],
          filters: [{ field: 'status', values: ['completed'] }],
          limit: 10_000,
          ...(bucket === undefined ? {} : { bucket }),
        };
        answers.set(JSON.stringify({ zone, period, bucket }), (await warehouse.usage(query)).rows);
      }
    }
  }
  return answers;
}

describe('sums of hours', () => {
  it('answer as the events do, in every zone and bucket, after copies, voids and late events', async () => {
    const { warehouse, sql } = await server.fresh();
    const random = seeded(7);
    for (let round = 0; round < 2; round++) {
      const rows = randomRows(random, round * 1_000, 300);
      await storeUsage(warehouse, rows);
      const [some] = rows;
      if (some !== undefined) {
        const voiding = receiptFor(some, { position: positionAt(round * 1_000 + 999), outcome: 'void' });
        await warehouse.store(batchOf([voiding], []));
      }
      await warehouse.withdrawCopies();
      // What the last round summed and this one changed, answered from both.
      const mixed = await everyAnswer(warehouse);
      expect((await warehouse.rebuildRollups({ hoursMax: 10_000 })).hours).toBeGreaterThan(0);
      const summed = await everyAnswer(warehouse);
      await sql('TRUNCATE TABLE usage_hours');
      const raw = await everyAnswer(warehouse);
      expect(mixed).toEqual(raw);
      expect(summed).toEqual(raw);
      await warehouse.rebuildRollups({ hoursMax: 10_000 });
    }
  });

  it('are what answers, where nothing changed since', async () => {
    const { warehouse, sql } = await server.fresh();
    await storeUsage(warehouse, [usageRow({ position: positionAt(1) })]);
    await warehouse.rebuildRollups({ hoursMax: 10 });
    const query = { startMs: JULY_MS, endMs: JULY_MS + HOUR_MS, zone: 'UTC', groupBy: [], filters: [], limit: 10 };
    await sql('TRUNCATE TABLE usage_rows');
    expect((await warehouse.usage(query)).rows).toMatchObject([{ events: 1n }]);
  });

  it('are not trusted while an insert could still be under way', async () => {
    const test = await server.fresh();
    await storeUsage(test.warehouse, [usageRow({ position: positionAt(1) })]);
    const careful = createClickHouseWarehouse({ url: test.url });
    expect(await careful.rebuildRollups({ hoursMax: 10 })).toEqual({ hours: 0 });
    await test.warehouse.rebuildRollups({ hoursMax: 10 });
    await test.sql('TRUNCATE TABLE usage_rows');
    const query = { startMs: JULY_MS, endMs: JULY_MS + HOUR_MS, zone: 'UTC', groupBy: [], filters: [], limit: 10 };
    expect((await careful.usage(query)).rows).toEqual([]);
    await careful.close();
  });

  it('are made a bounded number at a time, until all are made', async () => {
    const { warehouse } = await server.fresh();
    const rows = Array.from({ length: 25 }, (_, index) =>
      usageRow({ position: positionAt(index), timeMs: JULY_MS + index * HOUR_MS }),
    );
    await storeUsage(warehouse, rows);
    const made = [];
    for (let pass = 0; pass < 4; pass++) made.push((await warehouse.rebuildRollups({ hoursMax: 10 })).hours);
    expect(made).toEqual([10, 10, 5, 0]);
  });

  it('are the same when two processes make them at once', async () => {
    const test = await server.fresh();
    await storeUsage(test.warehouse, randomRows(seeded(3), 0, 200));
    await test.warehouse.withdrawCopies();
    const before = await everyAnswer(test.warehouse);
    const other = createClickHouseWarehouse({ url: test.url, unsafeSettledAfterSeconds: 0 });
    await Promise.all([
      test.warehouse.rebuildRollups({ hoursMax: 1_000 }),
      other.rebuildRollups({ hoursMax: 1_000 }),
      storeUsage(other, randomRows(seeded(3), 0, 200)),
    ]);
    expect(await everyAnswer(test.warehouse)).toEqual(before);
    await other.close();
  });

  it('do not keep a group that vanished, nor an hour that emptied', async () => {
    const { warehouse } = await server.fresh();
    const first = usageRow({ position: positionAt(1), model: 'gpt-4o', eventId: 'evt_1' });
    const second = usageRow({ position: positionAt(2), model: 'o3', eventId: 'evt_2' });
    await storeUsage(warehouse, [first, second]);
    await warehouse.rebuildRollups({ hoursMax: 10 });
    const query: UsageQuery = {
      startMs: JULY_MS,
      endMs: JULY_MS + HOUR_MS,
      zone: 'UTC',
      groupBy: ['model'],
      filters: [],
      limit: 10,
    };
    for (const [offset, row, left] of [
      [3, second, 1],
      [4, first, 0],
    ] as const) {
      const voiding = receiptFor(row, { position: positionAt(offset), outcome: 'void' });
      await warehouse.store(batchOf([voiding], []));
      await warehouse.withdrawCopies();
      expect(await warehouse.rebuildRollups({ hoursMax: 10 })).toEqual({ hours: 1 });
      expect((await warehouse.usage(query)).rows).toHaveLength(left);
      expect(await warehouse.rebuildRollups({ hoursMax: 10 })).toEqual({ hours: 0 });
    }
  });
});
