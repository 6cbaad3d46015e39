// A stored invoice as figures again: what its credit notes, its adjustments and its payment are reckoned by.

import { Compile } from 'typebox/compile';
import type { CanonicalInvoice } from './canonical-invoice.ts';
import { CanonicalInvoiceSchema, type SchemaOf } from './canonical-invoice-schema.ts';
import type { CreditableInvoice } from './credit-note.ts';
import { parseDecimal } from './decimal.ts';
import { type Exact, parseExact } from './exact.ts';
import type { InvoiceFigures } from './invoice.ts';
import type { BilledLine, InvoiceLine } from './invoice-line.ts';
import { parseTimestamp } from './timestamp.ts';

export interface ReadLine extends BilledLine, Pick<InvoiceLine, 'id' | 'kind' | 'originInvoiceId'> {}

export interface ReadInvoice
  extends CreditableInvoice,
    Pick<InvoiceFigures, 'currency' | 'netMinor' | 'creditNotes' | 'dueMinor' | 'carriedMinor'> {
  readonly lines: readonly ReadLine[];
  readonly credits: readonly Pick<InvoiceFigures['credits'][number], 'grantId' | 'amountMinor'>[];
}

const schema = Compile(CanonicalInvoiceSchema);

/** Throws for what is no invoice of ours: then the store is broken. */
export function parseCanonicalInvoice(text: string): CanonicalInvoice {
  const document: unknown = JSON.parse(text);
  if (!schema.Check(document)) throw new Error('what is stored of an invoice is not one');
  return document;
}

export function readInvoice(invoice: CanonicalInvoice): ReadInvoice {
  const minor = (text: string): bigint => minorOf(text, invoice.minor_digits);
  const { totals } = invoice;
  return {
    currency: invoice.currency,
    lines: invoice.lines.map((line) => readLine(line, minor)),
    subtotalMinor: minor(totals.subtotal),
    coupons: invoice.coupons.map(({ id, description, amount }) => ({
      ...{ couponId: id, description, amountMinor: minor(amount) },
    })),
    netMinor: minor(totals.net),
    taxes: invoice.taxes.map(({ id, name, percent, base, amount }) => ({
      ...{ rateId: id, name, percent: exactOf(percent), baseMinor: minor(base), amountMinor: minor(amount) },
    })),
    totalMinor: minor(totals.total),
    creditNotes: invoice.credit_notes.map(({ id, amount }) => ({ creditNoteId: id, amountMinor: minor(amount) })),
    credits: invoice.credits.map(({ id, amount }) => ({ grantId: id, amountMinor: minor(amount) })),
    dueMinor: minor(totals.due),
    carriedMinor: minor(totals.carried),
  };
}

function readLine(line: SchemaOf<'line'>, minor: (text: string) => bigint): ReadLine {
  const { id, subject, kind, description, usage } = line;
  return {
    ...{ id, subject, kind, description, usage, chargeId: line.charge, originInvoiceId: line.original_invoice },
    period: { startMs: timeOf(line.start), endMs: timeOf(line.end) },
    amountMinor: minor(line.amount),
  };
}

function minorOf(text: string, digits: number): bigint {
  const value = parseDecimal(text, digits);
  if (value === undefined) throw new Error(`${text} is no amount with ${digits} digits`);
  return value;
}

function exactOf(text: string): Exact {
  const value = parseExact(text);
  if (value === undefined) throw new Error(`${text} is no decimal`);
  return value;
}

function timeOf(text: string): number {
  const atMs = parseTimestamp(text);
  if (atMs === undefined) throw new Error(`${text} is no time`);
  return atMs;
}
