// QuickBooks Online's import of invoices: its column names, one row for each line of an invoice, and amounts that are
// without tax ("exclusive of tax" when it is imported).
//
// What QuickBooks has to know and an invoice does not say: each line is an item of products and services, which are called
// as below, and a tax is mapped to one of QuickBooks' by the name of the rate while it is imported.

import { type CanonicalInvoice, formatMinor, type LineKind } from '@tollgate/domain';
import { textCell } from '@tollgate/runtime';
import { accountingDates, dayFirst } from './accounting-dates.ts';
import { itemsOf } from './amounts.ts';
import { csvWriter } from './csv-table.ts';

const COLUMNS = [
  ...['*InvoiceNo', '*Customer', '*InvoiceDate', '*DueDate', 'Terms', 'Location', 'Memo', 'Item(Product/Service)'],
  ...['ItemDescription', 'ItemQuantity', 'ItemRate', '*ItemAmount', 'ItemTaxCode', 'ItemTaxAmount', 'Currency'],
  'Service Date',
];

const PRODUCT_NAMES: Readonly<Record<LineKind | 'coupon', string>> = {
  usage: 'Usage',
  fee: 'Fee',
  true_up: 'Minimum commitment',
  adjustment: 'Adjustment',
  coupon: 'Coupon',
};

/** Most in one file, which has a head besides. */
export const QUICKBOOKS_TAKES = {
  documents: 100,
  rows: 1_000,
  rowsOf: ({ lines, coupons }: CanonicalInvoice) => lines.length + coupons.length,
} as const;

export const writeQuickbooks = csvWriter({ opensIn: 'programs', head: COLUMNS, rowsOf });

function* rowsOf(invoice: CanonicalInvoice): Generator<readonly string[], void> {
  const { buyer, currency, period } = invoice;
  const { issued, due } = accountingDates(invoice);
  const money = (minor: bigint): string => formatMinor(minor, currency);
  const taxCode = invoice.taxes.map(({ name }) => name).join(' + ');
  for (const { line, description, netMinor, taxMinor } of itemsOf(invoice)) {
    const amount = money(netMinor);
    yield [
      ...[textCell(invoice.number ?? invoice.id), textCell(buyer.name), issued, due, '', ''],
      ...[textCell(invoice.purchase_order ?? ''), PRODUCT_NAMES[line?.kind ?? 'coupon'], textCell(description)],
      ...['1', amount, amount, textCell(taxCode), money(taxMinor), currency, dayFirst(period.last_date)],
    ];
  }
}
