// Each file of an invoice comes to what the invoice comes to, in currencies of no, two and three digits.

import {
  type CanonicalInvoice,
  canonicalInvoiceText,
  type Exact,
  exact,
  exactText,
  parseExact,
  plus,
  roundHalfUp,
  times,
  ZERO,
} from '@tollgate/domain';
import {
  CREDIT_NOTE_FORMATS,
  type CreditedInvoice,
  DOCUMENT_SCHEMAS,
  type FileFormat,
  INVOICE_FORMATS,
  type InvoiceFormatName,
  writeOne,
} from '@tollgate/invoice-files';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { expect, it } from 'vitest';
import { anyInvoice } from '../../support/any-invoice.ts';
import { creditedIn } from '../../support/credited-in.ts';

const SETTINGS = { xeroAccount: '4000' };
const OPTIONS = { seed: 2026, numRuns: 50 };

type Row = Readonly<Record<string, string>>;

function textOf(format: InvoiceFormatName, invoice: CanonicalInvoice): Promise<string> {
  return written<CanonicalInvoice>(INVOICE_FORMATS[format], invoice);
}

async function written<Document>(format: FileFormat<Document>, document: Document): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeOne(format, document, SETTINGS)) chunks.push(chunk);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
}

async function rowsOf(format: InvoiceFormatName, invoice: CanonicalInvoice): Promise<readonly Row[]> {
  return rowsIn(await textOf(format, invoice));
}

function rowsIn(text: string): readonly Row[] {
  expect(text.endsWith('\r\n')).toBe(true);
  return parse<Row>(text, { bom: true, columns: true, record_delimiter: '\r\n' });
}

function decimalOf(text: string | undefined): Exact {
  const value = parseExact(text ?? '');
  if (value === undefined) throw new Error(`${text} is no decimal`);
  return value;
}

function sumOf(rows: readonly Row[], column: string): Exact {
  return rows.map((row) => decimalOf(row[column])).reduce(plus, ZERO);
}

function money(amount: Exact, { minor_digits: digits }: CanonicalInvoice): string {
  const minor = roundHalfUp(amount, digits);
  expect(exactText(exact(minor, digits))).toBe(exactText(amount));
  return exactText(amount);
}

/** Without zeros at the end. */
function plain(text: string): string {
  return exactText(decimalOf(text));
}

/** Below nothing where more was adjusted than used. */
function payable({ totals }: CanonicalInvoice): Exact {
  return plus(decimalOf(totals.due), times(decimalOf(totals.carried), exact(-1n)));
}

async function each(check: (invoice: CanonicalInvoice) => Promise<void>): Promise<void> {
  await fc.assert(fc.asyncProperty(anyInvoice, check), OPTIONS);
}

it('JSON is the canonical text, byte by byte', async () => {
  await each(async (invoice) => {
    expect(await textOf('json', invoice)).toBe(canonicalInvoiceText(invoice));
  });
});

it('JSON fits the schema that is published for it', async () => {
  const schema = Compile(JSON.parse(DOCUMENT_SCHEMAS.get('tollgate.invoice/1') ?? ''));
  await each(async (invoice) => {
    const document = JSON.parse(await textOf('json', invoice));
    expect(schema.Errors(document)).toEqual([]);
    expect(schema.Check({ ...document, more: true })).toBe(false);
  });
});

it('CSV has the totals of the invoice, and lines that add up to its subtotal', async () => {
  await each(async (invoice) => {
    for (const format of ['csv', 'lines_csv'] as const) expect((await textOf(format, invoice)).at(0)).toBe('\ufeff');
    const [row, another] = await rowsOf('csv', invoice);
    expect(another).toBeUndefined();
    expect(row).toMatchObject({ ...invoice.totals, customer_name: `'${invoice.buyer.name}` });
    const lines = await rowsOf('lines_csv', invoice);
    expect(lines.length).toBe(invoice.lines.length);
    expect(money(sumOf(lines, 'amount'), invoice)).toBe(plain(invoice.totals.subtotal));
  });
});

it('lines for Xero and QuickBooks come to the net amount, and with their taxes to the total', async () => {
  await each(async (invoice) => {
    const { totals } = invoice;
    const xero = await rowsOf('xero', invoice);
    expect(money(sumOf(xero, '*UnitAmount'), invoice)).toBe(plain(totals.net));
    expect(money(plus(sumOf(xero, '*UnitAmount'), sumOf(xero, 'TaxAmount')), invoice)).toBe(plain(totals.total));
    const quickbooks = await rowsOf('quickbooks', invoice);
    expect(money(sumOf(quickbooks, '*ItemAmount'), invoice)).toBe(plain(totals.net));
    const withTax = plus(sumOf(quickbooks, '*ItemAmount'), sumOf(quickbooks, 'ItemTaxAmount'));
    expect(money(withTax, invoice)).toBe(plain(totals.total));
  });
});

