// The canonical text itself, byte by byte what was hashed.

import { type CanonicalInvoice, canonicalInvoiceText } from '@tollgate/domain';

export async function writeJson(invoice: CanonicalInvoice): Promise<Uint8Array> {
  return new TextEncoder().encode(canonicalInvoiceText(invoice));
}
