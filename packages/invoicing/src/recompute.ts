// Calculates a finalized invoice once more from the events up to its place in the log: each is priced anew by the price book,
// and everything else is as the basis names it. Shares with finalizing only what is pure. What was withdrawn since can be put
// back in its place.

import type { StoredGrant, TaxTerms } from '@tollgate/accounts';
import {
  type CanonicalInvoice,
  canonicalInvoice,
  costOfUsage,
  type EarlierPeriod,
  gatherUse,
  type InvoiceBasis,
  type Meter,
  mergeUse,
  type PeriodInParts,
  parseCanonicalInvoice,
  parseInvoiceBasis,
  type TimeSpan,
  type UseGroup,
} from '@tollgate/domain';
import type { InvoiceRow, InvoiceSpan } from '@tollgate/warehouse';
import { calculate } from './calculate.ts';
import { billedLines } from './earlier-periods.ts';
import { existingInvoice } from './existing.ts';
import { type FinalizedInvoice, isFinalized } from './invoice-states.ts';
import { placesOf } from './later-changes.ts';
import type { InvoicingParts, Records } from './parts.ts';
import { allMeters, type PartTerms, readParts, readPlan } from './read-parts.ts';
import { readTax } from './read-reductions.ts';

const PAGE_ROWS = 5_000;

interface Again {
  readonly invoice: FinalizedInvoice;
  readonly basis: InvoiceBasis;
  readonly until: InvoiceSpan['until'];
  readonly meters: readonly Meter[];
  /** When the prices of each re-rate were known. */
  readonly rerates: ReadonlyMap<string, number>;
  readonly withdrawnSinceMs: number;
  readonly restored: Set<string>;
}

export interface Recomputed {
  /** Null where something is without a price now, so that there is nothing to compare with. */
  readonly invoice: CanonicalInvoice | null;
  /** Ids of events that are withdrawn now and were put back. */
  readonly restored: ReadonlySet<string>;
}

export async function recompute(
  parts: InvoicingParts,
  invoice: FinalizedInvoice,
  { withdrawnSinceMs }: { readonly withdrawnSinceMs: number },
): Promise<Recomputed> {
  const records: Records = parts.accounts;
  const basis = parseInvoiceBasis(invoice.snapshot.basis);
  await parts.prices.refresh();
  const again: Again = {
    ...{ invoice, basis, meters: await allMeters(records), rerates: await reratesOf(records, basis) },
    ...{ withdrawnSinceMs, restored: new Set<string>() },
    until: placesOf(basis),
  };
  const earlier: EarlierPeriod[] = [];
  for (const note of basis.earlier) earlier.push(await earlierOf(parts, again, note));
  const { figures, unpriced } = calculate({
    ...(await reductionsOf(records, basis)),
    ...{ currency: invoice.currency, earlier, reckonedAtMs: basis.read_at },
    current: await periodOf(parts, again, { ...invoice, parts: basis.parts }),
  });
  return {
    invoice: unpriced.length > 0 ? null : canonicalInvoice(factsOf(invoice), figures),
    restored: again.restored,
  };
}

/** What the invoice says besides its figures does not come from events: that it is untouched is shown by the hash. */
function factsOf({ id, snapshot, period, zone }: FinalizedInvoice): Parameters<typeof canonicalInvoice>[0] {
  const { seller, buyer, payment_details, purchase_order, note, projects, numbers } = parseCanonicalInvoice(
    snapshot.content,
  );
  return {
    ...{ id, number: snapshot.number, issuedAtMs: snapshot.finalizedAtMs, dueAtMs: snapshot.dueAtMs, period, zone },
    ...{ seller, buyer, note, paymentDetails: payment_details, purchaseOrder: purchase_order },
    ...(projects === undefined ? {} : { projects }),
    ...(numbers === undefined ? {} : { numbers }),
  };
}

async function reratesOf(records: Records, basis: InvoiceBasis): Promise<ReadonlyMap<string, number>> {
  const rerates = new Map<string, number>();
  for (const id of basis.rerates) {
    const rerate = await records.rerate(id);
    if (rerate !== null) rerates.set(id, rerate.knownAtMs);
  }
  return rerates;
}

async function earlierOf(
  parts: InvoicingParts,
  again: Again,
  note: InvoiceBasis['earlier'][number],
): Promise<EarlierPeriod> {
  const invoice = await finalizedInvoice(parts.accounts, note.invoice);
  const adjusting: FinalizedInvoice[] = [];
  for (const id of note.adjusted_on) adjusting.push(await finalizedInvoice(parts.accounts, id));
  const period = await periodOf(parts, again, { ...invoice, parts: note.parts });
  return { ...period, invoiceId: invoice.id, billed: billedLines(invoice, adjusting) };
}

