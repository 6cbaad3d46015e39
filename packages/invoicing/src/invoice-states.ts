// What the states of an invoice mean to those who reckon with it.

import type { Invoice, InvoiceSnapshot } from '@tollgate/accounts';

export type FinalizedInvoice = Invoice & { readonly snapshot: InvoiceSnapshot };

export function isFinalized(invoice: Invoice): invoice is FinalizedInvoice {
  return invoice.snapshot !== null;
}

/** What it says was billed, and was not taken back as a whole. */
export function isBilled(invoice: Invoice): invoice is FinalizedInvoice {
  return isFinalized(invoice) && invoice.state !== 'void';
}
