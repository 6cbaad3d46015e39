// The canonical text itself, byte by byte what was hashed.

import { type CanonicalInvoice, canonicalCreditNoteText, canonicalInvoiceText } from '@tollgate/domain';
import type { CreditedInvoice } from './credited-invoice.ts';

export async function writeJson(invoice: CanonicalInvoice): Promise<Uint8Array> {
  return new TextEncoder().encode(canonicalInvoiceText(invoice));
}

export async function writeCreditNoteJson({ note }: CreditedInvoice): Promise<Uint8Array> {
  return new TextEncoder().encode(canonicalCreditNoteText(note));
}
