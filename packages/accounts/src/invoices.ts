// The invoices' part of the port. A draft has no figures of its own: they are calculated when it is looked at, until it is
// finalized. From then on nothing of it changes but what became of it (paid, uncollectible, void).

import type {
  CreditedLine,
  CreditNoteFigures,
  CreditNoteSettlement,
  JsonObject,
  LedgerEntry,
  OpenCreditNote,
  TimeSpan,
} from '@tollgate/domain';

export const INVOICE_STATES = ['draft', 'finalized', 'paid', 'uncollectible', 'void'] as const;
export type InvoiceState = (typeof INVOICE_STATES)[number];

export interface Invoice {
  readonly id: string;
  readonly customerId: string;
  readonly period: TimeSpan;
  /** IANA time zone, in which the period is one. */
  readonly zone: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly state: InvoiceState;
  readonly draftedAtMs: number;
  /** Null: not by itself. */
  readonly finalizesAtMs: number | null;
  /** Why the last attempt to finalize it was refused; null: it was not. */
  readonly refusal: JsonObject | null;
  /** Null while it is a draft. */
  readonly snapshot: InvoiceSnapshot | null;
  /** When it was paid, given up or made void, and why. */
  readonly settledAtMs: number | null;
  readonly settledReason: string | null;
}

/** What is fixed by finalizing. */
export interface InvoiceSnapshot {
  readonly number: string;
  readonly series: string;
  /** In the series, from 1, without gaps. */
  readonly sequence: bigint;
  readonly finalizedAtMs: number;
  readonly dueAtMs: number;
  /** The canonical JSON, byte for byte. */
  readonly content: string;
  readonly subtotalMinor: bigint;
  readonly totalMinor: bigint;
  readonly dueMinor: bigint;
  /** What it was calculated from besides events: versions by id, the place in the log up to which events count. */
  readonly basis: JsonObject;
  /** SHA-256 in hexadecimal over the hash before it in the series and the content. */
  readonly hash: string;
  readonly previousHash: string;
}

/** The next place of a series, held until the transaction ends: so no number is skipped, and none is given twice. */
export interface NextNumber {
  readonly sequence: bigint;
  /** Of the document before it; 64 zeros for the first one. */
  readonly previousHash: string;
}

export interface CreditNote {
  readonly id: string;
  readonly customerId: string;
  readonly invoiceId: string;
  readonly number: string;
  readonly series: string;
  readonly sequence: bigint;
  readonly issuedAtMs: number;
  readonly reason: string;
  readonly settlement: CreditNoteSettlement;
  readonly lines: readonly CreditedLine[];
  readonly figures: CreditNoteFigures;
  readonly currency: string;
  readonly content: string;
  readonly hash: string;
  readonly previousHash: string;
}

export interface InvoiceFilter {
  readonly limit: number;
  readonly after?: string;
  readonly customerId?: string;
  readonly states?: readonly InvoiceState[];
  /** Invoices whose period ends in this time. */
  readonly endsIn?: TimeSpan;
  /** `2026-10`: invoices the last day of whose period, in their own zone, lies in the month. */
  readonly month?: string;
  readonly number?: string;
}

/** A customer's period that is under way, or has ended and waits for its draft. */
export interface OpenPeriod {
  readonly customerId: string;
  readonly period: TimeSpan;
}

/** Some of what is due, so that several who work on it take others. */
export interface DuePage {
  readonly limit: number;
  /** Of what is due, the earliest first, so many are left to others. */
  readonly offset: number;
}

/** Customers whose period ended, or who have none. */
export interface OpenDue extends DuePage {
  readonly of: 'ended' | 'without';
}

export const EXPORT_STATES = ['waiting', 'running', 'done', 'failed'] as const;
export type ExportState = (typeof EXPORT_STATES)[number];

export interface InvoiceExport {
  readonly id: string;
  /** `2026-10`: invoices the last day of whose period, in their own zone, lies in the month. */
  readonly month: string;
  readonly formats: readonly string[];
  readonly state: ExportState;
  readonly invoicesTotal: number;
  readonly invoicesDone: number;
  /** Of the archive; null until it is done. */
  readonly bytes: bigint | null;
  readonly sha256: string | null;
  readonly failure: string | null;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly finishedAtMs: number | null;
}

