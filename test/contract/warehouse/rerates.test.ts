import type { UsageRow } from '@tollgate/domain';
import type { RatedRow, RowKey, RowsToRateQuery, RowToRate, Warehouse } from '@tollgate/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouseServer, type TestWarehouse, type WarehouseServer } from './fixture.ts';
import { batchOf, DAY_MS, HOUR_MS, JULY_MS, positionAt, receiptFor, storeUsage, total, usageRow } from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

const PERIOD = { startMs: JULY_MS, endMs: JULY_MS + 100 * DAY_MS };
const RERATE = 'rrt_1';

/** All rows of the period, in pages. */
async function rowsOf(
  warehouse: Warehouse,
  options: { readonly limit?: number; readonly isUnpricedOnly?: boolean } = {},
) {
  const { limit = 1_000, isUnpricedOnly = false } = options;
  const rows: RowToRate[] = [];
  let after: RowKey | null = null;
  do {
    const asked: RowsToRateQuery = { ...PERIOD, filters: [], isUnpricedOnly, limit, after };
    const page = await warehouse.rowsToRate(asked);
    rows.push(...page.rows);
    after = page.next;
  } while (after !== null);
  return rows;
}

function ratedAt(row: RowToRate, costPico: bigint): RatedRow {
  const { customerId, hourMs, eventId, version, provider, model } = row;
  return {
    ...{ customerId, hourMs, eventId, version, provider, model, outcome: 'changed', old: row.cost },
    cost: {
      ...{ currency: 'USD', costPico, costByClass: { input: costPico }, cacheSavingsPico: 3n },
      ...{ priceIds: ['prc_new'], unpricedReason: '' },
    },
  };
}

/** Rates everything at a cost, and keeps that. */
async function rate(warehouse: Warehouse, { id = RERATE, costPico = 9n } = {}): Promise<readonly RatedRow[]> {
  const rated = (await rowsOf(warehouse)).map((row) => ratedAt(row, costPico));
  await warehouse.keepRatedRows(id, rated);
  return rated;
}

async function apply(warehouse: Warehouse, { id = RERATE } = {}): Promise<number> {
  let applied = 0;
  let after: { customerId: string; hourMs: number } | null = null;
  for (;;) {
    const step = await warehouse.nextRerateStep({ rerateId: id, after, rowsMin: 2 });
    const last = step?.hours.at(-1);
    if (step === null || last === undefined) return applied;
    applied += (await warehouse.applyRerateStep({ rerateId: id, step })).applied;
    after = last;
  }
}

const ROWS: readonly UsageRow[] = Array.from({ length: 12 }, (_, index) =>
  usageRow({
    position: positionAt(index),
    customerId: `cus_${index % 3}`,
    timeMs: JULY_MS + Math.floor(index / 4) * HOUR_MS + index * 1_000,
    metadata: { label: `l${index}` },
    reportedUsage: `{"n":${index}}`,
    unpricedReason: 'unknown_model:input',
    flags: ['odd'],
  }),
);

async function usageOf(warehouse: Warehouse, { customerId, eventId }: UsageRow): Promise<UsageRow | null | undefined> {
  const [view] = await warehouse.event(customerId, eventId);
  return view?.usage;
}

const NEW_COST = {
  ...{ currency: 'USD', costPico: 9n, costByClass: { input: 9n }, cacheSavingsPico: 3n },
  ...{ priceIds: ['prc_new'], unpricedReason: '' },
};

describe('rows to rate', () => {
  it.each([1, 5, 12, 100])('come in the order of their keys, each once, in pages of %i', async (limit) => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, ROWS);
    const rows = await rowsOf(warehouse, { limit });
    expect(rows.map(({ eventId }) => eventId).toSorted()).toEqual(ROWS.map(({ eventId }) => eventId).toSorted());
    const keys = rows.map(({ customerId, hourMs, eventId }) => `${customerId} ${hourMs} ${eventId}`);
    expect(keys).toEqual(keys.toSorted());
  });

  it('are those without a cost, where that is asked', async () => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, [...ROWS, usageRow({ position: positionAt(99), costPico: 0n })]);
    for (const limit of [1, 5, 1_000]) {
      expect(await rowsOf(warehouse, { isUnpricedOnly: true, limit })).toHaveLength(ROWS.length);
    }
  });
});

