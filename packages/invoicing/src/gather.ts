// Reads everything that an invoice is made of, up to one place in the log, and notes what it was.

import type { Customer, Project } from '@tollgate/accounts';
import {
  billingPeriodAt,
  type Calendar,
  type EarlierPeriod,
  type InvoiceBasis,
  type Meter,
  type TimeSpan,
} from '@tollgate/domain';
import type { StoredPlace } from '@tollgate/warehouse';
import type { InvoiceInputs } from './calculate.ts';
import { adjustingInvoices, billedLines, changedPeriods } from './earlier-periods.ts';
import type { FinalizedInvoice } from './invoice-states.ts';
import type { InvoicingParts, Records } from './parts.ts';
import { type Parties, readParties } from './read-parties.ts';
import { allMeters, type PartTerms, readParts, readTerms } from './read-parts.ts';
import { readProjects } from './read-projects.ts';
import { type Reductions, readReductions } from './read-reductions.ts';

/** What is to be made an invoice of. */
export interface InvoiceSubject {
  /** Null for a preview. */
  readonly invoiceId: string | null;
  readonly customer: Customer;
  readonly period: TimeSpan;
  readonly zone: string;
  /** When the reading begins. */
  readonly atMs: number;
}

export interface Gathered extends Parties {
  readonly inputs: InvoiceInputs;
  readonly basis: InvoiceBasis;
  /** Everything accepted before is counted: asked for before the place, so that it lies up to there. */
  readonly asOfMs: number | null;
  /** By partition of the log: the last place that counts. */
  readonly until: ReadonlyMap<number, StoredPlace>;
  /** The projects of the use, by id. */
  readonly projects: readonly Pick<Project, 'id' | 'name'>[];
  /** Of the documents that the invoice may name, by their ids. */
  readonly numbers: ReadonlyMap<string, string>;
  /** Earlier periods with use that no invoice is about. */
  readonly unbilled: readonly TimeSpan[];
}

export async function gather(
  parts: Pick<InvoicingParts, 'warehouse' | 'prices'>,
  records: Records,
  subject: InvoiceSubject,
): Promise<Gathered> {
  const { customer, period, zone, atMs } = subject;
  const { warehouse, prices } = parts;
  await refreshStale(prices, atMs);
  const asOfMs = await warehouse.asOf();
  const reading: Read = {
    ...{ customerId: customer.id, currency: customer.currency },
    pricesKnownAtMs: prices.completeUntilMs - 1,
    until: await warehouse.storedUntil(),
    meters: await allMeters(records),
  };
  const changed = await changesBefore(parts, records, subject);
  const terms = (await readTerms(records, { customerId: customer.id, period })).filter(
    ({ span }) => span.startMs <= atMs,
  );
  const current = await readPeriod(parts, { ...reading, period, zone, terms });
  const earlier: EarlierRead[] = [];
  for (const invoice of changed.billed) earlier.push(await readEarlier(parts, records, { invoice, reading }));
  const projects = await readProjects(records, { customerId: customer.id, current });
  const parties = await readParties(records, customer);
  const reductions = await readReductions(records, { ...reading, period, buyerTerms: parties.buyerTerms });
  const rerates = await records.appliedRerates({ startMs: 0, endMs: Math.max(atMs, period.endMs) });
  return {
    ...parties,
    ...{ asOfMs, until: reading.until, unbilled: changed.unbilled, projects },
    numbers: new Map([...changed.billed.map(numbered), ...(await creditNumbers(records, reductions.creditNotes))]),
    inputs: {
      ...reductions,
      ...{ currency: customer.currency, current, earlier: earlier.map(({ read }) => read) },
      reckonedAtMs: atMs,
    },
    basis: {
      ...{ read_at: atMs, until: placesJson(reading.until), prices_known_at: reading.pricesKnownAtMs },
      ...{ parts: terms.map(partJson), earlier: earlier.map(({ note }) => note) },
      ...reductionsJson(reductions),
      rerates: rerates.map(({ id }) => id),
    },
  };
}

function numbered({ id, snapshot }: FinalizedInvoice): readonly [string, string] {
  return [id, snapshot.number];
}

/** What an earlier invoice carried over is open under that invoice's id. */
async function creditNumbers(
  records: Records,
  notes: Reductions['creditNotes'],
): Promise<readonly (readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  for (const { id } of notes) {
    const number = (await records.creditNote(id))?.number ?? (await records.invoice(id))?.snapshot?.number;
    if (number !== undefined) found.push([id, number]);
  }
  return found;
}