export interface InvoiceRecords {
  /** Refused (`conflict`) where the customer has an invoice of an overlapping period that is not void. */
  createDraft(invoice: Invoice): Promise<void>;
  deleteDraft(id: string): Promise<void>;
  invoice(id: string): Promise<Invoice | null>;
  /** Nobody else changes it before the transaction ends. */
  lockInvoice(id: string): Promise<Invoice | null>;
  /** By id. */
  invoices(filter: InvoiceFilter): Promise<readonly Invoice[]>;
  countInvoices(filter: Omit<InvoiceFilter, 'limit' | 'after'>): Promise<number>;
  /**
   * Drafts whose time to be finalized has come, the earliest first. One that was refused waits until the `retry_at` of its
   * refusal, where that says when.
   */
  draftsToFinalize(nowMs: number, limit: number): Promise<readonly string[]>;
  /**
   * A page of them with their customers locked until the transaction ends: of each customer one, and none of those that somebody
   * else has locked.
   */
  claimDrafts(nowMs: number, page: DuePage): Promise<readonly string[]>;
  /** All of a customer that are not void, of periods that overlap, the earliest first. */
  invoicesIn(customerId: string, span: TimeSpan): Promise<readonly Invoice[]>;
  noteRefusal(id: string, refusal: JsonObject): Promise<void>;
  nextNumber(series: string): Promise<NextNumber>;
  /** Moves a draft; the place in the series must be the one that `nextNumber` gave in this transaction. */
  finalizeInvoice(id: string, snapshot: InvoiceSnapshot): Promise<void>;
  settleInvoice(settlement: {
    readonly id: string;
    readonly state: 'paid' | 'uncollectible' | 'void';
    readonly atMs: number;
    readonly reason: string | null;
  }): Promise<void>;

  /** The entries of one fact add up to 0: the store refuses a commit where they do not. */
  bookLedger(entries: readonly LedgerEntry[]): Promise<void>;
  ledgerOf(invoiceId: string): Promise<readonly LedgerEntry[]>;

  createCreditNote(note: CreditNote): Promise<void>;
  creditNote(id: string): Promise<CreditNote | null>;
  creditNotes(filter: {
    readonly limit: number;
    readonly after?: string;
    readonly customerId?: string;
    readonly invoiceId?: string;
    /** Of any of these; not with `invoiceId`. */
    readonly invoiceIds?: readonly string[];
  }): Promise<readonly CreditNote[]>;
  /** Those for the balance of which something is left, the oldest first; what an invoice carried over is among them. */
  openCreditNotes(customerId: string): Promise<readonly OpenCreditNote[]>;
  /** What an invoice takes of them; a use is by (note, invoice), written once. */
  useCreditNotes(
    invoiceId: string,
    uses: readonly { readonly creditNoteId: string; readonly amountMinor: bigint }[],
  ): Promise<void>;
  /** What a void gives back. */
  returnCreditNotes(invoiceId: string): Promise<void>;

  /** Null for a customer that none was set for. */
  openPeriod(customerId: string): Promise<OpenPeriod | null>;
  setOpenPeriod(period: OpenPeriod): Promise<void>;
  /** Those that ended, the earliest first. */
  endedPeriods(nowMs: number, limit: number): Promise<readonly OpenPeriod[]>;
  /** Customers without one; also those whose calendar has changed since it was set. */
  customersWithoutPeriod(limit: number): Promise<readonly string[]>;
  /** A page of the customers of either, locked until the transaction ends; none of those that somebody else has locked. */
  claimCustomers(nowMs: number, due: OpenDue): Promise<readonly string[]>;

  createExport(made: InvoiceExport): Promise<void>;
  export(id: string): Promise<InvoiceExport | null>;
  /** The ids of those that are waiting or running, the oldest first. */
  unfinishedExports(limit: number): Promise<readonly string[]>;
  /** The newest first. */
  exports(page: { readonly limit: number; readonly after?: string }): Promise<readonly InvoiceExport[]>;
  saveExport(made: InvoiceExport): Promise<void>;
}
