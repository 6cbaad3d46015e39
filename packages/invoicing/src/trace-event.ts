// From an event to the lines that bill it: those of the invoice of its period, or of the one that adjusts it, or, before any
// of them is finalized, the lines on which it would be now.

import type { Invoice } from '@tollgate/accounts';
import { type CanonicalInvoice, parseCanonicalInvoice, parseInvoiceBasis, type UsageRow } from '@tollgate/domain';
import type { EventView } from '@tollgate/warehouse';
import { adjustingInvoices } from './earlier-periods.ts';
import { type FinalizedInvoice, isBilled } from './invoice-states.ts';
import type { InvoicingParts } from './parts.ts';
import { previewPeriod, viewInvoice } from './preview.ts';
import { allMeters } from './read-parts.ts';
import { type CanonicalLine, isInGroup, placesOf, timeOf } from './trace-line.ts';

export type BillingState =
  /** On a finalized invoice. */
  | 'billed'
  /** On a draft, or on the preview of the open period. */
  | 'to_be_billed'
  /** It came after its period's invoice, and will be an adjustment. */
  | 'to_be_adjusted'
  /** It counts nowhere, or on no line. */
  | 'not_billed';

export interface TracedEvent {
  /** All copies of it, the first first. */
  readonly event: readonly EventView[];
  readonly state: BillingState;
  /** Null for the preview of an open period, and for what is not billed. */
  readonly invoice: Pick<Invoice, 'id' | 'state'> | null;
  readonly number: string | null;
  readonly lines: readonly CanonicalLine[];
}

export async function traceEvent(
  parts: InvoicingParts,
  { customerId, eventId }: { readonly customerId: string; readonly eventId: string },
): Promise<TracedEvent> {
  const event = await parts.warehouse.event(customerId, eventId);
  const row = event.find(({ usage }) => usage !== null)?.usage ?? null;
  if (row === null) return { event, state: 'not_billed', invoice: null, number: null, lines: [] };
  const [invoice] = await parts.accounts.invoicesIn(customerId, { startMs: row.timeMs, endMs: row.timeMs + 1 });
  if (invoice === undefined || invoice.snapshot === null) return { event, ...(await toBeBilled(parts, row, invoice)) };
  if (!isBilled(invoice)) return { event, state: 'not_billed', invoice: null, number: null, lines: [] };
  const meters = await meterClasses(parts, row);
  const billing = await billingInvoice(parts, invoice, row);
  if (billing !== undefined) return { event, ...billedOn(billing, { row, meters, invoice }) };
  const preview = await previewPeriod(parts, { customerId, atMs: parts.clock.now() });
  const lines = linesOf(preview.invoice, { row, meters, originInvoiceId: invoice.id });
  return { event, state: 'to_be_adjusted', invoice: null, number: null, lines };
}

type Found = Omit<TracedEvent, 'event'>;

async function toBeBilled(parts: InvoicingParts, row: UsageRow, draft: Invoice | undefined): Promise<Found> {
  const { customerId, timeMs } = row;
  const document =
    draft === undefined
      ? (await previewPeriod(parts, { customerId, atMs: Math.min(timeMs, parts.clock.now()) })).invoice
      : await viewInvoice(parts, draft);
  const lines = linesOf(document, { row, meters: await meterClasses(parts, row), originInvoiceId: null });
  const state = lines.length === 0 ? 'not_billed' : 'to_be_billed';
  return { state, invoice: draft === undefined ? null : { id: draft.id, state: draft.state }, number: null, lines };
}

/** The first one that was made from a place in the log at or after the event. */
async function billingInvoice(
  parts: InvoicingParts,
  invoice: FinalizedInvoice,
  row: UsageRow,
): Promise<FinalizedInvoice | undefined> {
  const adjusting = await adjustingInvoices(parts.accounts, invoice);
  return [invoice, ...adjusting.toSorted((a, b) => a.snapshot.finalizedAtMs - b.snapshot.finalizedAtMs)].find(
    ({ snapshot }) => {
      const last = placesOf(parseInvoiceBasis(snapshot.basis)).get(row.partition);
      if (last === undefined) return false;
      return row.epoch === last.epoch ? row.position <= last.position : row.epoch < last.epoch;
    },
  );
}

function billedOn(
  billing: FinalizedInvoice,
  { row, meters, invoice }: Pick<Sought, 'row' | 'meters'> & { readonly invoice: FinalizedInvoice },
): Found {
  const { id, state, snapshot } = billing;
  const lines = linesOf(parseCanonicalInvoice(snapshot.content), {
    ...{ row, meters },
    originInvoiceId: id === invoice.id ? null : invoice.id,
  });
  return { state: 'billed', invoice: { id, state }, number: snapshot.number, lines };
}

/** Of the meters that look at events of its type: a meter's line is that of all its events. */
async function meterClasses({ accounts }: InvoicingParts, { type }: UsageRow): Promise<ReadonlySet<string>> {
  const meters = await allMeters(accounts);
  return new Set(meters.filter(({ eventType }) => eventType === type).map(({ slug }) => `meter:${slug}`));
}

interface Sought {
  readonly row: UsageRow;
  readonly meters: ReadonlySet<string>;
  readonly originInvoiceId: string | null;
}

/** Of the part that the event falls in. */
function linesOf({ lines }: CanonicalInvoice, { row, meters, originInvoiceId }: Sought): readonly CanonicalLine[] {
  return lines.filter(
    ({ start, end, usage, original_invoice }) =>
      original_invoice === originInvoiceId &&
      row.timeMs >= timeOf(start) &&
      row.timeMs < timeOf(end) &&
      usage?.groups.some((group) => isInGroup(row, group) || meters.has(group.class)) === true,
  );
}
