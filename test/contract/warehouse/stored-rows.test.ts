import { COST_CLASSES, PROVENANCES, TOKEN_CLASSES, type UsageRow } from '@tollgate/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouseServer, type WarehouseServer } from './fixture.ts';
import { batchOf, JULY_MS, pick, positionAt, receiptFor, seeded, storeUsage, usageRow } from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

const TEXTS = [
  '',
  'plain',
  'it\'s \\ "quoted"\n\t\0',
  'grüße',
  '漢字かな',
  '🧮🪙',
  'x'.repeat(127),
  'y'.repeat(128),
  'é'.repeat(20_000),
];
const UINT64S = [0n, 1n, 127n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n];
const INT64S = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)];

function randomRow(random: () => number, index: number): UsageRow {
  const text = (): string => pick(random, TEXTS);
  const id = (): string => pick(random, ['prj_1', 'prj_漢', 'p'.repeat(256)]);
  const classes = TOKEN_CLASSES.filter(() => random() < 0.4);
  return usageRow({
    epoch: pick(random, [0, 1, 2 ** 32 - 1]),
    partition: pick(random, [0, 7, 2 ** 32 - 1]),
    position: pick(random, [0n, 2n ** 63n - 1n - BigInt(index), positionAt(index)]),
    customerId: `cus_${pick(random, ['a', 'ö', 'z'.repeat(300)])}`,
    projectId: random() < 0.3 ? null : id(),
    keyId: random() < 0.3 ? null : id(),
    eventId: `${index}${text().slice(0, 250)}`,
    timeMs: pick(random, [0, JULY_MS + 123, 4_294_967_295_000 - 1]),
    receivedAtMs: pick(random, [0, JULY_MS + 1]),
    contentHash: pick(random, UINT64S),
    type: text(),
    provider: text(),
    model: text(),
    serviceTier: text(),
    status: text(),
    isStream: random() < 0.5,
    latencyMs: pick(random, [null, 0, 0.1, 812, Number.MAX_VALUE]),
    tokens: Object.fromEntries(classes.map((name) => [name, pick(random, UINT64S.slice(1))])),
    provenance: Object.fromEntries(classes.map((name) => [name, pick(random, PROVENANCES)])),
    requests: pick(random, UINT64S),
    webSearches: pick(random, UINT64S),
    rule: text(),
    textInputTokens: pick(random, [null, ...UINT64S]),
    textOutputTokens: pick(random, [null, ...UINT64S]),
    region: text(),
    currency: pick(random, ['', 'USD']),
    costPico: pick(random, [null, ...INT64S]),
    costByClass: Object.fromEntries(
      COST_CLASSES.filter(() => random() < 0.2).map((name) => [name, pick(random, INT64S.slice(1))]),
    ),
    cacheSavingsPico: pick(random, INT64S),
    priceIds: TEXTS.filter(() => random() < 0.2),
    unpricedReason: text(),
    flags: TEXTS.filter(() => random() < 0.2),
    reservation: text(),
    metadata: Object.fromEntries(TEXTS.filter(() => random() < 0.2).map((name) => [name, text()])),
    reportedUsage: text(),
    data: text(),
  });
}

describe('what is stored', () => {
  it.each([1, 2, 3])('comes back as it was (seed %i)', async (seed) => {
    const { warehouse } = await server.fresh();
    const random = seeded(seed);
    const rows = Array.from({ length: 150 }, (_, index) => randomRow(random, index));
    await storeUsage(warehouse, rows);
    for (const row of rows.slice(0, 40)) {
      const [view] = await warehouse.event(row.customerId, row.eventId);
      expect(view).toEqual({ receipt: receiptFor(row), state: 'counted', usage: row });
    }
  });

  it('is whole in batches of many blocks', async () => {
    const { warehouse, sql } = await server.fresh();
    const rows = Array.from({ length: 5_000 }, (_, index) =>
      usageRow({
        position: positionAt(index),
        tokens: { input: BigInt(index) },
        metadata: index % 3 === 0 ? {} : { a: 'é' },
      }),
    );
    await storeUsage(warehouse, rows);
    expect(await sql("SELECT count(), sum(input), countIf(metadata['a'] = 'é') FROM usage_rows FINAL")).toBe(
      `5000\t${(5_000 * 4_999) / 2}\t3333`,
    );
  });

  it.each<[string, Partial<UsageRow>]>([
    ['a count below 0', { tokens: { input: -1n } }],
    ['a count of more than 64 bits', { requests: 2n ** 64n }],
    ['a cost of more than 64 bits', { costPico: 2n ** 63n }],
    ['a cost of a class of more than 64 bits', { costByClass: { input: 2n ** 63n } }],
    ['a time before 1970', { timeMs: -1 }],
    ['a time after 2106', { timeMs: 2 ** 32 * 1000 }],
    ['a position below 0', { position: -1n }],
    ['a position of more than 63 bits', { position: 2n ** 63n }],
  ])('is never %s: the batch is refused whole', async (_, fields) => {
    const { warehouse, sql } = await server.fresh();
    const good = usageRow({ position: positionAt(1) });
    const bad = { ...usageRow({ position: positionAt(2) }), ...fields };
    await expect(warehouse.store(batchOf([receiptFor(good)], [good, bad]))).rejects.toThrow(RangeError);
    expect(await sql('SELECT count() FROM usage_rows')).toBe('0');
    expect(await sql('SELECT count() FROM receipts')).toBe('0');
  });
});
