// Everything that is done with invoices, over the ports that it is given. What writes takes the records of a transaction: the
// act happens when that commits, and not at all when it does not.

import type { CreditNote, DuePage, Invoice, OpenDue } from '@tollgate/accounts';
import type { CanonicalInvoice } from '@tollgate/domain';
import { type DraftedDue, draftDue } from './draft-due.ts';
import { draftEnded, type EndedPeriods } from './draft-ended.ts';
import { type FinalizeOutcome, finalize } from './finalize.ts';
import { type DueOutcome, finalizeDue } from './finalize-due.ts';
import type { Act, InvoicingParts, Records } from './parts.ts';
import { type Preview, previewDraft, previewPeriod, viewInvoice } from './preview.ts';
import { markPaid, markUncollectible } from './settle-invoice.ts';
import { type TracedEvent, traceEvent } from './trace-event.ts';
import { type TracedLine, traceLine } from './trace-line.ts';
import { type Verdict, verifyInvoice } from './verify.ts';
import { type VoidedInvoice, voidInvoice } from './void-invoice.ts';
import { type CreditNoteRequest, writeCreditNote } from './write-credit-note.ts';

interface InvoiceAct {
  readonly invoiceId: string;
  readonly by: Act;
}

type SettlingAct = InvoiceAct & { readonly reason: string | null };

export interface Invoicing {
  /** Of the period that holds the instant, as far as it has come. */
  preview(of: { readonly customerId: string; readonly atMs: number }): Promise<Preview>;
  /** Of a draft, as it would be finalized now. */
  previewDraft(draft: Invoice): Promise<Preview>;
  /** A draft is calculated; what is finalized is as it is stored. */
  view(invoice: Invoice): Promise<CanonicalInvoice>;

  /** Reads prices that were written since. Before a transaction is opened for one of the following, not in it. */
  refreshPrices(): Promise<void>;
  /** Drafts of the customer's periods that have ended, and its next open period. Again it changes nothing. */
  draftEnded(records: Records, customerId: string): Promise<EndedPeriods>;
  /** Of some customers at once, in a transaction of its own: whom others are at work on are left out. */
  draftDue(due: OpenDue): Promise<DraftedDue>;
  /** Whoever comes second finds it done. Waits up to five seconds for what is in flight, before it locks anything. */
  finalize(records: Records, act: InvoiceAct): Promise<FinalizeOutcome>;
  /** As `finalize`, in a transaction of its own. */
  finalizeNow(act: InvoiceAct): Promise<FinalizeOutcome>;
  /** Drafts whose time has come, some at once, of as many customers: all that stand nothing against, or none. */
  finalizeDue(act: { readonly page: DuePage; readonly by: Act }): Promise<DueOutcome>;
  void(records: Records, act: InvoiceAct & { readonly reason: string }): Promise<VoidedInvoice>;
  markPaid(records: Records, act: SettlingAct): Promise<Invoice>;
  markUncollectible(records: Records, act: SettlingAct): Promise<Invoice>;
  creditNote(records: Records, request: CreditNoteRequest): Promise<CreditNote>;

  /** Calculates it again from events and prices. */
  verify(invoiceId: string): Promise<Verdict>;
  traceLine(of: Parameters<typeof traceLine>[1]): Promise<TracedLine>;
  traceEvent(of: { readonly customerId: string; readonly eventId: string }): Promise<TracedEvent>;
}

export function createInvoicing(parts: InvoicingParts): Invoicing {
  return {
    preview: (of) => previewPeriod(parts, of),
    previewDraft: (draft) => previewDraft(parts, draft),
    view: (invoice) => viewInvoice(parts, invoice),
    refreshPrices: () => parts.prices.refresh(),
    async draftDue(due) {
      await parts.prices.refresh();
      return await draftDue(parts, due);
    },
    async finalizeDue(act) {
      await parts.prices.refresh();
      return await finalizeDue(parts, act);
    },
    draftEnded: (records, customerId) => draftEnded(parts, records, customerId),
    finalize: (records, act) => finalize(parts, records, act),
    async finalizeNow(act) {
      await parts.prices.refresh();
      const outcome = await parts.accounts.transaction((records) => finalize(parts, records, act));
      parts.failpoint('billing.after_commit');
      return outcome;
    },
    void: (records, act) => voidInvoice(parts, records, act),
    markPaid: (records, act) => markPaid(parts, records, act),
    markUncollectible: (records, act) => markUncollectible(parts, records, act),
    creditNote: (records, request) => writeCreditNote(parts, records, request),
    verify: (invoiceId) => verifyInvoice(parts, invoiceId),
    traceLine: (of) => traceLine(parts, of),
    traceEvent: (of) => traceEvent(parts, of),
  };
}
