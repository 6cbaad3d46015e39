import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWarehouseServer, type WarehouseServer } from './fixture.ts';
import { HOUR_MS, JULY_MS, positionAt, storeUsage, usageRow } from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

it('events without a cost are grouped by the price that they lack', async () => {
  const { warehouse } = await server.fresh();
  const lacking = { provider: 'acme', model: 'm1', unpricedReason: 'unknown_model' };
  await storeUsage(warehouse, [
    usageRow({ position: positionAt(1), ...lacking }),
    usageRow({ position: positionAt(2), ...lacking, customerId: 'cus_b', timeMs: JULY_MS + HOUR_MS }),
    usageRow({ position: positionAt(3), ...lacking, model: 'm2', unpricedReason: 'no_price', serviceTier: 'batch' }),
    usageRow({ position: positionAt(4), costPico: 0n }),
    usageRow({ position: positionAt(5), ...lacking, timeMs: JULY_MS + 2 * HOUR_MS }),
  ]);
  const period = { startMs: JULY_MS, endMs: JULY_MS + 2 * HOUR_MS, limit: 10 };
  const group = { provider: 'acme', region: '', currency: 'USD', customers: 1n, firstMs: JULY_MS, lastMs: JULY_MS };
  const first = { ...group, model: 'm1', serviceTier: 'standard', reason: 'unknown_model' };
  const second = { ...group, model: 'm2', serviceTier: 'batch', reason: 'no_price', events: 1n, tokens: 11n };
  expect(await warehouse.unpriced(period)).toEqual([
    { ...first, events: 2n, tokens: 22n, customers: 2n, lastMs: JULY_MS + HOUR_MS },
    second,
  ]);
  expect(await warehouse.unpriced({ ...period, customerId: 'cus_a' })).toEqual([
    { ...first, events: 1n, tokens: 11n },
    second,
  ]);
  expect(await warehouse.unpriced({ ...period, limit: 1 })).toHaveLength(1);
});