interface StripeItem {
  readonly idempotency_key: string;
  readonly params: { readonly amount?: number; readonly quantity?: number; readonly unit_amount_decimal?: string };
}

/** As Stripe does: a whole number of its units, of quantity × unit amount the nearest one. */
function stripeAmount({ params }: StripeItem): bigint {
  if (params.amount !== undefined) return BigInt(params.amount);
  return roundHalfUp(times(exact(BigInt(params.quantity ?? 0)), decimalOf(params.unit_amount_decimal)), 0);
}

it("Stripe's invoice items come to what is due, in Stripe's units", async () => {
  await each(async (invoice) => {
    const items: readonly StripeItem[] = JSON.parse(await textOf('stripe', invoice));
    expect(new Set(items.map((item) => item.idempotency_key)).size).toBe(items.length);
    const sum = items.map(stripeAmount).reduce((total, amount) => total + amount, 0n);
    // Dinars have thousandths, and Stripe takes hundredths of them, with a zero at the end.
    const expected = invoice.currency === 'BHD' ? roundHalfUp(payable(invoice), 2) * 10n : minorOf(invoice);
    expect(sum).toBe(expected);
    if (invoice.currency === 'BHD') expect(items.every((item) => stripeAmount(item) % 10n === 0n)).toBe(true);
  });
});

function minorOf(invoice: CanonicalInvoice): bigint {
  return roundHalfUp(payable(invoice), invoice.minor_digits);
}

it('FOCUS bills what is due in whole minor units, and price × quantity is the cost', async () => {
  await each(async (invoice) => {
    const rows = await rowsOf('focus_csv', invoice);
    expect(money(sumOf(rows, 'BilledCost'), invoice)).toBe(exactText(payable(invoice)));
    for (const row of rows) {
      money(decimalOf(row['BilledCost']), invoice);
      if (row['PricingQuantity'] === '') continue;
      for (const kind of ['List', 'Contracted']) {
        const cost = times(decimalOf(row[`${kind}UnitPrice`]), decimalOf(row['PricingQuantity']));
        expect(plain(exactText(cost))).toBe(plain(row[`${kind}Cost`] ?? ''));
      }
    }
  });
});

it('FOCUS has the use of each line, once, and its effective cost before it was rounded', async () => {
  await each(async (invoice) => {
    const rows = await rowsOf('focus_csv', invoice);
    for (const line of invoice.lines) {
      if (line.kind !== 'usage' || line.usage === null || invoice.taxes.length > 0) continue;
      const own = rows.filter((row) => row['x_LineId'] === line.id);
      const effective = plus(decimalOf(line.usage.amount), times(decimalOf(line.usage.billed_before), exact(-1n)));
      // A file has 18 digits after the point.
      const rounded = exactText(exact(roundHalfUp(effective, 18), 18));
      if (own.length > 0) expect(exactText(sumOf(own, 'EffectiveCost'))).toBe(rounded);
      // The rest of a period that was billed in part has the rest of its days; a meter's cost has no quantity beside it.
      const isWhole = line.start === invoice.period.start;
      if (!isWhole || line.usage.groups.some(({ class: name }) => name.startsWith('meter:'))) continue;
      const used = own.filter((row) => row['ChargeCategory'] === 'Usage');
      expect(exactText(sumOf(used, 'ConsumedQuantity'))).toBe(plain(line.usage.quantity));
    }
  });
});

it('credit notes for all of an invoice come to all of it, in each of their files, and in Xero to less than nothing', async () => {
  let seen = 0;
  await each(async (invoice) => {
    const notes = creditedIn({ ...invoice, number: 'INV-1' }, seen);
    if (notes.length < 2) return;
    seen += 1;
    const rows: Row[] = [];
    const lines: Row[] = [];
    const xero: Row[] = [];
    for (const credited of notes) {
      const of = async (format: FileFormat<CreditedInvoice>) => rowsIn(await written(format, credited));
      rows.push(...(await of(CREDIT_NOTE_FORMATS.csv)));
      lines.push(...(await of(CREDIT_NOTE_FORMATS.lines_csv)));
      xero.push(...(await of(CREDIT_NOTE_FORMATS.xero)));
      expect(JSON.parse(await written<CreditedInvoice>(CREDIT_NOTE_FORMATS.json, credited))).toEqual(credited.note);
    }
    const { totals } = invoice;
    expect(rows).toHaveLength(notes.length);
    for (const column of ['subtotal', 'net', 'total'] as const) {
      expect(exactText(sumOf(rows, column))).toBe(plain(totals[column]));
    }
    expect(exactText(sumOf(lines, 'amount'))).toBe(plain(totals.subtotal));
    const booked = plus(sumOf(xero, '*UnitAmount'), sumOf(xero, 'TaxAmount'));
    expect(exactText(plus(booked, decimalOf(totals.total)))).toBe('0');
    expect(xero.every((row) => row['*AccountCode'] === SETTINGS.xeroAccount)).toBe(true);
  });
  expect(seen).toBeGreaterThan(10);
});
