import { describe, expect, it } from 'vitest';
import type { Price, PriceClass } from './price.ts';
import { createPriceBook, priceUsage } from './price-book.ts';
import { TOKEN_CLASSES, type TokenClass } from './token-classes.ts';
import { type WorstUse, worstCost } from './worst-case.ts';

const CONTEXT = {
  ...{ customerId: 'cus_1', currency: 'EUR', provider: 'openai', model: 'm', serviceTier: '', region: '' },
  ...{ timeMs: 10, receivedAtMs: 10 },
};

function price(priceClass: PriceClass, amountMicros: bigint, changes: Partial<Price> = {}): Price {
  return {
    ...{ id: `${priceClass}-${amountMicros}`, customerId: null, provider: 'openai', model: 'm', class: priceClass },
    ...{ serviceTier: 'standard', context: null, region: null, currency: 'EUR', amountMicros, source: null },
    ...{ effectiveFromMs: 0, effectiveToMs: null, knownFromMs: 0, createdAtMs: 0, createdBy: null, note: null },
    ...changes,
  };
}

function costOf(prices: readonly Price[], use: Partial<WorstUse>) {
  const book = createPriceBook();
  book.add({ prices, markups: [] });
  return worstCost(book, {
    ...CONTEXT,
    inputTokens: 0n,
    inputAudioTokens: null,
    outputTokens: 0n,
    webSearches: 0n,
    ...use,
  });
}

describe('the worst case', () => {
  it('takes all input and all output at the dearest class that has a price', () => {
    const prices = [price('input', 3n), price('cache_read', 1n), price('cache_write_1h', 6n), price('output', 15n)];
    const cost = costOf(prices, { inputTokens: 100n, outputTokens: 10n });
    expect(cost).toEqual({ kind: 'priced', costPico: 100n * 6n + 10n * 15n });
  });

  it('covers recordings unless it is known that there are none', () => {
    const prices = [price('input', 3n), price('input_audio', 40n)];
    expect(costOf(prices, { inputTokens: 10n })).toMatchObject({ costPico: 400n });
    expect(costOf(prices, { inputTokens: 10n, inputAudioTokens: 0n })).toMatchObject({ costPico: 30n });
    expect(costOf(prices, { inputTokens: 10n, inputAudioTokens: 4n })).toMatchObject({ costPico: 6n * 3n + 4n * 40n });
  });

  it('adds what a request as such costs, and takes the band that the input reaches', () => {
    const context = { threshold: 200n, isInclusive: false };
    const prices = [price('input', 1n), price('input', 2n, { context }), price('requests', 7n)];
    expect(costOf(prices, { inputTokens: 200n })).toMatchObject({ costPico: 7_000_200n });
    expect(costOf(prices, { inputTokens: 201n })).toMatchObject({ costPico: 7_000_402n });
  });

  it('has the searches that the model may make in it', () => {
    const prices = [price('input', 1n), price('web_searches', 10_000n)];
    expect(costOf(prices, { inputTokens: 5n, webSearches: 3n })).toMatchObject({ costPico: 30_000_000_005n });
    expect(costOf([price('input', 1n)], { webSearches: 1n })).toMatchObject({ missing: ['web_searches'] });
  });

  it('has a name where there is no price, and is nothing where the price is', () => {
    const unpriced = { kind: 'unpriced', reason: 'no_price', missing: ['output'] };
    expect(costOf([price('input', 1n)], { inputTokens: 1n, outputTokens: 1n })).toEqual(unpriced);
    expect(costOf([price('input', 1n)], { inputTokens: 1n })).toEqual({ kind: 'priced', costPico: 1n });
    expect(costOf([], { inputTokens: 1n })).toMatchObject({ reason: 'unknown_model', missing: ['input'] });
    expect(costOf([price('input', 0n)], { inputTokens: 5n })).toEqual({ kind: 'priced', costPico: 0n });
    // A price of the cache alone is none of the input.
    expect(costOf([price('cache_read', 1n)], { inputTokens: 5n })).toMatchObject({ missing: ['input'] });
  });

  it('is never less than what one class of it comes to', () => {
    const prices = TOKEN_CLASSES.map((name, at) => price(name, BigInt((at * 7) % 13)));
    const book = createPriceBook();
    book.add({ prices, markups: [] });
    const isOutput = (name: TokenClass): boolean => name.startsWith('output') || name === 'reasoning';
    for (const name of TOKEN_CLASSES) {
      const [inputTokens, outputTokens] = isOutput(name) ? [0n, 50n] : [50n, 0n];
      const worst = costOf(prices, { inputTokens, outputTokens });
      const real = priceUsage(book, { ...CONTEXT, tokens: { [name]: 50n }, requests: 1n, webSearches: 0n });
      if (worst.kind !== 'priced' || real.kind !== 'priced') throw new Error('not priced');
      expect(worst.costPico >= real.costPico).toBe(true);
    }
  });
});
