// The books behind invoices, in double entry: what finalizing, paying, giving up, voiding and crediting an invoice books. The
// entries of one fact add up to 0, and what is receivable of an invoice is always what its customer still has to pay.

import type { CreditNoteFigures } from './credit-note.ts';
import type { InvoiceFigures } from './invoice.ts';

export const LEDGER_ACCOUNTS = [
  'receivable',
  'revenue',
  'discounts',
  'tax',
  'credit_notes',
  'credits',
  'carried',
  'cash',
  'losses',
] as const;
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number];

/** One side of a booking. */
export interface LedgerEntry {
  /** Made of the fact, so that booking it twice changes nothing: `finalized:inv_…`. */
  readonly fact: string;
  /** Within the fact, from 0. */
  readonly index: number;
  readonly customerId: string;
  readonly invoiceId: string;
  readonly account: LedgerAccount;
  /** Debits are positive, credits negative. */
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly atMs: number;
}

/** What all entries of a fact have in common. */
export type BookedInvoice = Pick<LedgerEntry, 'customerId' | 'invoiceId' | 'currency' | 'atMs'>;

/** How a credit note is made good: less is due of its invoice, it is balance for later ones, or paid back elsewhere. */
export const CREDIT_NOTE_SETTLEMENTS = ['invoice', 'balance', 'outside'] as const;
export type CreditNoteSettlement = (typeof CREDIT_NOTE_SETTLEMENTS)[number];

type Bookings = readonly (readonly [LedgerAccount, bigint])[];

export function finalizedEntries(
  booked: BookedInvoice,
  figures: Pick<InvoiceFigures, 'dueMinor' | 'carriedMinor' | 'creditNotes' | 'coupons' | 'netMinor' | 'taxes'> & {
    readonly credits: readonly { readonly amountMinor: bigint }[];
  },
): readonly LedgerEntry[] {
  const { dueMinor, carriedMinor, creditNotes, credits, coupons, netMinor, taxes } = figures;
  return entriesOf(booked, `finalized:${booked.invoiceId}`, [
    ['receivable', dueMinor],
    ['credit_notes', sumOf(creditNotes.filter(({ creditNoteId }) => !isCarried(creditNoteId)))],
    // What is used of an earlier invoice's carry, less what this one carries itself.
    ['carried', sumOf(creditNotes.filter(({ creditNoteId }) => isCarried(creditNoteId))) - carriedMinor],
    ['credits', sumOf(credits)],
    ['discounts', sumOf(coupons)],
    // Without the tax, also where the lines hold it.
    ['revenue', -(netMinor + sumOf(coupons))],
    ['tax', -sumOf(taxes)],
  ]);
}

/** What an invoice carries over is used under the id of the invoice. */
function isCarried(creditNoteId: string): boolean {
  return creditNoteId.startsWith('inv_');
}

/** Of what is receivable, or was given up before. */
export function paidEntries(booked: BookedInvoice, entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const [receivable, lost] = [balanceOf(entries, 'receivable'), balanceOf(entries, 'losses')];
  return entriesOf(booked, `paid:${booked.invoiceId}`, [
    ['cash', receivable + lost],
    ['receivable', -receivable],
    ['losses', -lost],
  ]);
}

export function uncollectibleEntries(booked: BookedInvoice, entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const receivable = balanceOf(entries, 'receivable');
  return entriesOf(booked, `uncollectible:${booked.invoiceId}`, [
    ['losses', receivable],
    ['receivable', -receivable],
  ]);
}

/** Everything that was booked of the invoice, taken back. */
export function voidedEntries(booked: BookedInvoice, entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return entriesOf(
    booked,
    `voided:${booked.invoiceId}`,
    LEDGER_ACCOUNTS.map((account) => [account, -balanceOf(entries, account)]),
  );
}

export function creditedEntries(
  booked: BookedInvoice,
  note: {
    readonly creditNoteId: string;
    readonly figures: CreditNoteFigures;
    readonly settlement: CreditNoteSettlement;
  },
): readonly LedgerEntry[] {
  const { coupons, netMinor, taxes, totalMinor } = note.figures;
  return entriesOf(booked, `credited:${note.creditNoteId}`, [
    ['revenue', netMinor + sumOf(coupons)],
    ['tax', sumOf(taxes)],
    ['discounts', -sumOf(coupons)],
    [SETTLED_BY[note.settlement], -totalMinor],
  ]);
}

const SETTLED_BY: Readonly<Record<CreditNoteSettlement, LedgerAccount>> = {
  invoice: 'receivable',
  balance: 'credit_notes',
  outside: 'cash',
};

export function balanceOf(entries: readonly LedgerEntry[], account: LedgerAccount): bigint {
  return sumOf(entries.filter((entry) => entry.account === account));
}

function entriesOf(booked: BookedInvoice, fact: string, bookings: Bookings): readonly LedgerEntry[] {
  if (bookings.reduce((sum, [, amountMinor]) => sum + amountMinor, 0n) !== 0n) {
    throw new Error(`the entries of ${fact} do not add up to 0`);
  }
  const { customerId, invoiceId, currency, atMs } = booked;
  return bookings
    .filter(([, amountMinor]) => amountMinor !== 0n)
    .map(([account, amountMinor], index) => ({
      ...{ fact, index, customerId, invoiceId, account, amountMinor, currency, atMs },
    }));
}

function sumOf(parts: readonly { readonly amountMinor: bigint }[]): bigint {
  return parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
