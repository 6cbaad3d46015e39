import type { UsageQuery, Warehouse } from '@tollgate/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouseServer, type WarehouseServer } from './fixture.ts';
import { DAY_MS, HOUR_MS, JULY_MS, MINUTE_MS, pick, positionAt, seeded, storeUsage, usageRow } from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

const QUERY: UsageQuery = {
  startMs: JULY_MS,
  endMs: JULY_MS + DAY_MS,
  zone: 'UTC',
  groupBy: [],
  filters: [],
  limit: 1_000,
};

async function storeAt(warehouse: Warehouse, times: readonly string[]): Promise<void> {
  await storeUsage(
    warehouse,
    times.map((time, index) => usageRow({ position: positionAt(index), timeMs: Date.parse(time) })),
  );
}

async function bucketsOf(
  warehouse: Warehouse,
  query: Partial<UsageQuery>,
): Promise<(readonly [string, string, bigint])[]> {
  const { rows } = await warehouse.usage({ ...QUERY, ...query });
  return rows.map(({ startMs, endMs, events }) => {
    return [new Date(startMs).toISOString(), new Date(endMs).toISOString(), events] as const;
  });
}

describe('buckets', () => {
  it('are days of 23 and 25 hours where the clock is moved', async () => {
    const { warehouse } = await server.fresh();
    await storeAt(warehouse, [
      '2026-03-28T22:59:59.999Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T21:59:59.999Z',
      '2026-03-29T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T22:59:59.999Z',
      '2026-10-25T23:00:00.000Z',
    ]);
    const berlin = { bucket: 'day', zone: 'Europe/Berlin' } as const;
    const spring = { startMs: Date.parse('2026-03-27T23:00Z'), endMs: Date.parse('2026-03-30T22:00Z') };
    expect(await bucketsOf(warehouse, { ...berlin, ...spring })).toEqual([
      ['2026-03-27T23:00:00.000Z', '2026-03-28T23:00:00.000Z', 1n],
      ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', 2n],
      ['2026-03-29T22:00:00.000Z', '2026-03-30T22:00:00.000Z', 1n],
    ]);
    const autumn = { startMs: Date.parse('2026-10-24T22:00Z'), endMs: Date.parse('2026-10-26T23:00Z') };
    expect(await bucketsOf(warehouse, { ...berlin, ...autumn })).toEqual([
      ['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', 2n],
      ['2026-10-25T23:00:00.000Z', '2026-10-26T23:00:00.000Z', 1n],
    ]);
  });

  it('follow zones that divide an hour, summed or not', async () => {
    const { warehouse } = await server.fresh();
    await storeAt(warehouse, ['2026-07-01T18:29:59.999Z', '2026-07-01T18:30:00.000Z', '2026-07-01T18:59:00.000Z']);
    const query = { bucket: 'day', zone: 'Asia/Kolkata', endMs: JULY_MS + 2 * DAY_MS } as const;
    const expected = [
      ['2026-07-01T00:00:00.000Z', '2026-07-01T18:30:00.000Z', 1n],
      ['2026-07-01T18:30:00.000Z', '2026-07-02T18:30:00.000Z', 2n],
    ];
    expect(await bucketsOf(warehouse, query)).toEqual(expected);
    await warehouse.rebuildRollups({ hoursMax: 10 });
    expect(await bucketsOf(warehouse, query)).toEqual(expected);
    expect(await bucketsOf(warehouse, { ...query, bucket: 'hour' })).toEqual([
      ['2026-07-01T17:30:00.000Z', '2026-07-01T18:30:00.000Z', 1n],
      ['2026-07-01T18:30:00.000Z', '2026-07-01T19:30:00.000Z', 2n],
    ]);
  });

  it('are months of the calendar, cut to the period', async () => {
    const { warehouse } = await server.fresh();
    await storeAt(warehouse, ['2026-06-30T23:00:00Z', '2026-07-01T03:59:59Z', '2026-07-01T04:00:00Z']);
    const period = { startMs: Date.parse('2026-06-15T00:00Z'), endMs: Date.parse('2026-07-20T00:00Z') };
    expect(await bucketsOf(warehouse, { ...period, bucket: 'month', zone: 'America/New_York' })).toEqual([
      ['2026-06-15T00:00:00.000Z', '2026-07-01T04:00:00.000Z', 2n],
      ['2026-07-01T04:00:00.000Z', '2026-07-20T00:00:00.000Z', 1n],
    ]);
  });

  it('are minutes, for a whole month', async () => {
    const { warehouse } = await server.fresh();
    await storeAt(warehouse, ['2026-07-01T00:00:59.999Z', '2026-07-01T00:01:00Z', '2026-07-31T23:59:30Z']);
    expect(await bucketsOf(warehouse, { bucket: 'minute', endMs: Date.UTC(2026, 7, 1) })).toEqual([
      ['2026-07-01T00:00:00.000Z', '2026-07-01T00:01:00.000Z', 1n],
      ['2026-07-01T00:01:00.000Z', '2026-07-01T00:02:00.000Z', 1n],
      ['2026-07-31T23:59:00.000Z', '2026-08-01T00:00:00.000Z', 1n],
    ]);
  });

  it('refuse a zone that does not exist, and more buckets than a query may have', async () => {
    const { warehouse } = await server.fresh();
    const refusal = { code: 'validation_failed' };
    await expect(warehouse.usage({ ...QUERY, zone: 'Mars/Olympus' })).rejects.toMatchObject(refusal);
    const endless = { ...QUERY, bucket: 'minute', endMs: JULY_MS + 365 * DAY_MS } as const;
    await expect(warehouse.usage(endless)).rejects.toMatchObject(refusal);
  });
});

