// Finalizing: a draft becomes an invoice that never changes, with a number, when everything agrees. One transaction, so that
// it happened or it did not, and whoever comes second finds it done.

import type { Customer, Invoice } from '@tollgate/accounts';
import { appliedEntries, canonicalInvoiceText, finalizedEntries, formatTimestamp } from '@tollgate/domain';
import { type Calculated, calculate } from './calculate.ts';
import { findRefusals } from './check.ts';
import { documentOf } from './document.ts';
import { draftOf, toldOf } from './draft-ended.ts';
import { existingInvoice, lockedInvoice } from './existing.ts';
import { calendarOf, type Gathered, gather } from './gather.ts';
import { chainedHash } from './hash-chain.ts';
import { type FinalizedInvoice, isFinalized } from './invoice-states.ts';
import { nextPlace } from './number.ts';
import type { Act, InvoicingParts, Records } from './parts.ts';
import { type Refusal, refusalJson } from './refusal.ts';
import { waitUntilCounted } from './wait-until-counted.ts';

const DAY_MS = 86_400_000;

export type FinalizeOutcome =
  /** Also where somebody else had done it before. */
  | { readonly kind: 'finalized'; readonly invoice: FinalizedInvoice }
  /** Nothing was written but the reasons, on the draft. */
  | { readonly kind: 'refused'; readonly invoice: Invoice; readonly refusals: readonly Refusal[] }
  /** The period came to no lines, so there is no invoice of it, and no draft any more. */
  | { readonly kind: 'empty' };

export async function finalize(
  parts: InvoicingParts,
  records: Records,
  { invoiceId, by }: { readonly invoiceId: string; readonly by: Act },
): Promise<FinalizeOutcome> {
  const atMs = parts.clock.now();
  const known = await existingInvoice(records, invoiceId);
  // Before anything is locked.
  if (known.state === 'draft' && known.period.endMs <= atMs) await waitUntilCounted(parts, atMs);
  return await conclude(parts, records, { ...(await judge(parts, records, { invoiceId, atMs })), by });
}

/** What is to be written: nothing is, so far. */
export type Judged =
  | { readonly kind: 'finalized'; readonly invoice: FinalizedInvoice }
  | {
      readonly kind: 'draft';
      readonly invoice: Invoice;
      readonly customer: Customer;
      readonly gathered: Gathered;
      readonly calculated: Calculated;
      readonly refusals: readonly Refusal[];
      readonly atMs: number;
    };

/** Locks the customer and the invoice, and finds out what it comes to and whether all agrees. */
export async function judge(
  parts: InvoicingParts,
  records: Records,
  { invoiceId, atMs }: { readonly invoiceId: string; readonly atMs: number },
): Promise<Judged> {
  const { customer, invoice } = await lockedInvoice(records, invoiceId);
  if (isFinalized(invoice)) return { kind: 'finalized', invoice };
  await records.holdRerates();
  const { period, zone } = invoice;
  const gathered = await gather(parts, records, { invoiceId, customer, period, zone, atMs });
  const calculated = calculate(gathered.inputs);
  const refusals = await findRefusals(parts, records, {
    ...{ customerId: customer.id, gathered, calculated, atMs, countedUntilMs: atMs },
  });
  return { kind: 'draft', invoice, customer, gathered, calculated, refusals, atMs };
}

export async function conclude(
  parts: InvoicingParts,
  records: Records,
  judged: Judged & { readonly by: Act },
): Promise<FinalizeOutcome> {
  if (judged.kind === 'finalized') return { kind: 'finalized', invoice: judged.invoice };
  const { invoice, customer, gathered, calculated, refusals } = judged;
  if (refusals.length > 0) {
    await records.noteRefusal(invoice.id, refusalJson(refusals, formatTimestamp(judged.atMs)));
    return { kind: 'refused', invoice, refusals };
  }
  await draftUnbilled(parts, records, { customer, gathered });
  if (calculated.figures.lines.length === 0) {
    await records.deleteDraft(invoice.id);
    return { kind: 'empty' };
  }
  return { kind: 'finalized', invoice: await write(parts, records, judged) };
}

/** From here on changes are looked for since this reading: what it found must not be lost. */
async function draftUnbilled(
  parts: InvoicingParts,
  records: Records,
  { customer, gathered }: { readonly customer: Customer; readonly gathered: Gathered },
): Promise<void> {
  if (gathered.unbilled.length === 0) return;
  const calendar = await calendarOf(records, customer.id);
  for (const period of gathered.unbilled) {
    await draftOf(parts, records, { customer, calendar, period });
  }
}

interface ToWrite {
  readonly invoice: Invoice;
  readonly gathered: Gathered;
  readonly calculated: Calculated;
  readonly by: Act;
}

/** The number last: from when it is given until the end of the transaction nobody else gets one of the series. */
async function write(parts: InvoicingParts, records: Records, of: ToWrite): Promise<FinalizedInvoice> {
  const { clock, failpoint } = parts;
  const { invoice, gathered, calculated } = of;
  const { id, customerId, period, currency } = invoice;
  const { figures } = calculated;
  const finalizedAtMs = clock.now();
  await records.closePeriod({ customerId, ...period, invoiceId: id });
  await records.bookLedger(finalizedEntries({ customerId, invoiceId: id, currency, atMs: finalizedAtMs }, figures));
  const taken = appliedEntries({ invoiceId: id, credits: figures.credits, atMs: finalizedAtMs });
  await records.appendCreditEntries(taken);
  await records.useCreditNotes(id, figures.creditNotes);

  failpoint('billing.before_number');
  const { sellerTerms, buyerTerms } = gathered;
  const place = await nextPlace(records, sellerTerms?.numberPrefix ?? '');
  const termDays = buyerTerms?.paymentTermDays ?? sellerTerms?.paymentTermDays ?? 0;
  const dueAtMs = finalizedAtMs + termDays * DAY_MS;
  const said = { id, number: place.number, issuedAtMs: finalizedAtMs, dueAtMs };
  const content = canonicalInvoiceText(documentOf(gathered, said, figures));
  const snapshot = {
    ...place,
    ...{ finalizedAtMs, dueAtMs, content, basis: gathered.basis },
    ...{ subtotalMinor: figures.subtotalMinor, totalMinor: figures.totalMinor, dueMinor: figures.dueMinor },
    hash: chainedHash(place.previousHash, content),
  };
  await records.finalizeInvoice(id, snapshot);
  const finalized: FinalizedInvoice = { ...invoice, state: 'finalized', snapshot };
  await tellOfFinalized(records, { ...of, invoice: finalized });
  failpoint('billing.before_commit');
  return finalized;
}

async function tellOfFinalized(
  records: Records,
  { invoice, by, gathered }: ToWrite & { readonly invoice: FinalizedInvoice },
): Promise<void> {
  const { id, customerId, snapshot } = invoice;
  const told = { ...toldOf(invoice), number: snapshot.number, due_at: formatTimestamp(snapshot.dueAtMs) };
  await records.tell({ type: 'invoice.finalized', customerId, data: told });
  await records.appendAudit({
    ...{ action: 'invoice.finalized', actor: { keyId: by.keyId }, origin: by.origin, customerId },
    subject: { type: 'invoice', id },
    before: { state: 'draft' },
    after: { state: 'finalized', number: snapshot.number, hash: snapshot.hash, until: gathered.basis.until },
  });
}
