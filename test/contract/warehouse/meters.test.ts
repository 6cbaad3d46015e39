import type { Meter, UsageRow } from '@tollgate/domain';
import type { MeterQuery } from '@tollgate/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouseServer, type TestWarehouse, type WarehouseServer } from './fixture.ts';
import { DAY_MS, HOUR_MS, JULY_MS, positionAt, storeUsage, usageRow } from './rows.ts';

let server: WarehouseServer;
let test: TestWarehouse;
beforeAll(async () => {
  server = await startWarehouseServer();
  test = await server.fresh();
  await storeUsage(test.warehouse, ROWS);
});
afterAll(() => server.close());

let made = 0;
function storage(data: unknown, fields: Partial<UsageRow> = {}): UsageRow {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return usageRow({ position: positionAt(++made), type: 'storage', tokens: {}, provenance: {}, data: text, ...fields });
}

const ROWS = [
  storage({ gib: 0.1, region: 'eu', nested: { list: [7, { deep: '1.000000000000000001' }] } }),
  storage({ gib: 0.2, region: 'eu' }, { timeMs: JULY_MS + HOUR_MS }),
  storage({ gib: '123456789012345678901234567890.000000000000000001', region: 'us' }, { customerId: 'cus_b' }),
  storage({ gib: -0.5, region: 7 }, { timeMs: JULY_MS + 2 * HOUR_MS }),
  storage({ gib: 1e-7 }),
  storage({ gib: 9_007_199_254_740_991 }, { customerId: 'cus_c' }),
  // Values that are none: missing, no number, more digits than are kept, too large, null.
  ...[
    { region: 'eu' },
    { gib: 'many' },
    { gib: '0.1234567890123456789' },
    { gib: 1e40 },
    { gib: null },
    { gib: [1] },
  ].map((data) => storage(data, { customerId: 'cus_d' })),
  storage({ gib: 100 }, { type: 'other' }),
  storage({ gib: 100 }, { timeMs: JULY_MS + DAY_MS }),
];

const meter: Meter = {
  ...{ slug: 'storage', name: 'Storage', eventType: 'storage', aggregation: 'sum', valuePath: '$.gib' },
  ...{ dimensions: { region: '$.region' }, createdAtMs: 0, archivedAtMs: null },
};
const question: MeterQuery = {
  ...{ meter, startMs: JULY_MS, endMs: JULY_MS + DAY_MS, zone: 'UTC', groupBy: [], filters: [], limit: 10 },
};

async function ask(asked: Partial<MeterQuery>, meterFields: Partial<Meter> = {}) {
  const page = await test.warehouse.meterUsage({ ...question, ...asked, meter: { ...meter, ...meterFields } });
  return page.rows.map(({ group, value, events, skipped }) => ({ ...group, value, events, skipped }));
}

describe('a meter', () => {
  it('adds decimals up exactly, and says how many events it skipped', async () => {
    expect(await ask({ groupBy: ['customer'] })).toEqual([
      { customer: 'cus_a', value: '-0.1999999', events: 4n, skipped: 0n },
      { customer: 'cus_b', value: '123456789012345678901234567890.000000000000000001', events: 1n, skipped: 0n },
      { customer: 'cus_c', value: '9007199254740991', events: 1n, skipped: 0n },
      { customer: 'cus_d', value: '0', events: 6n, skipped: 6n },
    ]);
  });

  it.each<[string, Partial<Meter>, string | null, bigint]>([
    ['counts', { aggregation: 'count', valuePath: null }, '4', 0n],
    ['tells different values apart', { aggregation: 'unique', valuePath: '$.region' }, '2', 1n],
    ['finds the most', { aggregation: 'max' }, '0.2', 0n],
    ['finds the latest', { aggregation: 'latest' }, '-0.5', 0n],
    ['looks into lists and objects', { valuePath: '$.nested["list"][0]' }, '7', 3n],
    ['takes decimals as text', { valuePath: '$.nested.list[1].deep' }, '1.000000000000000001', 3n],
    ['has no most of nothing', { aggregation: 'max', valuePath: '$.nothing' }, null, 4n],
  ])('%s', async (_, fields, value, skipped) => {
    const filters = [{ field: 'customer', values: ['cus_a'] }] as const;
    expect(await ask({ filters }, fields)).toEqual([{ value, events: 4n, skipped }]);
  });

  it('is grouped by its dimensions and cut into buckets, page by page', async () => {
    const asked = { groupBy: ['region', 'customer'], bucket: 'hour', limit: 4 } as const;
    const first = await test.warehouse.meterUsage({ ...question, ...asked });
    const second = await test.warehouse.meterUsage({ ...question, ...asked, cursor: first.nextCursor ?? 'none' });
    expect(second.nextCursor).toBeNull();
    const rows = [...first.rows, ...second.rows].map(({ startMs, group }) => [
      (startMs - JULY_MS) / HOUR_MS,
      group['region'],
      group['customer'],
    ]);
    expect(rows).toEqual([
      [0, '', 'cus_a'],
      [0, '', 'cus_c'],
      [0, '', 'cus_d'],
      [0, 'eu', 'cus_a'],
      [0, 'eu', 'cus_d'],
      [0, 'us', 'cus_b'],
      [1, 'eu', 'cus_a'],
      [2, '7', 'cus_a'],
    ]);
  });
});
