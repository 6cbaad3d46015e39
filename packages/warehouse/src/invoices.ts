// The port of what invoices are made from.

import type { Meter, TokenCounts, UsageRow, UseGroup } from '@tollgate/domain';
import type { RowKey } from './rerates.ts';
import type { StoredPlace } from './warehouse.ts';

/** What of a customer's use an invoice is about. */
export interface InvoiceSpan {
  readonly customerId: string;
  /** Half-open: `[startMs, endMs)`. */
  readonly startMs: number;
  readonly endMs: number;
  /** By partition of the log: the last place that counts. Of a partition that is not named nothing does. */
  readonly until: ReadonlyMap<number, StoredPlace>;
}

/** The same of several customers, by one statement. */
export interface InvoiceSpans extends Omit<InvoiceSpan, 'customerId'> {
  readonly customerIds: readonly string[];
}

/** By customer. */
export type OfEach<Answer> = ReadonlyMap<string, Answer>;

/** Without meters. */
export interface InvoiceTotals {
  /** Model calls. */
  readonly events: bigint;
  readonly unpricedEvents: bigint;
  /** Picounits, over the priced events. */
  readonly costPico: bigint;
  readonly tokens: TokenCounts;
  readonly requests: bigint;
  readonly webSearches: bigint;
}

export interface InvoiceRowsQuery extends InvoiceSpan {
  readonly limit: number;
  /** The last row of the page before. */
  readonly after: RowKey | null;
  /** The re-rates of which is told whether they changed a row, in the order in which they were applied. */
  readonly rerateIds: readonly string[];
  /** Given: instead of the rows that are there, those that were withdrawn since, as they were. */
  readonly withdrawnSinceMs?: number;
}

/** A row, and which of the re-rates that were asked about gave it another cost. */
export interface InvoiceRow extends UsageRow {
  readonly rerateIds: readonly string[];
}

export interface MeterValueQuery extends InvoiceSpan {
  readonly meter: Meter;
  /** Absent: of all projects together. */
  readonly projectId?: string;
  /** Given: with the events that were withdrawn since. */
  readonly withdrawnSinceMs?: number;
}

export interface UsageDetailQuery extends InvoiceSpan {
  readonly format: 'csv' | 'parquet';
  /** Events that were used in any of these ways, or have any of these types. */
  readonly uses: readonly EventUse[];
  readonly eventTypes: readonly string[];
}

/** What of an event is billed together. */
interface EventUse {
  readonly projectId: string | null;
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
  /** A token class, `requests` or `web_searches`; others are no use of tokens. */
  readonly class: string;
}

export interface InvoiceUsage {
  /** In groups, by dates of the IANA zone. Without meters. */
  invoiceUse(query: InvoiceSpan & { readonly zone: string }): Promise<readonly UseGroup[]>;
  /** The same added up by a statement that shares nothing with it: both have to agree. */
  invoiceTotals(query: InvoiceSpan): Promise<InvoiceTotals>;
  /** As `invoiceUse`: whoever used nothing is not named. */
  invoiceUseOfEach(query: InvoiceSpans & { readonly zone: string }): Promise<OfEach<readonly UseGroup[]>>;
  /** As `invoiceTotals`: whoever used nothing is not named. */
  invoiceTotalsOfEach(query: InvoiceSpans): Promise<OfEach<InvoiceTotals>>;
  /** The rows themselves, in pages. */
  invoiceRows(query: InvoiceRowsQuery): Promise<{ readonly rows: readonly InvoiceRow[]; readonly next: RowKey | null }>;
  /** What a meter measured: a decimal as text, null where no event has a value. */
  meterValue(query: MeterValueQuery): Promise<{ readonly value: string | null; readonly events: bigint }>;
  /** An event a line, as a file that is never held whole in memory. */
  usageDetail(query: UsageDetailQuery): AsyncIterable<Uint8Array>;
  /**
   * Hours of the customer (milliseconds since the epoch) in which rows may have been stored, withdrawn or rated anew since the
   * instant; none that was is missing. Rows become visible up to two minutes after their hour is marked.
   */
  changedSince(query: { readonly customerId: string; readonly sinceMs: number }): Promise<readonly number[]>;
  /** As `changedSince`, with an instant for each: who has no such hours is not named. */
  changedSinceOfEach(sinceMs: OfEach<number>): Promise<OfEach<readonly number[]>>;
  /** Customers with such hours, by id. */
  customersChangedSince(query: {
    readonly sinceMs: number;
    /** Hours from this instant on are not looked at. */
    readonly hoursBeforeMs: number;
    readonly limit: number;
    readonly after?: string;
  }): Promise<readonly string[]>;
}
