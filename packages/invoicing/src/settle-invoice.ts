// What became of an invoice: paid, or given up. Once paid it stays paid; what was given up can be paid after all, or voided.

import type { Invoice } from '@tollgate/accounts';
import { paidEntries, TollgateError, uncollectibleEntries } from '@tollgate/domain';
import { lockedInvoice } from './existing.ts';
import type { Act, InvoicingParts, Records } from './parts.ts';

interface Settlement {
  readonly invoiceId: string;
  /** Such as the reference of the payment. */
  readonly reason: string | null;
  readonly by: Act;
}

export async function markPaid(parts: InvoicingParts, records: Records, settlement: Settlement): Promise<Invoice> {
  return await settle(parts, records, { ...settlement, to: 'paid', from: ['finalized', 'uncollectible'] });
}

export async function markUncollectible(
  parts: InvoicingParts,
  records: Records,
  settlement: Settlement,
): Promise<Invoice> {
  return await settle(parts, records, { ...settlement, to: 'uncollectible', from: ['finalized'] });
}

const ENTRIES_OF = { paid: paidEntries, uncollectible: uncollectibleEntries } as const;

async function settle(
  { clock }: InvoicingParts,
  records: Records,
  of: Settlement & { readonly to: 'paid' | 'uncollectible'; readonly from: readonly Invoice['state'][] },
): Promise<Invoice> {
  const { invoiceId, reason, by, to, from } = of;
  const { invoice } = await lockedInvoice(records, invoiceId);
  const { state, customerId, currency } = invoice;
  if (state === to) return invoice;
  if (!from.includes(state)) {
    throw new TollgateError({ code: 'conflict', detail: `An invoice that is ${state} cannot become ${to}.` });
  }
  const atMs = clock.now();
  const booked = { customerId, invoiceId, currency, atMs };
  await records.bookLedger(ENTRIES_OF[to](booked, await records.ledgerOf(invoiceId)));
  await records.settleInvoice({ id: invoiceId, state: to, atMs, reason });
  await records.appendAudit({
    ...{ action: `invoice.${to}`, actor: { keyId: by.keyId }, origin: by.origin, customerId },
    ...(reason === null ? {} : { reason }),
    subject: { type: 'invoice', id: invoiceId },
    ...{ before: { state }, after: { state: to } },
  });
  return { ...invoice, state: to, settledAtMs: atMs, settledReason: reason };
}
