import { expect, it } from 'vitest';
import type { Price, PriceClass } from './price.ts';
import { createPriceBook, type PricedUsage } from './price-book.ts';
import { costOfUsage } from './usage-cost.ts';

const AMOUNTS = {
  input: 2_500_000n,
  cache_read: 1_250_000n,
  output: 10_000_000n,
  web_searches: 10_000n,
} satisfies Partial<Record<PriceClass, bigint>>;

const book = createPriceBook();
book.add({
  markups: [],
  prices: Object.entries(AMOUNTS).map(
    ([name, amountMicros]): Price => ({
      id: `prc_${name}`,
      customerId: null,
      provider: 'openai',
      model: 'gpt-4o',
      class: name as PriceClass,
      serviceTier: 'standard',
      context: null,
      region: null,
      currency: 'USD',
      amountMicros,
      source: null,
      note: null,
      effectiveFromMs: 0,
      effectiveToMs: null,
      knownFromMs: 0,
      createdAtMs: 0,
      createdBy: null,
    }),
  ),
});

const usage: PricedUsage = {
  customerId: 'cus_1',
  currency: 'USD',
  provider: 'openai',
  model: 'gpt-4o',
  serviceTier: 'standard',
  region: '',
  timeMs: 1,
  receivedAtMs: 1,
  tokens: { input: 10n, cache_read: 4n, output: 2n, reasoning: 1n },
  requests: 1n,
  webSearches: 1n,
};

it('the cost by class adds up to the cost, and says what the cache saved', () => {
  expect(costOfUsage(book, usage)).toEqual({
    currency: 'USD',
    costPico: 25_000_000n + 5_000_000n + 20_000_000n + 10_000_000n + 10_000_000_000n,
    costByClass: {
      input: 25_000_000n,
      cache_read: 5_000_000n,
      output: 20_000_000n,
      reasoning: 10_000_000n,
      web_searches: 10_000_000_000n,
    },
    cacheSavingsPico: 5_000_000n,
    priceIds: ['prc_input', 'prc_cache_read', 'prc_output', 'prc_web_searches'],
    unpricedReason: '',
  });
});

it('what has no price says why, and for which classes, and costs nothing in part', () => {
  expect(costOfUsage(book, { ...usage, tokens: { input: 1n, input_audio: 1n, output_audio: 1n } })).toEqual({
    currency: 'USD',
    costPico: null,
    costByClass: {},
    cacheSavingsPico: 0n,
    priceIds: [],
    unpricedReason: 'no_price:input_audio,output_audio',
  });
});