async function finalizedInvoice(records: Records, id: string): Promise<FinalizedInvoice> {
  const invoice = await existingInvoice(records, id);
  if (!isFinalized(invoice)) throw new Error(`${id} was adjusted, and is not finalized`);
  return invoice;
}

async function periodOf(
  parts: InvoicingParts,
  again: Again,
  of: { readonly period: TimeSpan; readonly zone: string; readonly parts: InvoiceBasis['parts'] },
): Promise<PeriodInParts> {
  const { invoice, basis, until, meters, withdrawnSinceMs } = again;
  const terms: PartTerms[] = [];
  for (const { start, end, subscription } of of.parts) {
    const named =
      subscription === null
        ? null
        : { id: subscription.id, planId: subscription.plan, planVersion: subscription.version };
    terms.push({ span: { startMs: start, endMs: end }, ...(await readPlan(parts.accounts, named)) });
  }
  return await readParts(parts, {
    ...{ customerId: invoice.customerId, currency: invoice.currency, until, meters, terms },
    ...{ period: of.period, zone: of.zone, pricesKnownAtMs: basis.prices_known_at },
    withdrawnSinceMs,
    useOf: (span) => pricedUse(parts, again, { ...span, zone: of.zone }),
  });
}

async function pricedUse(
  parts: InvoicingParts,
  again: Again,
  span: TimeSpan & { readonly zone: string },
): Promise<readonly UseGroup[]> {
  const { withdrawnSinceMs } = again;
  const use = await usePaged(parts, { again, span, noted: null });
  return mergeUse([...use, ...(await usePaged(parts, { again, span, noted: again.restored, withdrawnSinceMs }))]);
}

/** Page by page, so that memory grows with the kinds of use and not with the events. */
async function usePaged(
  { warehouse, prices }: InvoicingParts,
  of: {
    readonly again: Again;
    readonly span: TimeSpan & { readonly zone: string };
    readonly noted: Set<string> | null;
    readonly withdrawnSinceMs?: number;
  },
): Promise<readonly UseGroup[]> {
  const { again, span, noted, ...which } = of;
  const { invoice, until, rerates } = again;
  const { startMs, endMs, zone } = span;
  const { customerId, currency } = invoice;
  let use: readonly UseGroup[] = [];
  let after: Parameters<typeof warehouse.invoiceRows>[0]['after'] = null;
  do {
    const query = { customerId, startMs, endMs, until, after, limit: PAGE_ROWS, rerateIds: [...rerates.keys()] };
    const page = await warehouse.invoiceRows({ ...query, ...which });
    const priced = page.rows.map((row) => {
      const receivedAtMs = knownAtMs(row, rerates);
      return { ...row, ...costOfUsage(prices.book, { ...row, currency, receivedAtMs }) };
    });
    if (noted !== null) for (const { eventId } of page.rows) noted.add(eventId);
    use = mergeUse([...use, ...gatherUse(priced, zone)]);
    after = page.next;
  } while (after !== null);
  return use;
}

/** By the prices that were known when the event came, or to the last re-rate that gave it another cost. */
function knownAtMs({ receivedAtMs, rerateIds }: InvoiceRow, rerates: ReadonlyMap<string, number>): number {
  const last = [...rerates].findLast(([id]) => rerateIds.includes(id));
  return last?.[1] ?? receivedAtMs;
}

async function reductionsOf(records: Records, basis: InvoiceBasis) {
  const coupons = [];
  for (const id of basis.coupons) {
    const coupon = await records.coupon(id);
    if (coupon === null) throw new Error(`there is no coupon ${id}`);
    coupons.push(coupon);
  }
  const grants: StoredGrant[] = [];
  for (const { grant: id } of basis.balances) {
    const grant = await records.grant(id);
    if (grant === null) throw new Error(`there is no credit grant ${id}`);
    grants.push(grant);
  }
  return {
    ...{ coupons, grants, tax: await readTax(records, taxTermsOf(basis)) },
    creditNotes: basis.credit_notes.map(({ id, left }) => ({ id, leftMinor: BigInt(left) })),
    balances: new Map(basis.balances.map(({ grant, left }) => [grant, BigInt(left)])),
  };
}

function taxTermsOf({ tax }: InvoiceBasis): TaxTerms {
  return tax.kind === 'taxed' ? { kind: 'taxed', rateIds: tax.rates, prices: tax.prices } : tax;
}
