import type { UsageRow } from '@tollgate/domain';
import type { CostBucket, UsageQuery, Warehouse } from '@tollgate/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouseServer, type WarehouseServer } from './fixture.ts';
import { HOUR_MS, JULY_MS, positionAt, storeUsage, usageRow } from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

const PERIOD = { startMs: JULY_MS, endMs: JULY_MS + 3 * HOUR_MS };
const question: UsageQuery = { ...PERIOD, zone: 'UTC', groupBy: [], filters: [], limit: 10 };

let made = 0;
function row(fields: Partial<UsageRow>): UsageRow {
  return usageRow({ position: positionAt(++made), ...fields });
}

const usd = (fields: Partial<UsageRow> = {}): UsageRow =>
  row({ costPico: 30n, costByClass: { input: 10n, output: 20n }, cacheSavingsPico: 4n, ...fields });

const ROWS = [
  usd(),
  usd({ model: 'o3', timeMs: JULY_MS + HOUR_MS, costPico: 5n, costByClass: { requests: 5n } }),
  usd({ currency: 'EUR', costPico: 7n, costByClass: { input: 7n }, cacheSavingsPico: -1n }),
  row({ unpricedReason: 'unknown_model' }),
  row({ currency: '', timeMs: JULY_MS + 2 * HOUR_MS }),
];

/** What a question answers from events, which it must answer from sums of hours, too. */
async function ask(warehouse: Warehouse, asked: Partial<UsageQuery>): Promise<readonly CostBucket[]> {
  const fromEvents = await warehouse.costs({ ...question, ...asked });
  return fromEvents.rows;
}

const QUESTIONS: readonly (readonly [string, Partial<UsageQuery>, readonly unknown[]])[] = [
  [
    'by currency whatever is asked',
    {},
    [
      {
        group: {},
        currency: null,
        costPico: 0n,
        costByClass: {},
        cacheSavingsPico: 0n,
        events: 1n,
        unpricedEvents: 1n,
      },
      { group: {}, currency: 'EUR', costPico: 7n, costByClass: { input: 7n }, cacheSavingsPico: -1n, events: 1n },
      {
        ...{ group: {}, currency: 'USD', costPico: 35n, cacheSavingsPico: 8n, events: 3n, unpricedEvents: 1n },
        costByClass: { input: 10n, output: 20n, requests: 5n },
      },
    ],
  ],
  [
    'by model',
    { groupBy: ['model'], filters: [{ field: 'currency', values: ['USD'] }] },
    [
      { group: { model: 'gpt-4o' }, currency: 'USD', costPico: 30n, events: 2n },
      { group: { model: 'o3' }, currency: 'USD', costPico: 5n, costByClass: { requests: 5n } },
    ],
  ],
  [
    'by class',
    { groupBy: ['token_class', 'currency'] },
    [
      { group: { token_class: 'input', currency: 'EUR' }, currency: 'EUR', costPico: 7n, costByClass: { input: 7n } },
      { group: { token_class: 'input', currency: 'USD' }, currency: 'USD', costPico: 10n },
      { group: { token_class: 'output', currency: 'USD' }, costPico: 20n },
      { group: { token_class: 'requests', currency: 'USD' }, costPico: 5n, costByClass: { requests: 5n } },
    ],
  ],
  [
    'of some classes',
    { filters: [{ field: 'token_class', values: ['output', 'requests'] }] },
    [{ currency: 'USD', costPico: 25n, costByClass: { output: 20n, requests: 5n }, events: 0n }],
  ],
  [
    'by hour',
    { bucket: 'hour', filters: [{ field: 'currency', values: ['USD'] }] },
    [
      { startMs: JULY_MS, costPico: 30n },
      { startMs: JULY_MS + HOUR_MS, costPico: 5n },
    ],
  ],
];

describe('costs', () => {
  it('are the same from events and from sums of hours', async () => {
    const { warehouse, sql } = await server.fresh();
    await storeUsage(warehouse, ROWS);
    for (const [, asked, rows] of QUESTIONS) expect(await ask(warehouse, asked)).toMatchObject(rows);
    await warehouse.rebuildRollups({ hoursMax: 100 });
    await sql('TRUNCATE TABLE usage_rows');
    for (const [, asked, rows] of QUESTIONS) expect(await ask(warehouse, asked)).toMatchObject(rows);
  });

  it('come in pages', async () => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, ROWS);
    for (const [, asked] of QUESTIONS) {
      const rows: CostBucket[] = [];
      let cursor: string | null = null;
      do {
        const given: { cursor?: string } = cursor === null ? {} : { cursor };
        const page = await warehouse.costs({ ...question, ...asked, limit: 1, ...given });
        rows.push(...page.rows);
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(rows).toEqual(await ask(warehouse, asked));
    }
  });

  it('sum past 64 bits without wrapping', async () => {
    const { warehouse } = await server.fresh();
    const most = 2n ** 63n - 1n;
    const fields = { costPico: most, costByClass: { output: most }, cacheSavingsPico: most };
    await storeUsage(warehouse, [usd(fields), usd(fields), usd(fields)]);
    const sums = { costPico: 3n * most, costByClass: { output: 3n * most }, cacheSavingsPico: 3n * most };
    expect(await ask(warehouse, {})).toMatchObject([sums]);
    await warehouse.rebuildRollups({ hoursMax: 100 });
    expect(await ask(warehouse, {})).toMatchObject([sums]);
  });
});

describe("usage's cost", () => {
  it('is there for one currency, and never a sum over several', async () => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, ROWS);
    const look = async () => {
      const all = await warehouse.usage(question);
      const each = await warehouse.usage({ ...question, groupBy: ['currency'] });
      expect(all.rows).toMatchObject([{ costPico: null, currency: null, events: 5n }]);
      expect(each.rows).toMatchObject([
        { group: { currency: '' }, costPico: 0n, currency: null },
        { group: { currency: 'EUR' }, costPico: 7n, currency: 'EUR' },
        { group: { currency: 'USD' }, costPico: 35n, currency: 'USD' },
      ]);
    };
    await look();
    await warehouse.rebuildRollups({ hoursMax: 100 });
    await look();
  });
});
