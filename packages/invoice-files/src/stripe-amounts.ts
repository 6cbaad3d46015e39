// Amounts as Stripe takes them: whole numbers of units that are not always ISO 4217's
// (https://docs.stripe.com/currencies, "Zero-decimal currencies", "Three-decimal currencies" and "Special cases").

import { type CanonicalInvoice, exact, exactText, roundHalfUp, times } from '@tollgate/domain';
import { exactOf } from './amounts.ts';

export interface StripeUnit {
  /** Digits of the currency that an amount can have. */
  readonly digits: number;
  /** What an amount in those digits is multiplied by: zeros that Stripe wants at the end. */
  readonly factor: bigint;
}

const ZERO_DECIMAL = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
/** Whole amounts, written with two zeros, as they were before. */
const WHOLE_AS_TWO_DECIMAL = ['ISK', 'UGX'];
/** Thousandths, of which the last digit has to be a zero. */
const THREE_DECIMAL = ['BHD', 'JOD', 'KWD', 'OMR', 'TND'];

export function stripeUnitOf(currency: string): StripeUnit {
  if (ZERO_DECIMAL.includes(currency)) return { digits: 0, factor: 1n };
  if (WHOLE_AS_TWO_DECIMAL.includes(currency)) return { digits: 0, factor: 100n };
  return { digits: 2, factor: THREE_DECIMAL.includes(currency) ? 10n : 1n };
}

/** Rounded half-up where the currency has more digits than Stripe takes. */
export function minorUnitsOf(minor: bigint, minorDigits: number, { digits, factor }: StripeUnit): bigint {
  return roundHalfUp(exact(minor, minorDigits), digits) * factor;
}

/** Stripe's `unit_amount_decimal` has 12 digits after the point at most, and its numbers are JSON's. */
const UNIT_DIGITS_MAX = 12;

/** Where a line is one quantity at one price and Stripe comes to the same amount: quantity and price instead of it. */
export function unitAmountOf(of: {
  readonly line: CanonicalInvoice['lines'][number] | null;
  readonly amount: bigint;
  readonly unit: StripeUnit;
}): { readonly quantity: number; readonly unit_amount_decimal: string } | undefined {
  const { line, amount, unit } = of;
  const [step, another] = line?.usage?.steps ?? [];
  if (step === undefined || another !== undefined || exactOf(step.flat_fee).value !== 0n) return undefined;
  // A price model can look at money, or at packages.
  if (step.quantity !== line?.usage?.quantity) return undefined;
  const quantity = Number(step.quantity);
  if (!Number.isSafeInteger(quantity) || quantity < 1) return undefined;
  const unitAmount = times(exactOf(step.unit_price), exact(10n ** BigInt(unit.digits) * unit.factor));
  const text = exactText(unitAmount);
  if ((text.split('.')[1]?.length ?? 0) > UNIT_DIGITS_MAX) return undefined;
  return roundHalfUp(times(exact(BigInt(quantity)), unitAmount), 0) === amount
    ? { quantity, unit_amount_decimal: text }
    : undefined;
}
