// What changed in periods that were billed, and use in periods that have no invoice at all: found by the hours that changed
// since the customer's last invoice was made, so that it costs in proportion to the changes and not to history.

import {
  type BilledLine,
  billingPeriodAt,
  type Calendar,
  parseCanonicalInvoice,
  parseInvoiceBasis,
  readInvoice,
  type TimeSpan,
} from '@tollgate/domain';
import { type FinalizedInvoice, isBilled, isFinalized } from './invoice-states.ts';
import type { InvoicingParts, Records } from './parts.ts';

const HOUR_MS = 3_600_000;
const INVOICES_PAGE = 500;
/** The clocks of this process and of the warehouse may be apart; what is looked at twice is only read for nothing. */
const CLOCKS_APART_MAX_MS = 60_000;

export interface ChangedPeriods {
  /** Invoices of periods in which something changed. */
  readonly billed: readonly FinalizedInvoice[];
  /** Periods with changes that no invoice is about, not even a draft. */
  readonly unbilled: readonly TimeSpan[];
}

export async function changedPeriods(
  { warehouse }: Pick<InvoicingParts, 'warehouse'>,
  records: Pick<Records, 'invoices' | 'invoicesIn'>,
  of: {
    readonly customerId: string;
    readonly calendar: Calendar;
    /** Of the period that is open: what lies after it is not looked at. */
    readonly openFromMs: number;
    /** The invoice that is made, which reads its own period anyway. */
    readonly exceptId: string | null;
  },
): Promise<ChangedPeriods> {
  const { customerId, calendar, openFromMs, exceptId } = of;
  const finalized = await finalizedInvoices(records, customerId);
  const billed = finalized.filter(isBilled);
  const sinceMs = lastReadAtMs(billed);
  const hours = (await warehouse.changedSince({ customerId, sinceMs })).filter((hourMs) => hourMs < openFromMs);
  const unadjusted = originsOf(finalized.filter(({ state }) => state === 'void'));
  const isChanged = ({ id, period }: FinalizedInvoice) =>
    unadjusted.has(id) || hours.some((hourMs) => overlap({ startMs: hourMs, endMs: hourMs + HOUR_MS }, period));
  const unbilled: TimeSpan[] = [];
  for (const period of periodsOf(hours, calendar)) {
    if (period.startMs >= openFromMs || (await records.invoicesIn(customerId, period)).length > 0) continue;
    unbilled.push(period);
  }
  return { billed: billed.filter((invoice) => invoice.id !== exceptId && isChanged(invoice)), unbilled };
}

/** What an invoice that is void now had adjusted is not adjusted any more. */
function originsOf(voided: readonly FinalizedInvoice[]): ReadonlySet<string> {
  return new Set(
    voided.flatMap(({ snapshot }) =>
      parseCanonicalInvoice(snapshot.content).lines.flatMap(({ original_invoice: id }) => (id === null ? [] : [id])),
    ),
  );
}

/** A period can begin within an hour, where a zone is not whole hours away. */
function periodsOf(hours: readonly number[], calendar: Calendar): readonly TimeSpan[] {
  const periods = hours.flatMap((hourMs) => [
    billingPeriodAt(calendar, hourMs),
    billingPeriodAt(calendar, hourMs + HOUR_MS - 1),
  ]);
  return [...new Map(periods.map((period) => [period.startMs, period])).values()];
}

function overlap(a: TimeSpan, b: TimeSpan): boolean {
  return a.startMs < b.endMs && b.startMs < a.endMs;
}

function lastReadAtMs(invoices: readonly FinalizedInvoice[]): number {
  const readAt = invoices.map(({ snapshot }) => parseInvoiceBasis(snapshot.basis).read_at);
  return Math.max(0, Math.max(0, ...readAt) - CLOCKS_APART_MAX_MS);
}

/** In the order of their periods, those that are void too. */
async function finalizedInvoices(
  records: Pick<Records, 'invoices'>,
  customerId: string,
): Promise<readonly FinalizedInvoice[]> {
  const all: FinalizedInvoice[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await records.invoices({
      customerId,
      limit: INVOICES_PAGE,
      ...(after === undefined ? {} : { after }),
    });
    all.push(...page.filter(isFinalized));
    if (page.length < INVOICES_PAGE) return all.toSorted((a, b) => a.period.startMs - b.period.startMs);
    after = page.at(-1)?.id;
  }
}

/** Invoices that adjust this one. */
export async function adjustingInvoices(
  records: Pick<Records, 'invoices'>,
  { id, customerId }: Pick<FinalizedInvoice, 'id' | 'customerId'>,
): Promise<readonly FinalizedInvoice[]> {
  // The canonical text has no spaces, so that what names the invoice is found without reading all the documents.
  const mark = `"original_invoice":${JSON.stringify(id)}`;
  const finalized = await finalizedInvoices(records, customerId);
  return finalized.filter((invoice) => isBilled(invoice) && invoice.snapshot.content.includes(mark));
}

/** Lines of the invoice itself, and those that adjusted it. */
export function billedLines(invoice: FinalizedInvoice, adjusting: readonly FinalizedInvoice[]): readonly BilledLine[] {
  return [invoice, ...adjusting].flatMap(({ id, snapshot }) =>
    readInvoice(parseCanonicalInvoice(snapshot.content)).lines.filter(({ originInvoiceId }) =>
      id === invoice.id ? originInvoiceId === null : originInvoiceId === invoice.id,
    ),
  );
}
