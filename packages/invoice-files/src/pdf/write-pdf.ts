// An invoice as a page to send.

import type { CanonicalInvoice } from '@tollgate/domain';
import { invoicePage } from './invoice-page.ts';
import { drawPage } from './typst-page.ts';

export async function writePdf(invoice: CanonicalInvoice): Promise<Uint8Array> {
  return drawPage(invoicePage(invoice));
}
