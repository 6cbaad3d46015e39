// The terms of a plan for one period: charges for use, fixed fees, and what the customer has committed to. Where they hold for
// a part of the period only, fees, commitments and allowances are prorated by days; prices, tiers and maxima are not.

import { prorate } from './billing-period.ts';
import type { TimeSpan } from './calendar.ts';
import { AS_PRICED, type Charge, flawOfCharge } from './charge.ts';
import { minorDigitsOf } from './currency.ts';
import { type Exact, exact } from './exact.ts';
import { toMinor } from './money.ts';

/** Lines are found by it, so it holds nothing that parts of a subject are told apart by. */
const ID = /^[A-Za-z0-9_.-]{1,64}$/;

/** Asked whatever is used. */
export interface Fee {
  readonly id: string;
  readonly description: string;
  readonly amountMinor: bigint;
}

/** What the lines of a period come to at least; what is missing is a line of its own. */
export interface Commitment {
  readonly id: string;
  readonly description: string;
  readonly amountMinor: bigint;
  /** The charges and fees that count towards it; null: all. */
  readonly chargeIds: readonly string[] | null;
}

export interface PlanTerms {
  readonly charges: readonly Charge[];
  readonly fees: readonly Fee[];
  readonly commitment: Commitment | null;
}

/** Without a plan: use at the price book's prices, and nothing else. */
export const NO_PLAN: PlanTerms = { charges: [], fees: [], commitment: null };

export function termsFor(of: {
  readonly terms: PlanTerms;
  readonly currency: string;
  /** When the terms hold within the period. */
  readonly span: TimeSpan;
  readonly period: TimeSpan;
  readonly zone: string;
}): PlanTerms {
  const { terms, currency, span, period, zone } = of;
  const partOf = (amount: bigint): bigint => prorate({ amount, span, period, zone });
  const feePart = <Amount extends Fee | Commitment>(whole: Amount): Amount => ({
    ...whole,
    amountMinor: partOf(whole.amountMinor),
  });
  const minimumPart = (minimum: Exact): Exact => exact(partOf(toMinor(minimum, currency)), minorDigitsOf(currency));
  return {
    charges: terms.charges.map((charge) => ({
      ...charge,
      allowance: allowancePart(charge.allowance, partOf),
      minimum: charge.minimum === null ? null : minimumPart(charge.minimum),
    })),
    fees: terms.fees.map(feePart),
    commitment: terms.commitment === null ? null : feePart(terms.commitment),
  };
}

/** In the digits that the allowance is written with: a part of whole tokens is whole tokens. */
function allowancePart({ value, digits }: Exact, partOf: (amount: bigint) => bigint): Exact {
  return exact(partOf(value), digits);
}

/** What is wrong with the terms of a plan, as a sentence; undefined when nothing is. */
export function flawOfTerms({ charges, fees, commitment }: PlanTerms): string | undefined {
  const ids = [...charges, ...fees, ...(commitment === null ? [] : [commitment])].map(({ id }) => id);
  if (new Set(ids).size < ids.length) return 'Two charges, fees or commitments have the same id.';
  if (ids.some((id) => id === AS_PRICED.id || !ID.test(id))) {
    return `An id has letters, digits, \`_\`, \`.\` and \`-\`, 64 at most, and is not \`${AS_PRICED.id}\`.`;
  }
  const amounts = [...fees, ...(commitment === null ? [] : [commitment])].map(({ amountMinor }) => amountMinor);
  if (amounts.some((amount) => amount < 0n)) return 'Fees and commitments are not negative.';
  return charges.map(flawOfCharge).find((flaw) => flaw !== undefined);
}
