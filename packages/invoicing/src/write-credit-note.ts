// A credit note: takes back a finalized invoice, or some of its lines. The invoice itself stays as it is.

import type { CreditNote } from '@tollgate/accounts';
import {
  balanceOf,
  type CreditedLine,
  type CreditNoteSettlement,
  canonicalCreditNote,
  canonicalCreditNoteText,
  creditedEntries,
  creditInvoice,
  formatMinor,
  leftToCredit,
  parseCanonicalInvoice,
  readInvoice,
  TollgateError,
} from '@tollgate/domain';
import { lockedInvoice } from './existing.ts';
import { chainedHash } from './hash-chain.ts';
import { type FinalizedInvoice, isBilled } from './invoice-states.ts';
import { creditNoteSeries, nextPlace } from './number.ts';
import type { Act, InvoicingParts, Records } from './parts.ts';

/** More would be a fault of the caller: a note takes back at least the least amount there is. */
const NOTES_MAX = 1_000;

export interface CreditNoteRequest {
  readonly invoiceId: string;
  /** Null: all that is left. */
  readonly lines: readonly CreditedLine[] | null;
  readonly reason: string;
  readonly settlement: CreditNoteSettlement;
  readonly by: Act;
}

export async function writeCreditNote(
  parts: InvoicingParts,
  records: Records,
  request: CreditNoteRequest,
): Promise<CreditNote> {
  const { invoiceId, reason, settlement, by } = request;
  const { invoice } = await lockedInvoice(records, invoiceId);
  if (!isBilled(invoice)) throw conflict('Only a finalized invoice that is not void can be credited.');
  const document = parseCanonicalInvoice(invoice.snapshot.content);
  const figures = await creditedFigures(records, { request, invoice });

  const { customerId, currency } = invoice;
  const issuedAtMs = parts.clock.now();
  const id = parts.newId('crn');
  const booked = { customerId, invoiceId, currency, atMs: issuedAtMs };
  await records.bookLedger(creditedEntries(booked, { creditNoteId: id, figures, settlement }));
  const place = await nextPlace(records, creditNoteSeries(invoice.snapshot.series));
  const facts = { id, number: place.number, issuedAtMs, reason, settlement, invoice: document };
  const content = canonicalCreditNoteText(canonicalCreditNote(facts, figures));
  const note: CreditNote = {
    ...place,
    ...{ id, customerId, invoiceId, issuedAtMs, reason, settlement, lines: figures.lines, figures, currency, content },
    hash: chainedHash(place.previousHash, content),
  };
  await records.createCreditNote(note);
  await records.appendAudit({
    ...{ action: 'credit_note.created', actor: { keyId: by.keyId }, origin: by.origin, customerId, reason },
    subject: { type: 'credit_note', id },
    before: null,
    after: { invoice: invoiceId, number: place.number, total: formatMinor(figures.totalMinor, currency), settlement },
  });
  return note;
}

async function creditedFigures(
  records: Records,
  { request, invoice }: { readonly request: CreditNoteRequest; readonly invoice: FinalizedInvoice },
) {
  const { invoiceId, settlement } = request;
  const read = readInvoice(parseCanonicalInvoice(invoice.snapshot.content));
  const before = (await records.creditNotes({ invoiceId, limit: NOTES_MAX })).map((note) => note.figures);
  const lines = request.lines ?? leftToCredit(read, before);
  if (lines.length === 0) throw conflict('Nothing is left of the invoice to be credited.');
  const credited = creditInvoice({ invoice: read, lines, before });
  const money = (minor: bigint): string => formatMinor(minor, invoice.currency);
  if (credited.kind === 'refused') {
    const { lineId, leftMinor } = credited;
    throw new TollgateError({
      code: 'validation_failed',
      detail: `Of line ${lineId} ${money(leftMinor)} is left to be credited.`,
      errors: [{ pointer: '/lines', detail: `line ${lineId} has ${money(leftMinor)} left` }],
    });
  }
  const { totalMinor } = credited.figures;
  if (totalMinor < 0n) throw conflict('These lines come to less than nothing: a credit note does not ask for money.');
  const dueMinor = balanceOf(await records.ledgerOf(invoiceId), 'receivable');
  if (settlement === 'invoice' && totalMinor > dueMinor) {
    throw conflict(
      `Only ${money(dueMinor)} is still due of the invoice: settle the credit note by balance or outside.`,
    );
  }
  return credited.figures;
}

function conflict(detail: string): TollgateError {
  return new TollgateError({ code: 'conflict', detail });
}