describe('groups and filters', () => {
  async function storeSome(warehouse: Warehouse): Promise<void> {
    await storeUsage(warehouse, [
      usageRow({
        position: positionAt(1),
        model: 'a',
        tokens: { input: 1n },
        metadata: { feature: "it's" },
        costPico: 5n,
      }),
      usageRow({ position: positionAt(2), model: 'a', tokens: { input: 2n, output: 3n }, projectId: null }),
      usageRow({ position: positionAt(3), model: 'b', tokens: { reasoning: 4n }, customerId: 'cus_b', keyId: null }),
      usageRow({ position: positionAt(4), model: 'b', tokens: {}, requests: 0n, webSearches: 2n, type: 'pages' }),
    ]);
  }

  it.each(['events', 'sums of hours'])('answer from %s', async (source) => {
    const { warehouse } = await server.fresh();
    await storeSome(warehouse);
    if (source === 'sums of hours') await warehouse.rebuildRollups({ hoursMax: 10 });
    const byModel = await warehouse.usage({ ...QUERY, groupBy: ['model', 'project'] });
    expect(byModel.rows.map(({ group, tokens, requests, events }) => ({ group, tokens, requests, events }))).toEqual([
      { group: { model: 'a', project: '' }, tokens: { input: 2n, output: 3n }, requests: 1n, events: 1n },
      { group: { model: 'a', project: 'prj_a' }, tokens: { input: 1n }, requests: 1n, events: 1n },
      { group: { model: 'b', project: 'prj_a' }, tokens: { reasoning: 4n }, requests: 1n, events: 2n },
    ]);
    const filters = [
      { field: 'customer', values: ['cus_a', "'; DROP TABLE usage_rows"] },
      { field: 'type', values: ['llm.chat'] },
    ] as const;
    const filtered = await warehouse.usage({ ...QUERY, filters });
    expect(filtered.rows).toMatchObject([{ events: 2n, costPico: 5n, unpricedEvents: 1n, tokens: { input: 3n } }]);
    const nothing = await warehouse.usage({ ...QUERY, filters: [{ field: 'model', values: [] }] });
    expect(nothing.rows).toEqual([]);
  });

  it('tell token classes apart', async () => {
    const { warehouse } = await server.fresh();
    await storeSome(warehouse);
    const byClass = await warehouse.usage({ ...QUERY, groupBy: ['token_class', 'model'] });
    expect(byClass.rows.map(({ group, tokens }) => [group, tokens])).toEqual([
      [{ token_class: 'input', model: 'a' }, { input: 3n }],
      [{ token_class: 'output', model: 'a' }, { output: 3n }],
      [{ token_class: 'reasoning', model: 'b' }, { reasoning: 4n }],
    ]);
    const filters = [{ field: 'token_class', values: ['output', 'reasoning', 'nonsense'] }] as const;
    const filtered = await warehouse.usage({ ...QUERY, groupBy: ['model'], filters });
    expect(filtered.rows.map(({ group, tokens, events }) => [group, tokens, events])).toEqual([
      [{ model: 'a' }, { output: 3n }, 0n],
      [{ model: 'b' }, { reasoning: 4n }, 0n],
    ]);
  });

  it('take labels by name, whatever the name', async () => {
    const { warehouse } = await server.fresh();
    await storeSome(warehouse);
    const byLabel = await warehouse.usage({ ...QUERY, groupBy: ['metadata.feature', "metadata.'] --"] });
    expect(byLabel.rows.map(({ group, events }) => [group['metadata.feature'], events])).toEqual([
      ['', 3n],
      ["it's", 1n],
    ]);
    const filters = [{ field: 'metadata.feature', values: ["it's"] }] as const;
    expect((await warehouse.usage({ ...QUERY, filters })).rows).toMatchObject([{ events: 1n }]);
  });

  it('sum past 64 bits without wrapping', async () => {
    const { warehouse } = await server.fresh();
    const most = 2n ** 64n - 1n;
    const cost = 2n ** 63n - 1n;
    const rows = [1, 2, 3].map((offset) =>
      usageRow({ position: positionAt(offset), tokens: { input: most }, costPico: cost }),
    );
    await storeUsage(warehouse, rows);
    const expected = [{ tokens: { input: 3n * most }, costPico: 3n * cost }];
    expect((await warehouse.usage(QUERY)).rows).toMatchObject(expected);
    await warehouse.rebuildRollups({ hoursMax: 10 });
    expect((await warehouse.usage(QUERY)).rows).toMatchObject(expected);
  });
});

