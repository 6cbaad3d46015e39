// The cost of a usage as its row has it: by class, with what caching saved, or the reason why there is none. Written by
// the counter, and again when a usage is rated anew: one function, so that both come to the same.

import type { CostByClass, CostClass } from './cost-classes.ts';
import type { PriceClass } from './price.ts';
import { type PriceBook, type PricedLine, type PricedUsage, priceUsage, totalInputOf } from './price-book.ts';
import type { Rate } from './price-choice.ts';
import type { TokenClass } from './token-classes.ts';
import type { UsageRow } from './usage.ts';

export type RowCost = Pick<
  UsageRow,
  'currency' | 'costPico' | 'costByClass' | 'cacheSavingsPico' | 'priceIds' | 'unpricedReason'
>;

/** What a class of cached tokens would have been otherwise. */
const UNCACHED = [
  ['cache_read', 'input'],
  ['cache_read_audio', 'input_audio'],
] as const satisfies readonly (readonly [TokenClass, TokenClass])[];

export function costOfUsage(book: PriceBook, usage: PricedUsage): RowCost {
  const { currency } = usage;
  const result = priceUsage(book, usage);
  if (result.kind === 'unpriced') {
    return {
      currency,
      costPico: null,
      costByClass: {},
      cacheSavingsPico: 0n,
      priceIds: [],
      // Both are what somebody has to know to write the price that is missing.
      unpricedReason: `${result.reason}:${result.missing.join(',')}`,
    };
  }
  return {
    currency,
    costPico: result.costPico,
    costByClass: costByClassOf(result.lines),
    cacheSavingsPico: cacheSavingsOf(book, usage),
    priceIds: result.priceIds,
    unpricedReason: '',
  };
}

function costByClassOf(lines: readonly PricedLine[]): CostByClass {
  const costs: Partial<Record<CostClass, bigint>> = {};
  for (const { rate, costPico } of lines) {
    const costClass = costClassOf(rate.class);
    if (costPico !== 0n) costs[costClass] = (costs[costClass] ?? 0n) + costPico;
  }
  return costs;
}

function costClassOf(priceClass: PriceClass): CostClass {
  return isMeter(priceClass) ? 'meter' : priceClass;
}

function isMeter(priceClass: PriceClass): priceClass is `meter:${string}` {
  return priceClass.startsWith('meter:');
}

/** Tokens × (price of plain input − price of the cache). Where either has no price nothing is known to be saved. */
function cacheSavingsOf(book: PriceBook, usage: PricedUsage): bigint {
  const { tokens } = usage;
  if (!UNCACHED.some(([cached]) => (tokens[cached] ?? 0n) > 0n)) return 0n;
  const rates = book.ratesFor(usage, totalInputOf(tokens));
  return UNCACHED.reduce((sum, [cached, plain]) => sum + (tokens[cached] ?? 0n) * savedBy(rates, cached, plain), 0n);
}

function savedBy(rates: ReadonlyMap<PriceClass, Rate>, cached: TokenClass, plain: TokenClass): bigint {
  const [cachedRate, plainRate] = [rates.get(cached), rates.get(plain)];
  return cachedRate === undefined || plainRate === undefined ? 0n : plainRate.amountMicros - cachedRate.amountMicros;
}
