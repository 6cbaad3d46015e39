// The decimal text of the canonical JSON as numbers to divide among rows: whole minor units, and decimals of any length.

import { type CanonicalInvoice, divideHalfUp, type Exact, exact } from '@tollgate/domain';
import { describeLine, projectNames } from './names.ts';

type CanonicalLine = CanonicalInvoice['lines'][number];

/** Money has all digits of its minor unit: `"12.30"` is `1230n`. */
export function minorOf(money: string): bigint {
  return BigInt(money.replace('.', ''));
}

export function isZero(decimal: string): boolean {
  return !/[1-9]/.test(decimal);
}

export function exactOf(decimal: string): Exact {
  const [whole = '', fraction = ''] = decimal.split('.');
  return exact(BigInt(whole + fraction), fraction.length);
}

/**
 * Parts of `total` in proportion to weights of either sign, that add up to it: what has accrued by the end of each part less
 * what had by its start, each rounded half-up.
 */
export function spread(total: bigint, weights: readonly bigint[]): readonly bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) return weights.map((_, index) => (index === 0 ? total : 0n));
  const accruedBy = (weight: bigint): bigint =>
    whole < 0n ? divideHalfUp(-total * weight, -whole) : divideHalfUp(total * weight, whole);
  let reached = 0n;
  return weights.map((weight) => {
    const before = accruedBy(reached);
    reached += weight;
    return accruedBy(reached) - before;
  });
}

/** What an invoice asks for: a line, or a coupon, which asks for less than nothing. */
export interface Item {
  /** Null for a coupon. */
  readonly line: CanonicalLine | null;
  readonly description: string;
  /** Without tax, also where prices include it. */
  readonly netMinor: bigint;
  /** All taxes of the invoice, in the item's part. */
  readonly taxMinor: bigint;
}

/** Net amounts add up to the invoice's net, taxes to its taxes. */
export function itemsOf(invoice: CanonicalInvoice): readonly Item[] {
  const { lines, coupons, taxes, totals } = invoice;
  const nameOf = projectNames(invoice);
  const items = [
    ...lines.map((line) => ({ line, description: describeLine(line, nameOf), grossMinor: minorOf(line.amount) })),
    ...coupons.map(({ description, amount }) => ({ line: null, description, grossMinor: -minorOf(amount) })),
  ];
  const gross = items.map(({ grossMinor }) => grossMinor);
  const included = gross.reduce((sum, amount) => sum + amount, 0n) - minorOf(totals.net);
  const includedParts = spread(included, gross);
  const net = gross.map((amount, index) => amount - (includedParts[index] ?? 0n));
  const taxParts = spread(sumOfMoney(taxes), net);
  return items.map(({ line, description }, index) => ({
    ...{ line, description, netMinor: net[index] ?? 0n, taxMinor: taxParts[index] ?? 0n },
  }));
}

export function sumOfMoney(parts: readonly { readonly amount: string }[]): bigint {
  return parts.reduce((sum, { amount }) => sum + minorOf(amount), 0n);
}
