// An invoice as a document, from what was gathered and calculated.

import { type CanonicalInvoice, canonicalInvoice, type InvoiceFacts, type InvoiceFigures } from '@tollgate/domain';
import type { Gathered } from './gather.ts';

export function documentOf(
  gathered: Pick<Gathered, 'seller' | 'buyer' | 'sellerTerms' | 'buyerTerms' | 'projects' | 'numbers'> & {
    readonly inputs: Pick<Gathered['inputs'], 'current'>;
  },
  said: Pick<InvoiceFacts, 'id' | 'number' | 'issuedAtMs' | 'dueAtMs'>,
  figures: InvoiceFigures,
): CanonicalInvoice {
  const { seller, buyer, sellerTerms, buyerTerms, projects, inputs } = gathered;
  const { period, zone } = inputs.current;
  const facts: InvoiceFacts = {
    ...said,
    ...{ period, zone, seller, buyer, projects, note: null },
    numbers: numbersNamed(gathered.numbers, figures),
    paymentDetails: sellerTerms?.paymentDetails ?? null,
    purchaseOrder: buyerTerms?.purchaseOrder ?? null,
  };
  return canonicalInvoice(facts, figures);
}

function numbersNamed(numbers: Gathered['numbers'], { lines, creditNotes }: InvoiceFigures) {
  const named = new Set([
    ...lines.flatMap(({ originInvoiceId }) => (originInvoiceId === null ? [] : [originInvoiceId])),
    ...creditNotes.map(({ creditNoteId }) => creditNoteId),
  ]);
  return [...numbers]
    .filter(([id]) => named.has(id))
    .map(([id, number]) => ({ id, number }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
