// Voiding: everything that the invoice did is taken back, its number stays used, and its period is open again.

import type { Invoice } from '@tollgate/accounts';
import { parseCanonicalInvoice, readInvoice, returnedEntries, TollgateError, voidedEntries } from '@tollgate/domain';
import { createDraft, toldOf } from './draft-ended.ts';
import { adjustingInvoices } from './earlier-periods.ts';
import { lockedInvoice } from './existing.ts';
import { type FinalizedInvoice, isFinalized } from './invoice-states.ts';
import type { Act, InvoicingParts, Records } from './parts.ts';

export interface VoidedInvoice {
  readonly invoice: Invoice;
  /** Of the same period; null where it was void before. */
  readonly draft: Invoice | null;
}

export async function voidInvoice(
  parts: InvoicingParts,
  records: Records,
  { invoiceId, reason, by }: { readonly invoiceId: string; readonly reason: string; readonly by: Act },
): Promise<VoidedInvoice> {
  const { customer, invoice } = await lockedInvoice(records, invoiceId);
  if (invoice.state === 'void') return { invoice, draft: null };
  if (!isFinalized(invoice)) throw conflict('A draft is no invoice yet: there is nothing to void.');
  if (invoice.state === 'paid') throw conflict('It was paid: write a credit note.');
  await checkFree(records, invoice);

  const { customerId, currency, period, zone, state } = invoice;
  const atMs = parts.clock.now();
  const booked = { customerId, invoiceId, currency, atMs };
  await records.bookLedger(voidedEntries(booked, await records.ledgerOf(invoiceId)));
  const entries = await records.creditEntries(customerId);
  await records.appendCreditEntries(returnedEntries({ invoiceId, entries, atMs }));
  await records.returnCreditNotes(invoiceId);
  await records.settleInvoice({ id: invoiceId, state: 'void', atMs, reason });
  await records.reopenPeriod(invoiceId);
  const draft = await createDraft(parts, records, { customer, period, zone });
  await records.tell({
    ...{ type: 'invoice.voided', customerId },
    data: { ...toldOf(invoice), number: invoice.snapshot.number, draft: draft.id },
  });
  await records.appendAudit({
    ...{ action: 'invoice.voided', actor: { keyId: by.keyId }, origin: by.origin, customerId, reason },
    subject: { type: 'invoice', id: invoiceId },
    ...{ before: { state }, after: { state: 'void', draft: draft.id } },
  });
  return { invoice: { ...invoice, state: 'void', settledAtMs: atMs, settledReason: reason }, draft };
}

/** What others reckoned with stays. */
async function checkFree(records: Records, invoice: FinalizedInvoice): Promise<void> {
  const { id, customerId, snapshot } = invoice;
  if ((await records.creditNotes({ invoiceId: id, limit: 1 })).length > 0) {
    throw conflict('It has a credit note: write one for the rest.');
  }
  const [adjusting] = await adjustingInvoices(records, invoice);
  if (adjusting !== undefined) throw conflict(`${adjusting.snapshot.number} adjusts it: void that one first.`);
  const { carriedMinor } = readInvoice(parseCanonicalInvoice(snapshot.content));
  const carried = (await records.openCreditNotes(customerId)).find((note) => note.id === id);
  if (carriedMinor > (carried?.leftMinor ?? 0n)) {
    throw conflict('What it carried over is on a later invoice: void that one first.');
  }
}

function conflict(detail: string): TollgateError {
  return new TollgateError({ code: 'conflict', detail });
}
