// The tax of an invoice. Which rates a customer has is decided elsewhere; here they are applied: to all lines together, less
// coupons, each rate rounded once, as EN 16931 has it (BR-CO-17).

import { divideHalfUp, type Exact, exact, plus, times } from './exact.ts';
import { fromMinor, toMinor } from './money.ts';
import { hundredths } from './rate-model.ts';

export interface TaxRate {
  readonly id: string;
  /** Such as `VAT`. */
  readonly name: string;
  readonly percent: Exact;
}

export const TAX_TREATMENTS = ['taxed', 'reverse_charge', 'exempt', 'none'] as const;

export type TaxTreatment =
  /** `included`: the lines hold the tax already; `added`: it comes on top. */
  | { readonly kind: 'taxed'; readonly rates: readonly TaxRate[]; readonly prices: 'included' | 'added' }
  /** The customer accounts for the tax, and the invoice has to say so. */
  | { readonly kind: 'reverse_charge'; readonly text: string }
  /** No tax, and why. */
  | { readonly kind: 'exempt'; readonly text: string }
  | { readonly kind: 'none' };

export interface TaxLine {
  readonly rateId: string;
  readonly name: string;
  readonly percent: Exact;
  /** Without the tax itself. */
  readonly baseMinor: bigint;
  readonly amountMinor: bigint;
}

export interface TaxedAmount {
  /** Without tax. */
  readonly netMinor: bigint;
  readonly taxes: readonly TaxLine[];
  /** With tax. */
  readonly totalMinor: bigint;
  readonly treatment: TaxTreatment['kind'];
  /** What the invoice has to say of the tax; null: nothing. */
  readonly text: string | null;
}

/** The words that Directive 2006/112/EC, article 226 (11a), asks for. */
export const REVERSE_CHARGE_TEXT = 'Reverse charge: VAT to be accounted for by the recipient.';

export function applyTax(of: {
  readonly treatment: TaxTreatment;
  readonly amountMinor: bigint;
  readonly currency: string;
}): TaxedAmount {
  const { treatment, amountMinor, currency } = of;
  if (treatment.kind !== 'taxed') {
    const text = treatment.kind === 'none' ? null : treatment.text;
    return { netMinor: amountMinor, taxes: [], totalMinor: amountMinor, treatment: treatment.kind, text };
  }
  return treatment.prices === 'added'
    ? addTax(treatment.rates, amountMinor, currency)
    : takeTaxOut(treatment.rates, amountMinor);
}

function addTax(rates: readonly TaxRate[], netMinor: bigint, currency: string): TaxedAmount {
  const taxes = rates.map(({ id, name, percent }) => ({
    ...{ rateId: id, name, percent, baseMinor: netMinor },
    amountMinor: toMinor(times(fromMinor(netMinor, currency), hundredths(percent)), currency),
  }));
  return { netMinor, taxes, totalMinor: netMinor + sumOf(taxes), treatment: 'taxed', text: null };
}

/** Each rate's part of the whole is rounded; what is left is the net amount, so that both add up to what the lines say. */
function takeTaxOut(rates: readonly TaxRate[], totalMinor: bigint): TaxedAmount {
  const percents = rates.map(({ percent }) => percent).reduce(plus, exact(0n));
  const hundred = plus(exact(100n), percents);
  const amounts = rates.map(({ percent }) => {
    // Both with the same digits, so that they are a fraction of whole numbers.
    const digits = Math.max(percent.digits, hundred.digits);
    const whole = plus(hundred, exact(0n, digits)).value;
    return divideHalfUp(totalMinor * plus(percent, exact(0n, digits)).value, whole);
  });
  const netMinor = totalMinor - amounts.reduce((sum, amount) => sum + amount, 0n);
  const taxes = rates.map(({ id, name, percent }, index) => ({
    ...{ rateId: id, name, percent, baseMinor: netMinor },
    amountMinor: amounts[index] ?? 0n,
  }));
  return { netMinor, taxes, totalMinor, treatment: 'taxed', text: null };
}

function sumOf(taxes: readonly TaxLine[]): bigint {
  return taxes.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
