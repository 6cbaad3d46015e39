// An invoice, or a credit note, as a page to send.

import type { CanonicalInvoice } from '@tollgate/domain';
import type { CreditedInvoice } from '../credited-invoice.ts';
import { creditNotePage } from './credit-note-page.ts';
import { invoicePage } from './invoice-page.ts';
import { drawPage } from './typst-page.ts';

export async function writePdf(invoice: CanonicalInvoice): Promise<Uint8Array> {
  return drawPage(invoicePage(invoice));
}

export async function writeCreditNotePdf(credited: CreditedInvoice): Promise<Uint8Array> {
  return drawPage(creditNotePage(credited));
}
