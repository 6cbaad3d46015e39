// A credit note takes back a finalized invoice or a part of it: lines, and with them their part of coupons and tax. Notes for
// all of an invoice, however it is divided among them, come to exactly what the invoice came to.

import type { AppliedCoupon } from './coupon.ts';
import { divideHalfUp } from './exact.ts';
import type { InvoiceFigures } from './invoice.ts';
import { type InvoiceLine, sumOfLines } from './invoice-line.ts';
import type { TaxLine } from './tax.ts';

export interface CreditedLine {
  readonly lineId: string;
  /** Of the sign of the line's own amount. */
  readonly amountMinor: bigint;
}

/** All amounts are positive where the invoice's are: what is taken back. */
export interface CreditNoteFigures {
  readonly lines: readonly CreditedLine[];
  readonly subtotalMinor: bigint;
  readonly coupons: readonly AppliedCoupon[];
  readonly netMinor: bigint;
  readonly taxes: readonly TaxLine[];
  readonly totalMinor: bigint;
}

/** As much of an invoice as its credit notes are reckoned by. */
export interface CreditableInvoice extends Pick<InvoiceFigures, 'subtotalMinor' | 'coupons' | 'taxes' | 'totalMinor'> {
  readonly lines: readonly Pick<InvoiceLine, 'id' | 'amountMinor'>[];
}

export type CreditNoteResult =
  | { readonly kind: 'credited'; readonly figures: CreditNoteFigures }
  /** No such line, or more than is left of it. */
  | { readonly kind: 'refused'; readonly lineId: string; readonly leftMinor: bigint };

export function creditInvoice(of: {
  readonly invoice: CreditableInvoice;
  readonly lines: readonly CreditedLine[];
  /** Credit notes for the same invoice. */
  readonly before: readonly CreditNoteFigures[];
}): CreditNoteResult {
  const { invoice, lines, before } = of;
  const refused = lines.map((line) => refusalOf(line, of)).find((refusal) => refusal !== undefined);
  if (refused !== undefined) return refused;

  const subtotalMinor = sumOfLines(lines);
  const creditedBefore = before.reduce((sum, note) => sum + note.subtotalMinor, 0n);
  const whole = invoice.subtotalMinor;
  // Of all that is credited so far, less what was credited before: so the last note takes what rounding has left.
  const share = (amountMinor: bigint): bigint =>
    partOf({ amountMinor, part: creditedBefore + subtotalMinor, whole }) -
    partOf({ amountMinor, part: creditedBefore, whole });

  const coupons = invoice.coupons.map((coupon) => ({ ...coupon, amountMinor: share(coupon.amountMinor) }));
  const discounted = subtotalMinor - sumOfAmounts(coupons);
  const taxMinor = sumOfAmounts(invoice.taxes.map(({ amountMinor }) => ({ amountMinor: share(amountMinor) })));
  const isTaxIncluded = invoice.totalMinor === whole - sumOfAmounts(invoice.coupons);
  const netMinor = isTaxIncluded ? discounted - taxMinor : discounted;
  const taxes = invoice.taxes.map((tax) => ({ ...tax, baseMinor: netMinor, amountMinor: share(tax.amountMinor) }));
  return {
    kind: 'credited',
    figures: { lines, subtotalMinor, coupons, netMinor, taxes, totalMinor: netMinor + taxMinor },
  };
}

function partOf({ amountMinor, part, whole }: Record<'amountMinor' | 'part' | 'whole', bigint>): bigint {
  if (whole === 0n) return 0n;
  return whole < 0n ? divideHalfUp(-amountMinor * part, -whole) : divideHalfUp(amountMinor * part, whole);
}

function sumOfAmounts(parts: readonly { readonly amountMinor: bigint }[]): bigint {
  return parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

/** Takes back all that is left of an invoice. */
export function leftToCredit(
  invoice: CreditableInvoice,
  before: readonly CreditNoteFigures[],
): readonly CreditedLine[] {
  return invoice.lines
    .map(({ id }) => ({ lineId: id, amountMinor: leftOf(id, { invoice, before }) }))
    .filter(({ amountMinor }) => amountMinor !== 0n);
}

interface Credited {
  readonly invoice: CreditableInvoice;
  readonly before: readonly CreditNoteFigures[];
}

function refusalOf(
  line: CreditedLine,
  credited: Credited & { readonly lines: readonly CreditedLine[] },
): Extract<CreditNoteResult, { kind: 'refused' }> | undefined {
  const { lineId } = line;
  const leftMinor = leftOf(lineId, credited);
  // A line that is named twice is taken back by both amounts.
  const amountMinor = sumOfLines(credited.lines.filter((other) => other.lineId === lineId));
  const isWithin =
    leftMinor < 0n ? amountMinor < 0n && amountMinor >= leftMinor : amountMinor > 0n && amountMinor <= leftMinor;
  return isWithin ? undefined : { kind: 'refused', lineId, leftMinor };
}

function leftOf(lineId: string, { invoice, before }: Credited): bigint {
  const billed = sumOfLines(invoice.lines.filter(({ id }) => id === lineId));
  const taken = sumOfLines(before.flatMap(({ lines }) => lines.filter((line) => line.lineId === lineId)));
  return billed - taken;
}