describe('a re-rate', () => {
  it('changes the costs of its rows and nothing else, for good', async () => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, ROWS);
    await rate(warehouse);
    expect(await total(warehouse)).toMatchObject({ costPico: 0n });
    expect(await apply(warehouse)).toBe(ROWS.length);
    const look = async () => {
      for (const row of ROWS) expect(await usageOf(warehouse, row)).toEqual({ ...row, ...NEW_COST });
      expect(await total(warehouse)).toMatchObject({ events: 12n, costPico: 108n });
    };
    await look();
    // The log is read again from its beginning.
    await storeUsage(warehouse, ROWS);
    await look();
    await warehouse.rebuildRollups({ hoursMax: 100 });
    await look();
    // A copy further down the log is still one.
    const [first] = ROWS;
    if (first === undefined) throw new Error('there are rows');
    await storeUsage(warehouse, [{ ...first, position: positionAt(50), tokens: { input: 99n } }]);
    await look();
  });

  it('can be applied again, from anywhere', async () => {
    const { warehouse, sql } = await server.fresh();
    await storeUsage(warehouse, ROWS);
    await rate(warehouse);
    const step = await warehouse.nextRerateStep({ rerateId: RERATE, after: null, rowsMin: 5 });
    if (step === null) throw new Error('there is a step');
    await warehouse.applyRerateStep({ rerateId: RERATE, step });
    expect(await apply(warehouse)).toBe(ROWS.length);
    expect(await apply(warehouse)).toBe(ROWS.length);
    expect(
      await sql('SELECT uniqExact(version), count() FROM usage_rows FINAL WHERE bitAnd(version, 16777215) = 1'),
    ).toBe('12\t12');
    expect(await total(warehouse)).toMatchObject({ events: 12n, costPico: 108n });
  });

  it('follows another', async () => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, ROWS);
    await rate(warehouse);
    await rate(warehouse, { id: 'rrt_stale', costPico: 1n });
    await apply(warehouse);
    // What it rated has changed since.
    expect(await apply(warehouse, { id: 'rrt_stale' })).toBe(0);
    await rate(warehouse, { id: 'rrt_2', costPico: 20n });
    expect(await apply(warehouse, { id: 'rrt_2' })).toBe(ROWS.length);
    expect(await total(warehouse)).toMatchObject({ costPico: 240n });
  });

  it('leaves withdrawn and voided events withdrawn', async () => {
    const { warehouse } = await server.fresh();
    const row = usageRow({ position: positionAt(5), eventId: 'evt' });
    const other = usageRow({ position: positionAt(7), eventId: 'void' });
    await storeUsage(warehouse, [row, other]);
    await rate(warehouse);
    const earlier = { ...row, position: positionAt(1), timeMs: row.timeMs + DAY_MS };
    await storeUsage(warehouse, [earlier]);
    const voiding = receiptFor(other, { position: positionAt(9), outcome: 'void', contentHash: 0n });
    await warehouse.store(batchOf([voiding], []));
    await warehouse.withdrawCopies();
    expect(await apply(warehouse)).toBe(0);
    expect(await total(warehouse)).toMatchObject({ events: 1n, costPico: 0n });
    // And what was rated first is withdrawn afterwards as well.
    await rate(warehouse, { id: 'rrt_2' });
    await apply(warehouse, { id: 'rrt_2' });
    const first = { ...row, position: positionAt(0), timeMs: row.timeMs + 2 * DAY_MS };
    await storeUsage(warehouse, [first]);
    await warehouse.withdrawCopies();
    expect(await total(warehouse)).toMatchObject({ events: 1n, costPico: 0n });
  });

  it('keeps the books balanced', async () => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, ROWS);
    await rate(warehouse);
    await apply(warehouse);
    const until = [{ epoch: 1, partition: 0, nextOffset: 6n }];
    expect(await warehouse.books({ ...PERIOD })).toMatchObject({ accepted: 12n, stored: 12n });
    expect(await warehouse.books({ ...PERIOD, until })).toMatchObject({ accepted: 6n, stored: 6n });
  });
});

it('a report adds up by customer, model and currency', async () => {
  const { warehouse }: TestWarehouse = await server.fresh();
  await storeUsage(warehouse, ROWS);
  const [first, second, third] = await rowsOf(warehouse);
  if (first === undefined || second === undefined || third === undefined) throw new Error('there are rows');
  const priced = { ...first.cost, costPico: 4n, priceIds: ['prc_old'] };
  await warehouse.keepRatedRows(RERATE, [
    { ...ratedAt(first, 9n), old: priced },
    { ...ratedAt(second, 30n), old: priced },
    { ...ratedAt(third, 0n), outcome: 'same', cost: third.cost },
  ]);
  const sums = { currency: 'USD', events: 3n, changed: 2n, oldCostPico: 8n, newCostPico: 39n };
  const counts = { ...sums, unpricedBefore: 1n, unpricedAfter: 1n };
  expect(await warehouse.rerateReport({ rerateId: RERATE, linesMax: 10 })).toEqual({
    totals: [counts],
    lines: [
      {
        ...{ ...counts, customerId: 'cus_0', provider: 'openai', model: 'gpt-4o' },
        ...{ oldPriceIds: ['prc_old'], newPriceIds: ['prc_new'] },
      },
    ],
  });
  expect((await warehouse.rerateReport({ rerateId: RERATE, linesMax: 0 })).lines).toEqual([]);
});
