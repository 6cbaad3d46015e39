// What a usage row says about its cost: the result of pricing in the form that is stored, the same when an event is counted
// and when it is rated again.

import type { CostByClass, CostClass } from './cost-classes.ts';
import type { PriceClass } from './price.ts';
import { type PriceBook, type PricedLine, type PricedUsage, priceUsage, totalInputOf } from './price-book.ts';
import type { UsageRow } from './usage.ts';

export type UsageCost = Pick<
  UsageRow,
  'currency' | 'costPico' | 'costByClass' | 'cacheSavingsPico' | 'priceIds' | 'unpricedReason'
>;

export function costOfUsage(book: PriceBook, usage: PricedUsage): UsageCost {
  const result = priceUsage(book, usage);
  const { currency } = usage;
  if (result.kind === 'unpriced') {
    const unpricedReason = `${result.reason}:${result.missing.join(',')}`;
    return { currency, costPico: null, costByClass: {}, cacheSavingsPico: 0n, priceIds: [], unpricedReason };
  }
  const { costPico, lines, priceIds } = result;
  const cacheSavingsPico = savingsOf(book, usage, lines);
  return { currency, costPico, costByClass: byClass(lines), cacheSavingsPico, priceIds, unpricedReason: '' };
}

function byClass(lines: readonly PricedLine[]): CostByClass {
  const costs: Partial<Record<CostClass, bigint>> = {};
  for (const { rate, costPico } of lines) costs[costClassOf(rate.class)] = costPico;
  return costs;
}

function costClassOf(priceClass: PriceClass): CostClass {
  return isMeter(priceClass) ? 'meter' : priceClass;
}

function isMeter(priceClass: PriceClass): priceClass is `meter:${string}` {
  return priceClass.startsWith('meter:');
}

const UNCACHED: Readonly<Partial<Record<PriceClass, PriceClass>>> = {
  cache_read: 'input',
  cache_read_audio: 'input_audio',
};

/** Against the price of the same tokens uncached, in a request of the same size; nothing where there is no such price. */
function savingsOf(book: PriceBook, usage: PricedUsage, lines: readonly PricedLine[]): bigint {
  let savings = 0n;
  for (const { rate, quantity, costPico } of lines) {
    const uncached = UNCACHED[rate.class];
    if (uncached === undefined) continue;
    const full = book.ratesFor(usage, totalInputOf(usage.tokens)).get(uncached);
    if (full !== undefined) savings += quantity * full.amountMicros - costPico;
  }
  return savings;
}
