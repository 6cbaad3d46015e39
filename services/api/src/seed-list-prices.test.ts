import { createPriceBook, type PriceBook, priceUsage, type TokenCounts } from '@tollgate/domain';
import { createIdGenerator, systemClock } from '@tollgate/runtime';
import { expect, it } from 'vitest';
import { decideImport, placeOf } from './decide-import.ts';
import { readShipped } from './seed-list-prices.ts';

const shipped = await readShipped({ newId: createIdGenerator(systemClock), nowMs: Date.now() });
const prices = shipped.map((price) => ({ ...price, knownFromMs: 0 }));
const book: PriceBook = createPriceBook();
book.add({ prices, markups: [] });

function costOf(of: {
  readonly provider: string;
  readonly model: string;
  readonly tokens: TokenCounts;
  readonly tier?: string;
  readonly at?: string;
}): bigint | string {
  const { provider, model, tokens, tier = 'standard', at = '2026-11-24T00:00:00Z' } = of;
  const result = priceUsage(book, {
    ...{ customerId: '', currency: 'USD', provider, model, region: '', requests: 1n, webSearches: 0n },
    ...{ serviceTier: tier, tokens, timeMs: Date.parse(at), receivedAtMs: Date.parse('2026-11-24T00:00:00Z') },
  });
  return result.kind === 'priced' ? result.costPico : result.reason;
}

it('every row says where it comes from, and none is about the same as another', () => {
  expect(prices.filter(({ source }) => source === null || !/20\d\d/.test(source))).toEqual([]);
  expect(new Set(prices.map(placeOf)).size).toBe(prices.length);
  expect(prices.every(({ customerId, createdBy }) => customerId === null && createdBy === null)).toBe(true);
});

it.each([
  ['a dated name', { model: 'gpt-4o-2024-08-06', tokens: { input: 12n, output: 3n } }, 60_000_000n],
  ['a dated name with a price of its own', { model: 'gpt-4o-2024-05-13', tokens: { input: 1n } }, 5_000_000n],
  ['a batch', { model: 'gpt-4o', tier: 'batch', tokens: { input: 1n, output: 1n } }, 6_250_000n],
  ['a tier that has no price', { model: 'gpt-4o', tier: 'flex', tokens: { input: 1n } }, 'no_price_for_service_tier'],
  ['priority', { model: 'gpt-5', tier: 'priority', tokens: { output: 1n } }, 20_000_000n],
  ['reasoning as output', { model: 'o3', tokens: { reasoning: 1n } }, 8_000_000n],
  ['an input at the threshold', { model: 'gpt-5.4', tokens: { input: 272_000n } }, 272_000n * 2_500_000n],
  ['an input over it', { model: 'gpt-5.4', tokens: { input: 272_001n } }, 272_001n * 5_000_000n],
  ['before a change', { model: 'gpt-5.6-luna', tokens: { input: 1n }, at: '2026-07-29T23:59:59.999Z' }, 1_000_000n],
  ['from a change on', { model: 'gpt-5.6-luna', tokens: { input: 1n }, at: '2026-07-30T00:00:00Z' }, 200_000n],
  ['an unknown model', { model: 'gpt-9', tokens: { input: 1n } }, 'unknown_model'],
])('the list prices %s', (_name, of, expected) => {
  expect(costOf({ provider: 'openai', ...of })).toBe(expected);
});

it('the list prices cache writes by their life, and long context with what was cached', () => {
  const model = 'claude-sonnet-4-5-20250929';
  const tokens = { input: 1n, cache_write_5m: 1n, cache_write_1h: 1n, cache_read: 1n };
  expect(costOf({ provider: 'anthropic', model, tokens })).toBe(3_000_000n + 3_750_000n + 6_000_000n + 300_000n);
  const long = { input: 1n, cache_read: 200_000n };
  expect(costOf({ provider: 'anthropic', model, tokens: long })).toBe(6_000_000n + 200_000n * 600_000n);
});

it('an import makes what is new, and a version of what differs from the one that stands', () => {
  const [first] = prices;
  if (first === undefined) throw new Error('there are no list prices');
  const { knownFromMs: _, ...wanted } = first;
  expect(decideImport(prices, shipped)).toEqual({ create: [], unchanged: shipped.length });
  expect(decideImport([], [wanted]).create).toEqual([wanted]);
  const dearer = { ...wanted, amountMicros: (wanted.amountMicros ?? 0n) + 1n };
  expect(decideImport(prices, [dearer]).create).toEqual([dearer]);
  const corrected = { ...dearer, id: 'prc_z', knownFromMs: 1 };
  expect(decideImport([...prices, corrected], [wanted]).create).toEqual([wanted]);
  expect(decideImport([corrected, ...prices], [dearer]).create).toEqual([]);
});
