// What EN 16931 asks for and an invoice may not have. Each is said in words, so that somebody can add it.

import type { CanonicalInvoice } from '@tollgate/domain';
import { registrationOf, taxCategoryOf, vatIdOf } from './tax-category.ts';

/** Most that the standard lets an amount have (BR-DEC-09 and others). */
const DIGITS_MAX = 2;

/** Sentences, each of one thing that is missing or cannot be said; none: the invoice can be written. */
export function lacksForEn16931(invoice: CanonicalInvoice): readonly string[] {
  return [...factsLacking(invoice), ...partiesLacking(invoice), ...taxLacking(invoice), ...amountsLacking(invoice)];
}

function factsLacking({
  number,
  issued_at: issued,
  due_at: due,
  payment_details: payment,
  lines,
  totals,
}: CanonicalInvoice): readonly string[] {
  return [
    ...when(number === null, 'The invoice has no number: it is not finalized (BR-02).'),
    ...when(issued === null, 'The invoice has no date of issue (BR-03).'),
    ...when(lines.length === 0, 'The invoice has no lines (BR-16).'),
    ...when(
      due === null && payment === null && !totals.due.startsWith('-') && /[1-9]/.test(totals.due),
      'The invoice has neither a due date nor payment details (BR-CO-25).',
    ),
  ];
}

function partiesLacking({ seller, buyer }: CanonicalInvoice): readonly string[] {
  return [
    ...when(seller.name.trim() === '', 'The seller has no name (BR-06).'),
    ...when(buyer.name.trim() === '', 'The buyer has no name (BR-07).'),
    ...when(seller.country === null, 'The seller has no country (BR-09).'),
    ...when(buyer.country === null, 'The buyer has no country (BR-11).'),
  ];
}

function taxLacking(invoice: CanonicalInvoice): readonly string[] {
  const { seller, buyer, taxes } = invoice;
  const { code } = taxCategoryOf(invoice);
  const isRegistered = vatIdOf(seller) !== null || registrationOf(seller) !== null;
  return [
    ...when(taxes.length > 1, 'The invoice has more than one tax, and EN 16931 knows VAT alone.'),
    ...when(!isRegistered, `The seller has no tax id (${code === 'O' ? 'BR-CO-26' : `BR-${code}-02`}).`),
    ...when(
      code === 'AE' && vatIdOf(buyer) === null && registrationOf(buyer) === null,
      'The buyer has no tax id, which reverse charge asks for (BR-AE-02).',
    ),
  ];
}

function amountsLacking({
  currency,
  minor_digits: digits,
  lines,
  coupons,
  taxes,
  totals,
}: CanonicalInvoice): readonly string[] {
  const amounts = [
    ...[...lines, ...coupons, ...taxes].map(({ amount }) => amount),
    ...taxes.map(({ base }) => base),
    ...Object.values(totals),
  ];
  const isTooFine = digits > DIGITS_MAX && amounts.some((amount) => /\.\d{2}\d*[1-9]/.test(amount));
  return when(isTooFine, `Amounts in ${currency} have ${digits} decimals, and EN 16931 allows two (BR-DEC).`);
}

function when(isSo: boolean, sentence: string): readonly string[] {
  return isSo ? [sentence] : [];
}
