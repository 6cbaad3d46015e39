import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createClickHouseWarehouse } from '@tollgate/warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startWarehouseServer, type TestWarehouse, type WarehouseServer } from './fixture.ts';
import { batchOf, HOUR_MS, JULY_MS, positionAt, receiptFor, storeUsage, total, usageRow } from './rows.ts';

const SCHEMA = fileURLToPath(new URL('../../../packages/warehouse/schema/', import.meta.url));
/** The last step before versions had room for revisions. */
const STEPS_BEFORE = 5;

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

async function applyOldSteps({ sql }: TestWarehouse): Promise<void> {
  await sql(`CREATE TABLE schema_migrations (version UInt32, file String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
    ENGINE = ReplacingMergeTree ORDER BY version`);
  for (const file of (await readdir(SCHEMA)).sort().slice(0, STEPS_BEFORE)) {
    for (const statement of (await readFile(SCHEMA + file, 'utf8')).split(/;\s*(?:\n|$)/)) {
      if (statement.trim() !== '') await sql(statement);
    }
    await sql(`INSERT INTO schema_migrations (version, file) VALUES (${Number(file.slice(0, 4))}, '${file}')`);
  }
}

const EVENTS = 1_000;

/** Events of two hours; the first is voided, the second has a copy in another hour, which is withdrawn. */
async function fillOldTables({ sql }: TestWarehouse): Promise<void> {
  const columns = 'customer_id, event_id, ver, is_deleted, time, received_at, input, cost_pico, currency';
  const start = JULY_MS / 1_000;
  await sql(`INSERT INTO usage_events (${columns})
    SELECT 'cus_a', concat('evt_', toString(number)), bitNot(bitShiftLeft(toUInt128(1), 64) + number * 4096) - 1, 0,
      toDateTime64(${start} + number * 7, 3, 'UTC'), toDateTime64(${start}, 3, 'UTC'), number, number, 'USD'
    FROM numbers(${EVENTS})`);
  await sql(`INSERT INTO usage_events (${columns})
    SELECT 'cus_a', 'evt_0', bitNot(toUInt128(0)), 1, toDateTime64(${start}, 3, 'UTC'), 0, 0, NULL, ''`);
  await sql(`INSERT INTO hour_changes (customer_id, hour)
    SELECT DISTINCT 'cus_a', toStartOfHour(time) FROM usage_events`);
  const hour = `toDateTime64(${start} + 5 * 3600, 3, 'UTC')`;
  await sql(`INSERT INTO usage_events (${columns})
    SELECT 'cus_a', 'evt_1', bitNot(bitShiftLeft(toUInt128(1), 64) + 4096000) - 1, 0, ${hour}, ${hour}, 9, NULL, ''`);
  await sql(`INSERT INTO usage_events (${columns})
    SELECT 'cus_a', 'evt_1', bitNot(bitShiftLeft(toUInt128(1), 64) + 4096) - 1, 1, ${hour}, 0, 0, NULL, ''`);
}

const COUNTED = (EVENTS * (EVENTS - 1)) / 2;

it('moves what was stored into the layout with revisions, in several processes at once', async () => {
  const test = await server.empty();
  await applyOldSteps(test);
  await fillOldTables(test);
  const others = [1, 2].map(() => createClickHouseWarehouse({ url: test.url, unsafeSettledAfterSeconds: 0 }));
  const { warehouse, sql } = test;
  // An older process is in the middle of an insert.
  const inserting = sql(`INSERT INTO usage_events (customer_id, event_id, ver, time, input)
    SELECT 'cus_a', 'evt_slow', bitNot(bitShiftLeft(toUInt128(1), 64) + 4095) - 1,
      toDateTime64(${JULY_MS / 1_000} + sleepEachRow(1.5), 3, 'UTC'), 0
    FROM numbers(1)`);
  await eventually(
    async () => {
      expect(await sql("SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow(1.5)%'")).toBe('2');
    },
    { timeoutMs: 10_000 },
  );
  await Promise.all([warehouse, ...others].map((process) => process.migrate()));
  await inserting;
  for (const other of others) await other.close();
  expect(await sql("SELECT count() FROM usage_rows FINAL WHERE event_id = 'evt_slow'")).toBe('1');
  await sql("DELETE FROM usage_rows WHERE event_id = 'evt_slow'");
  expect(await total(warehouse)).toMatchObject({ events: BigInt(EVENTS - 1), tokens: { input: BigInt(COUNTED) } });
  expect(await sql('SELECT sum(cost_pico), any(currency) FROM usage_rows FINAL')).toBe(`${COUNTED}\tUSD`);
  expect(await sql('EXISTS TABLE usage_events')).toBe('0');

  // What is stored afterwards meets the rows that were moved: the same place, a later copy, a withdrawn one, a voided one.
  const row = usageRow({ position: positionAt(5), eventId: 'evt_5', timeMs: JULY_MS + 35_000, tokens: { input: 5n } });
  await warehouse.store(batchOf([], [row, { ...row, position: positionAt(2_000), tokens: { input: 77n } }]));
  const copy = usageRow({ position: positionAt(1_000), eventId: 'evt_1', timeMs: JULY_MS + 5 * HOUR_MS });
  await warehouse.store(batchOf([], [copy]));
  await warehouse.store(batchOf([], [usageRow({ position: positionAt(0), eventId: 'evt_0' })]));
  expect(await total(warehouse)).toMatchObject({ events: BigInt(EVENTS - 1), tokens: { input: BigInt(COUNTED) } });
  const earlier = { ...row, epoch: 0, tokens: { input: 6n } };
  await warehouse.store(batchOf([receiptFor(earlier)], [earlier]));
  expect(await total(warehouse)).toMatchObject({ tokens: { input: BigInt(COUNTED + 1) } });
});

it('makes a new database in several processes at once', async () => {
  const test = await server.empty();
  const others = [1, 2, 3].map(() => createClickHouseWarehouse({ url: test.url }));
  await Promise.all([test.warehouse, ...others].map((warehouse) => warehouse.migrate()));
  for (const other of others) await other.close();
  await storeUsage(test.warehouse, [usageRow({ position: positionAt(1) })]);
  expect(await total(test.warehouse)).toMatchObject({ events: 1n });
});

it('refuses the inserts of an older release from then on', async () => {
  const { sql } = await server.fresh();
  await expect(sql("INSERT INTO usage_events (customer_id, ver) VALUES ('cus_a', 1)")).rejects.toThrow(/UNKNOWN_TABLE/);
});