/** Prices of meters, that is. */
const PRICES_AGE_MAX_MS = 10_000;

/**
 * Reading prices takes a connection of its own, and whoever gathers for a transaction holds one already: many at once could
 * wait for each other. So it is done before transactions (`refreshPrices`), and here only where that was long ago.
 */
async function refreshStale(prices: InvoicingParts['prices'], atMs: number): Promise<void> {
  if (prices.completeUntilMs < atMs - PRICES_AGE_MAX_MS) await prices.refresh();
}

interface Read {
  readonly customerId: string;
  readonly currency: string;
  readonly pricesKnownAtMs: number;
  readonly until: ReadonlyMap<number, StoredPlace>;
  readonly meters: readonly Meter[];
}

async function readPeriod(
  parts: Pick<InvoicingParts, 'warehouse' | 'prices'>,
  of: Read & { readonly period: TimeSpan; readonly zone: string; readonly terms: readonly PartTerms[] },
) {
  const { customerId, until, zone } = of;
  const useOf = (span: TimeSpan) => parts.warehouse.invoiceUse({ customerId, until, zone, ...span });
  return await readParts(parts, { ...of, useOf });
}

interface EarlierRead {
  readonly read: EarlierPeriod;
  readonly note: InvoiceBasis['earlier'][number];
}

async function readEarlier(
  parts: Pick<InvoicingParts, 'warehouse' | 'prices'>,
  records: Records,
  { invoice, reading }: { readonly invoice: FinalizedInvoice; readonly reading: Read },
): Promise<EarlierRead> {
  const { period, zone, id } = invoice;
  const terms = await readTerms(records, invoice);
  const adjusting = await adjustingInvoices(records, invoice);
  const read = await readPeriod(parts, { ...reading, period, zone, terms });
  return {
    read: { ...read, invoiceId: id, billed: billedLines(invoice, adjusting) },
    note: { invoice: id, parts: terms.map(partJson), adjusted_on: adjusting.map((other) => other.id) },
  };
}

async function changesBefore(
  parts: Pick<InvoicingParts, 'warehouse'>,
  records: Records,
  { customer, invoiceId, period, atMs }: InvoiceSubject,
) {
  const calendar = await calendarOf(records, customer.id);
  const open = await records.openPeriod(customer.id);
  const openFromMs = open?.period.startMs ?? billingPeriodAt(calendar, atMs).startMs;
  const changed = await changedPeriods(parts, records, {
    ...{ customerId: customer.id, calendar, openFromMs, exceptId: invoiceId },
  });
  return { ...changed, unbilled: changed.unbilled.filter(({ startMs }) => startMs !== period.startMs) };
}

export async function calendarOf(records: Pick<Records, 'limitReckonings'>, customerId: string): Promise<Calendar> {
  const reckoning = (await records.limitReckonings([customerId])).get(customerId);
  if (reckoning === undefined) throw new Error(`there is no calendar of ${customerId}`);
  return reckoning.calendar;
}

function placesJson(until: ReadonlyMap<number, StoredPlace>): InvoiceBasis['until'] {
  return [...until]
    .toSorted(([a], [b]) => a - b)
    .map(([partition, { epoch, position }]) => ({ partition, epoch, position: position.toString() }));
}

function partJson({ span, subscription }: PartTerms): InvoiceBasis['parts'][number] {
  return {
    ...{ start: span.startMs, end: span.endMs },
    subscription:
      subscription === null
        ? null
        : { id: subscription.id, plan: subscription.planId, version: subscription.planVersion },
  };
}

function reductionsJson(reductions: Reductions): Pick<InvoiceBasis, 'coupons' | 'tax' | 'credit_notes' | 'balances'> {
  const { coupons, taxTerms, creditNotes, balances } = reductions;
  return {
    coupons: coupons.map(({ id }) => id),
    tax:
      taxTerms.kind === 'taxed'
        ? { kind: 'taxed', rates: [...taxTerms.rateIds], prices: taxTerms.prices }
        : { ...taxTerms },
    credit_notes: creditNotes.map(({ id, leftMinor }) => ({ id, left: leftMinor.toString() })),
    balances: [...balances].filter(([, left]) => left > 0n).map(([grant, left]) => ({ grant, left: left.toString() })),
  };
}
