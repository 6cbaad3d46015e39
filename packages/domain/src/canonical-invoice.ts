// An invoice as one JSON document, from which every export is made. Amounts and quantities are decimal text, times RFC 3339
// in UTC, and the text of the document is the same for the same invoice, byte by byte.

import { dateTextAt, daysIn } from './billing-period.ts';
import type { TimeSpan } from './calendar.ts';
import type { SchemaOf } from './canonical-invoice-schema.ts';
import { minorDigitsOf } from './currency.ts';
import { type Exact, exactText } from './exact.ts';
import type { InvoiceFigures } from './invoice.ts';
import type { InvoiceLine, LineUsage } from './invoice-line.ts';
import { canonicalJson } from './json.ts';
import { formatMinor } from './money.ts';
import type { RateStep } from './rate-model.ts';
import { formatTimestamp } from './timestamp.ts';
import type { QuantityByProvenance, UseGroup } from './use-group.ts';

export type CanonicalInvoice = SchemaOf<'invoice'>;
export type CanonicalParty = SchemaOf<'party'>;

export const INVOICE_FORMAT = 'tollgate.invoice/1';

/** What an invoice says besides its figures. */
export interface InvoiceFacts {
  readonly id: string;
  /** Null until it is finalized. */
  readonly number: string | null;
  readonly issuedAtMs: number | null;
  readonly dueAtMs: number | null;
  readonly period: TimeSpan;
  /** IANA time zone. */
  readonly zone: string;
  readonly seller: CanonicalParty;
  readonly buyer: CanonicalParty;
  /** How to pay; null: nothing is said. */
  readonly paymentDetails: string | null;
  readonly purchaseOrder: string | null;
  readonly note: string | null;
  /** The projects of the use, by id. Absent: none is named, as it was once. */
  readonly projects?: readonly { readonly id: string; readonly name: string }[];
  /** Of the documents that the figures name, by id. Absent as `projects` is. */
  readonly numbers?: readonly { readonly id: string; readonly number: string }[];
}

export function canonicalInvoice(facts: InvoiceFacts, figures: InvoiceFigures): CanonicalInvoice {
  const { currency } = figures;
  const money = (minor: bigint): string => formatMinor(minor, currency);
  return {
    format: INVOICE_FORMAT,
    id: facts.id,
    number: facts.number,
    issued_at: facts.issuedAtMs === null ? null : formatTimestamp(facts.issuedAtMs),
    due_at: facts.dueAtMs === null ? null : formatTimestamp(facts.dueAtMs),
    currency,
    minor_digits: minorDigitsOf(currency),
    period: periodJson(facts.period, facts.zone),
    seller: facts.seller,
    buyer: facts.buyer,
    purchase_order: facts.purchaseOrder,
    payment_details: facts.paymentDetails,
    note: facts.note,
    ...(facts.projects === undefined ? {} : { projects: facts.projects.map(({ id, name }) => ({ id, name })) }),
    ...(facts.numbers === undefined ? {} : { numbers: facts.numbers.map(({ id, number }) => ({ id, number })) }),
    lines: figures.lines.map((line) => lineJson(line, currency)),
    coupons: figures.coupons.map(({ couponId, description, amountMinor }) => ({
      ...{ id: couponId, description, amount: money(amountMinor) },
    })),
    taxes: figures.taxes.map(({ rateId, name, percent, baseMinor, amountMinor }) => ({
      ...{ id: rateId, name, percent: exactText(percent), base: money(baseMinor), amount: money(amountMinor) },
    })),
    tax_treatment: figures.treatment,
    tax_text: figures.text,
    credit_notes: figures.creditNotes.map(({ creditNoteId, amountMinor }) => ({
      ...{ id: creditNoteId, amount: money(amountMinor) },
    })),
    credits: figures.credits.map(({ grantId, kind, amountMinor, byLine }) => ({
      ...{ id: grantId, kind, amount: money(amountMinor) },
      lines: Object.entries(byLine).map(([line, drawn]) => ({ line, amount: money(drawn) })),
    })),
    totals: {
      subtotal: money(figures.subtotalMinor),
      net: money(figures.netMinor),
      total: money(figures.totalMinor),
      due: money(figures.dueMinor),
      carried: money(figures.carriedMinor),
    },
  };
}

/** The document as text: what is stored, hashed and handed out. */
export function canonicalInvoiceText(invoice: CanonicalInvoice): string {
  return canonicalJson(invoice);
}

function periodJson(period: TimeSpan, zone: string): CanonicalInvoice['period'] {
  return {
    start: formatTimestamp(period.startMs),
    end: formatTimestamp(period.endMs),
    zone,
    first_date: dateTextAt(period.startMs, zone),
    last_date: dateTextAt(period.endMs - 1, zone),
    days: daysIn(period, zone),
  };
}

function lineJson(line: InvoiceLine, currency: string): SchemaOf<'line'> {
  return {
    id: line.id,
    subject: line.subject,
    kind: line.kind,
    charge: line.chargeId,
    description: line.description,
    start: formatTimestamp(line.period.startMs),
    end: formatTimestamp(line.period.endMs),
    amount: formatMinor(line.amountMinor, currency),
    original_invoice: line.originInvoiceId,
    usage: line.usage === null ? null : usageJson(line.usage, currency),
  };
}

function usageJson(usage: LineUsage, currency: string): SchemaOf<'usage'> {
  return {
    quantity: exactText(usage.use.quantity),
    cost: exactText(usage.use.cost),
    events: usage.use.events.toString(),
    allowance: exactText(usage.allowance),
    steps: usage.steps.map(stepJson),
    rated: exactText(usage.rated),
    discount: exactText(usage.discount),
    over_maximum: exactText(usage.overMaximum),
    amount: exactText(usage.amount),
    billed_before: formatMinor(usage.billedBeforeMinor, currency),
    provenance: provenanceJson(usage.provenance),
    price_ids: [...usage.priceIds],
    groups: usage.groups.map(groupJson),
  };
}

function stepJson({ tier, quantity, unitPrice, flatFee, amount }: RateStep): SchemaOf<'step'> {
  return {
    tier,
    quantity: exactText(quantity),
    unit_price: exactText(unitPrice),
    flat_fee: exactText(flatFee),
    amount: exactText(amount),
  };
}

function groupJson(group: UseGroup): SchemaOf<'group'> {
  return {
    project: group.projectId,
    provider: group.provider,
    model: group.model,
    service_tier: group.serviceTier,
    class: group.class,
    price_ids: [...group.priceIds],
    quantity: exactText(group.quantity),
    provenance: provenanceJson(group.provenance),
    cost: exactText(group.cost),
    events: group.events.toString(),
    days: group.days.map(({ date, quantity, cost, events }) => ({
      ...{ date, quantity: exactText(quantity), cost: exactText(cost), events: events.toString() },
    })),
  };
}

function provenanceJson({ reported, counted, estimated }: QuantityByProvenance): SchemaOf<'provenance'> {
  const text = (amount: Exact): string => exactText(amount);
  return { reported: text(reported), counted: text(counted), estimated: text(estimated) };
}
