// Xero's import of sales invoices: the columns of its `SalesInvoiceTemplate.csv`, one row for each line of an invoice, and
// amounts that are without tax ("tax exclusive" when it is imported).
//
// What Xero has to know and an invoice does not say: the account is a setting, and a tax is found by its display name, so that a
// tax rate has to be called what it is called in Xero. Credit notes are invoices of negative amounts
// (https://help.xero.com/Help/Accounts_InvoiceImport.htm).

import { type CanonicalInvoice, formatMinor } from '@tollgate/domain';
import { textCell } from '@tollgate/runtime';
import { accountingDates } from './accounting-dates.ts';
import { itemsOf, minorOf } from './amounts.ts';
import { asInvoice, type CreditedInvoice } from './credited-invoice.ts';
import { csvWriter } from './csv-table.ts';

const COLUMNS = [
  ...['*ContactName', 'EmailAddress', 'POAddressLine1', 'POAddressLine2', 'POAddressLine3', 'POAddressLine4'],
  ...['POCity', 'PORegion', 'POPostalCode', 'POCountry', '*InvoiceNumber', 'Reference', '*InvoiceDate', '*DueDate'],
  ...['Total', 'InventoryItemCode', '*Description', '*Quantity', '*UnitAmount', 'Discount', '*AccountCode', '*TaxType'],
  ...['TaxAmount', 'TrackingName1', 'TrackingOption1', 'TrackingName2', 'TrackingOption2', 'Currency', 'BrandingTheme'],
];

const NO_TAX = 'Tax Exempt';
const ADDRESS_LINES = 4;

/** What is not the invoice's, but of the books that it goes into. */
export interface FileSettings {
  /** The code of Xero's account for sales. */
  readonly xeroAccount: string;
}

/** Most in one file. */
export const XERO_TAKES = { documents: 500, rows: Number.POSITIVE_INFINITY, rowsOf: () => 1 } as const;

export function writeXero(
  invoices: AsyncIterable<CanonicalInvoice>,
  { xeroAccount }: FileSettings,
): AsyncIterable<Uint8Array> {
  return csvWriter<CanonicalInvoice>({
    opensIn: 'programs',
    head: COLUMNS,
    rowsOf: (invoice) => rowsOf({ invoice, account: xeroAccount, sign: 1n }),
  })(invoices);
}

export function writeXeroCreditNotes(
  credited: AsyncIterable<CreditedInvoice>,
  { xeroAccount }: FileSettings,
): AsyncIterable<Uint8Array> {
  return csvWriter<CreditedInvoice>({
    opensIn: 'programs',
    head: COLUMNS,
    rowsOf: (note) => rowsOf({ invoice: asInvoice(note), account: xeroAccount, sign: -1n }),
  })(credited);
}

function* rowsOf(of: {
  readonly invoice: CanonicalInvoice;
  readonly account: string;
  readonly sign: bigint;
}): Generator<readonly string[], void> {
  const { invoice, account, sign } = of;
  const { buyer, currency, totals } = invoice;
  const { issued, due } = accountingDates(invoice);
  const money = (minor: bigint): string => formatMinor(sign * minor, currency);
  const who = [buyer.name, buyer.email ?? '', ...addressLines(buyer.address), '', '', '', buyer.country ?? ''];
  const taxType = invoice.taxes.length === 0 ? NO_TAX : invoice.taxes.map(({ name }) => name).join(' + ');
  for (const { description, netMinor, taxMinor } of itemsOf(invoice)) {
    yield [
      ...[...who, invoice.number ?? invoice.id, invoice.purchase_order ?? ''].map(textCell),
      ...[issued, due, money(minorOf(totals.total)), '', textCell(description), '1', money(netMinor), ''],
      ...[textCell(account), textCell(taxType), money(taxMinor), '', '', '', '', currency, ''],
    ];
  }
}

/** The lines that there is room for: the last one has all that is left. */
function addressLines(address: readonly string[]): readonly string[] {
  const lines = [...address.slice(0, ADDRESS_LINES - 1), address.slice(ADDRESS_LINES - 1).join(', ')];
  return Array.from({ length: ADDRESS_LINES }, (_, index) => lines[index] ?? '');
}
