// What became of the period of a finalized invoice after it was read, and which invoices bill the difference.

import { formatMinor, parseCanonicalInvoice, parseInvoiceBasis, readInvoice } from '@tollgate/domain';
import type { InvoiceSpan } from '@tollgate/warehouse';
import { adjustingInvoices } from './earlier-periods.ts';
import type { FinalizedInvoice } from './invoice-states.ts';
import type { InvoicingParts } from './parts.ts';

export interface LaterChanges {
  /** Events of the period that came past the invoice's place in the log, and are there. */
  readonly arrived: bigint;
  /** Ids of events that the invoice counts and that are withdrawn. */
  readonly withdrawn: readonly string[];
  /** Ids of re-rates that were applied over the period. */
  readonly rerates: readonly string[];
  /** Invoices with adjustments of this one, and what those come to. */
  readonly adjusted: readonly { readonly invoice: string; readonly number: string; readonly amount: string }[];
}

export async function laterChanges(
  { warehouse, accounts }: Pick<InvoicingParts, 'warehouse' | 'accounts'>,
  invoice: FinalizedInvoice,
  withdrawn: ReadonlySet<string>,
): Promise<LaterChanges> {
  const { customerId, period, currency, snapshot } = invoice;
  const basis = parseInvoiceBasis(snapshot.basis);
  const eventsUntil = async (until: InvoiceSpan['until']): Promise<bigint> =>
    (await warehouse.invoiceTotals({ customerId, ...period, until })).events;
  const arrived = (await eventsUntil(await warehouse.storedUntil())) - (await eventsUntil(placesOf(basis)));
  const rerates = (await accounts.appliedRerates(period))
    .map(({ id }) => id)
    .filter((id) => !basis.rerates.includes(id));
  const adjusted = (await adjustingInvoices(accounts, invoice)).map(({ id, snapshot: { number, content } }) => {
    const lines = readInvoice(parseCanonicalInvoice(content)).lines.filter(
      (line) => line.originInvoiceId === invoice.id,
    );
    const amountMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0n);
    return { invoice: id, number, amount: formatMinor(amountMinor, currency) };
  });
  return { arrived, withdrawn: [...withdrawn].toSorted(), rerates, adjusted };
}

/** The places that an invoice was read up to, by partition. */
export function placesOf({ until }: Pick<ReturnType<typeof parseInvoiceBasis>, 'until'>): InvoiceSpan['until'] {
  return new Map(until.map(({ partition, epoch, position }) => [partition, { epoch, position: BigInt(position) }]));
}
