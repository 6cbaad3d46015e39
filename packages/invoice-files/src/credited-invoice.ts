// A credit note in the shape of an invoice: of its lines, amounts and dates, with all else as its invoice has it. So whatever
// writes the one writes the other.

import type { CanonicalCreditNote, CanonicalInvoice } from '@tollgate/domain';
import { describeLine, projectNames } from './names.ts';

/** A credit note, and the invoice that it takes back or a part of it. */
export interface CreditedInvoice {
  readonly note: CanonicalCreditNote;
  readonly invoice: CanonicalInvoice;
}

/** Nothing is due of it by a date, and what is paid of it is said in words. */
export function asInvoice({ note, invoice }: CreditedInvoice): CanonicalInvoice {
  const nameOf = projectNames(invoice);
  const { id, number, issued_at, coupons, taxes, tax_text, totals, reason } = note;
  return {
    ...invoice,
    ...{ id, number, issued_at, due_at: null, coupons, taxes, tax_text, note: reason },
    lines: note.lines.map(({ line, charge, amount }) => {
      const billed = billedLine(invoice, line);
      return { ...billed, ...{ charge, amount, usage: null }, description: describeLine(billed, nameOf) };
    }),
    payment_details: settlementText({ note, invoice }),
    ...{ credit_notes: [], credits: [] },
    totals: { ...totals, due: totals.total, carried: zeroLike(totals.total) },
  };
}

/** What becomes of what is taken back. */
function settlementText({ note, invoice }: CreditedInvoice): string {
  switch (note.settlement) {
    case 'invoice':
      return `Taken off what is due of invoice ${invoice.number ?? invoice.id}.`;
    case 'balance':
      return 'Kept, and taken off what is due of later invoices.';
    case 'outside':
      return 'Paid back.';
  }
}

function billedLine({ id, lines }: CanonicalInvoice, lineId: string): CanonicalInvoice['lines'][number] {
  const line = lines.find((other) => other.id === lineId);
  if (line === undefined) throw new Error(`${id} has no line ${lineId}`);
  return line;
}

/** `12.30` as `0.00`. */
function zeroLike(money: string): string {
  return money.replace(/^-/, '').replace(/^\d+/, '0').replaceAll(/\d/g, '0');
}
