// Xero's import of sales invoices: the columns of its `SalesInvoiceTemplate.csv`, one row for each line of an invoice, and
// amounts that are without tax ("tax exclusive" when it is imported).
//
// What Xero has to know and an invoice does not say: the account is the default one for sales of a new organization, and a
// tax is found by its display name, so that a tax rate has to be called what it is called in Xero.

import { type CanonicalInvoice, formatMinor } from '@tollgate/domain';
import { textCell } from '@tollgate/runtime';
import { accountingDates } from './accounting-dates.ts';
import { itemsOf } from './amounts.ts';
import { csvWriter } from './csv-table.ts';

const COLUMNS = [
  ...['*ContactName', 'EmailAddress', 'POAddressLine1', 'POAddressLine2', 'POAddressLine3', 'POAddressLine4'],
  ...['POCity', 'PORegion', 'POPostalCode', 'POCountry', '*InvoiceNumber', 'Reference', '*InvoiceDate', '*DueDate'],
  ...['Total', 'InventoryItemCode', '*Description', '*Quantity', '*UnitAmount', 'Discount', '*AccountCode', '*TaxType'],
  ...['TaxAmount', 'TrackingName1', 'TrackingOption1', 'TrackingName2', 'TrackingOption2', 'Currency', 'BrandingTheme'],
];

const SALES_ACCOUNT = '200';
const NO_TAX = 'Tax Exempt';
const ADDRESS_LINES = 4;

export const writeXero = csvWriter({ head: COLUMNS, rowsOf });

function* rowsOf(invoice: CanonicalInvoice): Generator<readonly string[], void> {
  const { buyer, currency, totals } = invoice;
  const { issued, due } = accountingDates(invoice);
  const money = (minor: bigint): string => formatMinor(minor, currency);
  const who = [buyer.name, buyer.email ?? '', ...addressLines(buyer.address), '', '', '', buyer.country ?? ''];
  const taxType = invoice.taxes.length === 0 ? NO_TAX : invoice.taxes.map(({ name }) => name).join(' + ');
  for (const { description, netMinor, taxMinor } of itemsOf(invoice)) {
    yield [
      ...[...who, invoice.number ?? invoice.id, invoice.purchase_order ?? ''].map(textCell),
      ...[issued, due, totals.total, '', textCell(description), '1', money(netMinor), '', SALES_ACCOUNT],
      ...[textCell(taxType), money(taxMinor), '', '', '', '', currency, ''],
    ];
  }
}

/** The lines that there is room for: the last one has all that is left. */
function addressLines(address: readonly string[]): readonly string[] {
  const lines = [...address.slice(0, ADDRESS_LINES - 1), address.slice(ADDRESS_LINES - 1).join(', ')];
  return Array.from({ length: ADDRESS_LINES }, (_, index) => lines[index] ?? '');
}
