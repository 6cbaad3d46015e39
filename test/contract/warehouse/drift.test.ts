import type { UsageRow } from '@tollgate/domain';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWarehouseServer, type WarehouseServer } from './fixture.ts';
import { DAY_MS, JULY_MS, positionAt, storeUsage, usageRow } from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

let made = 0;
/** An event with usage of 100 and 20 tokens, of which 60 cached and 5 reasoning, whose text came to what is named. */
function both(
  textInputTokens: bigint | null,
  textOutputTokens: bigint | null,
  fields: Partial<UsageRow> = {},
): UsageRow {
  return usageRow({
    position: positionAt(++made),
    tokens: { input: 40n, cache_read: 60n, output: 15n, reasoning: 5n },
    provenance: { input: 'reported', cache_read: 'reported', output: 'reported', reasoning: 'reported' },
    reportedUsage: '{}',
    textInputTokens,
    textOutputTokens,
    ...fields,
  });
}

const question = { startMs: JULY_MS, endMs: JULY_MS + DAY_MS, groupBy: ['model'], filters: [], limit: 10 } as const;

it('compares all input, and output without reasoning, where both were told', async () => {
  const { warehouse } = await server.fresh();
  await storeUsage(warehouse, [
    both(100n, 15n),
    both(90n, 15n),
    both(110n, null),
    both(160n, 30n),
    both(5n, 5n, { model: 'o3', customerId: 'cus_b' }),
    // Nothing to compare: no text, text alone, a side that was taken from the text, another day.
    both(null, null),
    both(100n, 15n, { reportedUsage: '', provenance: { input: 'counted', output: 'counted' } }),
    both(null, 7n, { provenance: { input: 'reported', output: 'estimated' } }),
    both(1n, 1n, { timeMs: JULY_MS - 1 }),
  ]);
  const { rows, nextCursor } = await warehouse.drift(question);
  expect(nextCursor).toBeNull();
  expect(rows).toEqual([
    {
      group: { model: 'gpt-4o' },
      events: 4n,
      input: { events: 4n, reportedTokens: 400n, countedTokens: 460n, eventP50: 0.1, eventP95: 0.6, eventMax: 0.6 },
      output: { events: 3n, reportedTokens: 45n, countedTokens: 60n, eventP50: 0, eventP95: 1, eventMax: 1 },
    },
    {
      group: { model: 'o3' },
      events: 1n,
      input: { events: 1n, reportedTokens: 100n, countedTokens: 5n, eventP50: 0.95, eventP95: 0.95, eventMax: 0.95 },
      output: expect.objectContaining({ reportedTokens: 15n, countedTokens: 5n }),
    },
  ]);
});

it('is filtered, grouped and paged as usage is', async () => {
  const { warehouse } = await server.fresh();
  await storeUsage(warehouse, [
    both(100n, null, { customerId: 'cus_b', model: 'o3' }),
    both(100n, null, { metadata: { team: 'x' } }),
    both(100n, null, { metadata: { team: 'y' } }),
  ]);
  const first = await warehouse.drift({ ...question, groupBy: ['metadata.team', 'customer'], limit: 2 });
  expect(first.rows.map(({ group }) => group)).toEqual([
    { 'metadata.team': '', customer: 'cus_b' },
    { 'metadata.team': 'x', customer: 'cus_a' },
  ]);
  expect(first.rows[0]?.output).toBeNull();
  const cursor = first.nextCursor ?? 'none';
  const second = await warehouse.drift({ ...question, groupBy: ['metadata.team', 'customer'], limit: 2, cursor });
  expect(second.rows.map(({ group }) => group)).toEqual([{ 'metadata.team': 'y', customer: 'cus_a' }]);
  await expect(warehouse.drift({ ...question, cursor })).rejects.toMatchObject({ code: 'invalid_request' });
  const filtered = await warehouse.drift({ ...question, filters: [{ field: 'customer', values: ['cus_b'] }] });
  expect(filtered.rows.map(({ group }) => group)).toEqual([{ model: 'o3' }]);
});
