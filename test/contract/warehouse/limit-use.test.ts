// What limits are rebuilt from: held against sums that a test makes of the rows itself.

import { limitApplies, limitedUseOf, quantityOf, type UsageRow } from '@tollgate/domain';
import type { LimitUseQuestion, StoredPlace } from '@tollgate/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouseServer, type TestWarehouse, type WarehouseServer } from './fixture.ts';
import { DAY_MS, HOUR_MS, JULY_MS, pick, positionAt, seeded, storeUsage, usageRow } from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

const ENDLESS = { startMs: 0, endMs: Number.POSITIVE_INFINITY };
const CUSTOMER = { kind: 'customer', id: 'cus_a' } as const;
const TOKENS = { scope: CUSTOMER, modelPattern: null, metric: 'tokens' } as const;
const ALL: ReadonlyMap<number, StoredPlace> = new Map([[0, { epoch: 9, position: 1n << 60n }]]);

async function use(
  { warehouse }: TestWarehouse,
  question: Partial<LimitUseQuestion> = {},
  until: ReadonlyMap<number, StoredPlace> = ALL,
): Promise<readonly bigint[]> {
  const limits = [{ ...TOKENS, windows: [ENDLESS], ...question }];
  const customerId = question.scope?.kind === 'organization' ? null : 'cus_a';
  const [windows] = await warehouse.limitUse({ customerId, currency: 'USD', limits, until });
  return [...(windows?.values() ?? [])];
}

describe('the use of a limit', () => {
  it('is the sum of what its scope, model and metric say, window by window', async () => {
    const test = await server.fresh();
    const random = seeded(7);
    const rows = Array.from({ length: 400 }, (_, n): UsageRow => {
      const tokens = { input: BigInt(n), cache_read: 3n, output: 5n, reasoning: BigInt(n % 7) };
      return usageRow({
        position: positionAt(n),
        customerId: pick(random, ['cus_a', 'cus_a', 'cus_b']),
        keyId: pick(random, ['key_a', 'key_b', null]),
        projectId: pick(random, ['prj_a', null]),
        model: pick(random, ['gpt-4o', 'gpt-4o-mini', 'gpt_4o', 'o3%']),
        currency: pick(random, ['USD', 'EUR']),
        costPico: pick(random, [null, 10n ** 17n + 1n, 7n]),
        timeMs: JULY_MS + Math.floor(random() * 2 * DAY_MS),
        tokens,
      });
    });
    await storeUsage(test.warehouse, rows);
    const windows = [
      { startMs: JULY_MS, endMs: JULY_MS + DAY_MS },
      // Within an hour, as a reset leaves it.
      { startMs: JULY_MS + DAY_MS + 1_234_567, endMs: JULY_MS + 2 * DAY_MS },
      { startMs: JULY_MS + 1, endMs: Number.POSITIVE_INFINITY },
    ];
    const scopes = [
      CUSTOMER,
      { kind: 'key', id: 'key_a' },
      { kind: 'project', id: 'prj_a' },
      { kind: 'organization', id: '' },
    ] as const;
    for (const scope of scopes) {
      const limits = (['requests', 'input_tokens', 'output_tokens', 'tokens', 'cost'] as const).flatMap((metric) =>
        [null, 'gpt-4o', 'gpt-4o*', 'gpt_4o', '*%', '*-*'].map((modelPattern) => ({
          ...{ scope, metric, modelPattern, windows },
        })),
      );
      const customerId = scope.kind === 'organization' ? null : 'cus_a';
      const answers = await test.warehouse.limitUse({ customerId, currency: 'USD', limits, until: ALL });
      const expected = limits.map(({ metric, modelPattern }) => {
        const definition = { id: 'lim', scope, modelPattern, metric, window: 'day', countsFromMs: 0 } as const;
        return new Map(
          windows.map(({ startMs, endMs }) => {
            const counted = rows.filter(
              (row) =>
                (customerId === null || row.customerId === customerId) &&
                row.timeMs >= startMs &&
                row.timeMs < endMs &&
                limitApplies(definition, row),
            );
            return [
              startMs,
              counted.reduce((sum, row) => sum + quantityOf(metric, limitedUseOf(row, 'USD')), 0n),
            ] as const;
          }),
        );
      });
      expect(answers).toEqual(expected);
    }
  });

  it('ends at the place of each partition, also where logs followed each other', async () => {
    const test = await server.fresh();
    const at = (epoch: number, partition: number, n: number, input: bigint): UsageRow =>
      usageRow({
        ...{ epoch, partition, position: positionAt(n), eventId: `${epoch}-${partition}-${n}` },
        tokens: { input },
      });
    const batches = [
      [at(1, 0, 1, 1n), at(1, 0, 9, 2n)],
      [at(1, 1, 5, 4n)],
      [at(2, 0, 1, 8n), at(2, 0, 2, 16n)],
      [at(2, 2, 3, 32n)],
    ];
    for (const rows of batches) await storeUsage(test.warehouse, rows);
    const until = (...places: readonly (readonly [number, number, bigint])[]) =>
      new Map(places.map(([partition, epoch, position]) => [partition, { epoch, position }]));

    expect(await use(test, {}, until([0, 2, positionAt(1)]))).toEqual([11n]);
    expect(await use(test, {}, until([0, 1, positionAt(8)], [1, 1, positionAt(5)]))).toEqual([5n]);
    expect(await use(test, {}, until([2, 2, positionAt(3) - 1n]))).toEqual([0n]);
    expect(await use(test, {}, new Map())).toEqual([0n]);
    const stored = await test.warehouse.storedUntil();
    expect(stored).toEqual(until([0, 2, positionAt(3) - 1n], [1, 1, positionAt(6) - 1n], [2, 2, positionAt(4) - 1n]));
    expect(await use(test, {}, stored)).toEqual([63n]);
  });

  it('has an event once, and a copy that comes later not at all', async () => {
    const test = await server.fresh();
    const row = usageRow({ position: positionAt(1), eventId: 'once' });
    await storeUsage(test.warehouse, [row]);
    await storeUsage(test.warehouse, [row]);
    await storeUsage(test.warehouse, [{ ...row, position: positionAt(2), tokens: { input: 1_000n } }]);
    const other = { ...row, position: positionAt(3), timeMs: row.timeMs + 3 * HOUR_MS };
    await storeUsage(test.warehouse, [other]);
    await test.warehouse.withdrawCopies();
    expect(await use(test)).toEqual([11n]);
    // Up to a place before the copy as well.
    expect(await use(test, {}, new Map([[0, { epoch: 1, position: positionAt(1) }]]))).toEqual([11n]);
  });

  it('of no window is nothing', async () => {
    expect(await use(await server.fresh(), { windows: [] })).toEqual([]);
    expect((await (await server.fresh()).warehouse.storedUntil()).size).toBe(0);
  });
});
