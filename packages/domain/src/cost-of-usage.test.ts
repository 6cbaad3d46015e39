import { expect, it } from 'vitest';
import { costOfUsage } from './cost-of-usage.ts';
import type { Price, PriceClass } from './price.ts';
import { createPriceBook, type PricedUsage } from './price-book.ts';

function price(priceClass: PriceClass, amountMicros: bigint): Price {
  return {
    ...{ id: `prc_${priceClass}`, customerId: null, provider: 'openai', model: 'gpt-4o', class: priceClass },
    ...{
      serviceTier: 'standard',
      context: null,
      region: null,
      currency: 'USD',
      amountMicros,
      source: null,
      note: null,
    },
    ...{ effectiveFromMs: 0, effectiveToMs: null, knownFromMs: 0, createdAtMs: 0, createdBy: null },
  };
}

function costOf(prices: readonly Price[], of: Partial<PricedUsage>) {
  const book = createPriceBook();
  book.add({ prices, markups: [] });
  const usage = {
    customerId: 'cus_a',
    currency: 'USD',
    provider: 'openai',
    model: 'gpt-4o',
    serviceTier: '',
    region: '',
  };
  return costOfUsage(book, { ...usage, timeMs: 1, receivedAtMs: 1, tokens: {}, requests: 1n, webSearches: 0n, ...of });
}

const LIST = [price('input', 10n), price('cache_read', 4n), price('output', 20n), price('requests', 1n)];

it('adds up by class, and says what the cache saved', () => {
  expect(costOf(LIST, { tokens: { input: 5n, cache_read: 100n, reasoning: 2n } })).toEqual({
    currency: 'USD',
    costPico: 50n + 400n + 40n + 1_000_000n,
    costByClass: { input: 50n, cache_read: 400n, reasoning: 40n, requests: 1_000_000n },
    cacheSavingsPico: 600n,
    priceIds: ['prc_input', 'prc_cache_read', 'prc_output', 'prc_requests'],
    unpricedReason: '',
  });
});

it('saves the full price where there is no plain input, and nothing where plain input has no price', () => {
  expect(costOf(LIST, { tokens: { cache_read: 1n } })).toMatchObject({ cacheSavingsPico: 6n });
  expect(costOf([price('cache_read', 4n)], { tokens: { cache_read: 1n } })).toMatchObject({ cacheSavingsPico: 0n });
});

it('has no part of a cost where a class has no price', () => {
  expect(costOf(LIST, { tokens: { input: 5n, input_audio: 1n } })).toEqual({
    currency: 'USD',
    costPico: null,
    costByClass: {},
    cacheSavingsPico: 0n,
    priceIds: [],
    unpricedReason: 'no_price:input_audio',
  });
});

it('is a cost of zero where nothing is asked', () => {
  expect(costOf([price('input', 0n)], { tokens: { input: 5n } })).toMatchObject({ costPico: 0n, costByClass: {} });
});