describe('pages', () => {
  it('are the whole list in the same order, whatever their size', async () => {
    const { warehouse } = await server.fresh();
    const random = seeded(11);
    const rows = Array.from({ length: 300 }, (_, index) =>
      usageRow({
        position: positionAt(index),
        timeMs: JULY_MS + Math.floor(random() * DAY_MS),
        model: pick(random, ['a', 'ä', '', 'b"', '漢字']),
        keyId: pick(random, [null, 'key_1', 'key_2']),
        tokens: { input: 1n, output: BigInt(Math.floor(random() * 2)) },
      }),
    );
    await storeUsage(warehouse, rows);
    for (const groupBy of [['model', 'key'], ['token_class', 'model'], []] as const) {
      const query: UsageQuery = { ...QUERY, bucket: 'hour', groupBy };
      const whole = await warehouse.usage(query);
      expect(whole.nextCursor).toBeNull();
      const paged = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Warehouse['usage']>> = await warehouse.usage({
          ...query,
          limit: 17,
          ...(cursor === null ? {} : { cursor }),
        });
        paged.push(...page.rows);
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(paged).toEqual(whole.rows);
    }
  });

  it('refuse a cursor that is none, or is of another question', async () => {
    const { warehouse } = await server.fresh();
    await storeAt(warehouse, ['2026-07-01T00:00Z', '2026-07-01T05:00Z']);
    const query = { ...QUERY, bucket: 'hour', limit: 1 } as const;
    const { nextCursor } = await warehouse.usage(query);
    if (nextCursor === null) throw new Error('there is a second page');
    expect((await warehouse.usage({ ...query, cursor: nextCursor })).rows).toHaveLength(1);
    const refusal = { code: 'invalid_request' };
    await expect(warehouse.usage({ ...query, zone: 'Asia/Tokyo', cursor: nextCursor })).rejects.toMatchObject(refusal);
    for (const cursor of ['', 'x', 'bnVsbA', Buffer.from('["a",1]').toString('base64url')]) {
      await expect(warehouse.usage({ ...query, cursor })).rejects.toMatchObject(refusal);
    }
  });
});

describe('a period', () => {
  it('is half-open to the millisecond, summed or not', async () => {
    const { warehouse } = await server.fresh();
    const times = [JULY_MS - 1, JULY_MS, JULY_MS + HOUR_MS - 1, JULY_MS + HOUR_MS, JULY_MS + 90 * MINUTE_MS];
    await storeUsage(
      warehouse,
      times.map((timeMs, index) => usageRow({ position: positionAt(index), timeMs })),
    );
    for (const _ of ['events', 'sums']) {
      const whole = await warehouse.usage({ ...QUERY, endMs: JULY_MS + HOUR_MS });
      expect(whole.rows).toMatchObject([{ events: 2n }]);
      const odd = await warehouse.usage({ ...QUERY, startMs: JULY_MS + 1, endMs: JULY_MS + 90 * MINUTE_MS });
      expect(odd.rows).toMatchObject([{ startMs: JULY_MS + 1, endMs: JULY_MS + 90 * MINUTE_MS, events: 2n }]);
      await warehouse.rebuildRollups({ hoursMax: 100 });
    }
    expect((await warehouse.usage({ ...QUERY, endMs: QUERY.startMs })).rows).toEqual([]);
  });
});
