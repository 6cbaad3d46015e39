// From lines to what is owed. The order of calculation goes on from `charge.ts`, in minor units of the currency:
//
//   9. coupons        off the sum of the lines
//  10. tax            on what is left
//  11. credit notes   that were not used up yet
//  12. credit grants  prepaid and promotional
//
// An invoice that comes to less than nothing, since more was adjusted than used, is due with nothing, and what is over is
// carried to the next one as a credit note.

import { apportion } from './apportion.ts';
import { type AppliedCoupon, applyCoupons, type Coupon } from './coupon.ts';
import { type AppliedCredit, applyCredits, type CreditGrant, type PayableLine } from './credit.ts';
import { type InvoiceLine, sumOfLines } from './invoice-line.ts';
import { applyTax, type TaxedAmount, type TaxTreatment } from './tax.ts';

/** A credit note of which something is left. */
export interface OpenCreditNote {
  readonly id: string;
  readonly leftMinor: bigint;
}

export interface InvoiceToCalculate {
  /** ISO 4217. */
  readonly currency: string;
  readonly lines: readonly InvoiceLine[];
  readonly coupons: readonly Coupon[];
  readonly tax: TaxTreatment;
  /** In the order in which they are used: the oldest first. */
  readonly creditNotes: readonly OpenCreditNote[];
  readonly grants: readonly CreditGrant[];
  /** Of the grants, by id. */
  readonly balances: ReadonlyMap<string, bigint>;
  /** The end of the period: grants in force then are drawn on. */
  readonly atMs: number;
}

export interface InvoiceFigures extends TaxedAmount {
  readonly currency: string;
  readonly lines: readonly InvoiceLine[];
  /** The lines together. */
  readonly subtotalMinor: bigint;
  readonly coupons: readonly AppliedCoupon[];
  readonly creditNotes: readonly { readonly creditNoteId: string; readonly amountMinor: bigint }[];
  readonly credits: readonly AppliedCredit[];
  /** Never negative. */
  readonly dueMinor: bigint;
  /** What goes to the next invoice: positive where the total is not. */
  readonly carriedMinor: bigint;
}

export function calculateInvoice(given: InvoiceToCalculate): InvoiceFigures {
  const { currency, lines, tax: treatment } = given;
  const subtotalMinor = sumOfLines(lines);
  const coupons = applyCoupons({ coupons: given.coupons, subtotalMinor, currency });
  const taxed = applyTax({ treatment, amountMinor: subtotalMinor - sumOfAmounts(coupons), currency });
  const creditNotes = useCreditNotes(given.creditNotes, taxed.totalMinor);
  const openMinor = taxed.totalMinor - sumOfAmounts(creditNotes);
  const credits = applyCredits({ ...given, lines: payableLines(lines, openMinor) });
  const dueMinor = openMinor - sumOfAmounts(credits);
  return {
    ...{ currency, lines, subtotalMinor, coupons, ...taxed, creditNotes, credits },
    dueMinor: dueMinor > 0n ? dueMinor : 0n,
    carriedMinor: dueMinor < 0n ? -dueMinor : 0n,
  };
}

function useCreditNotes(notes: readonly OpenCreditNote[], totalMinor: bigint): InvoiceFigures['creditNotes'] {
  let open = totalMinor > 0n ? totalMinor : 0n;
  return notes.flatMap(({ id, leftMinor }) => {
    const amountMinor = leftMinor < open ? leftMinor : open;
    open -= amountMinor;
    return amountMinor <= 0n ? [] : [{ creditNoteId: id, amountMinor }];
  });
}

/** What is open, tax and coupons and all, by the lines that it is open for: a grant may be for some of them only. */
function payableLines(lines: readonly InvoiceLine[], openMinor: bigint): readonly PayableLine[] {
  const owed = lines.filter(({ amountMinor }) => amountMinor > 0n);
  const shares = apportion(
    openMinor > 0n ? openMinor : 0n,
    owed.map(({ amountMinor }) => amountMinor),
  );
  return owed.map((line, index) => ({ line, payableMinor: shares[index] ?? 0n }));
}

function sumOfAmounts(parts: readonly { readonly amountMinor: bigint }[]): bigint {
  return parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
