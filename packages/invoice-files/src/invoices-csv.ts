// Invoices as CSV: a row for each with its totals, or a row for each of their lines.

import { type CanonicalInvoice, formatMinor } from '@tollgate/domain';
import { textCell } from '@tollgate/runtime';
import { sumOfMoney } from './amounts.ts';
import { csvWriter } from './csv-table.ts';
import { projectNames, projectOfLine } from './names.ts';

const INVOICE_COLUMNS = [
  ...['invoice_id', 'number', 'issued_at', 'due_at', 'customer_id', 'customer_name', 'customer_country'],
  ...['period_start', 'period_end', 'zone', 'purchase_order', 'currency', 'subtotal', 'coupons', 'net', 'tax', 'total'],
  ...['credit_notes', 'credits', 'due', 'carried', 'lines'],
];

const LINE_COLUMNS = [
  ...['invoice_id', 'number', 'customer_id', 'line_id', 'kind', 'charge', 'description', 'project_id'],
  ...['project_name', 'start', 'end'],
  ...['quantity', 'events', 'list_cost', 'allowance', 'rated', 'discount', 'over_maximum', 'amount_exact'],
  ...['billed_before', 'reported', 'counted', 'estimated', 'original_invoice', 'currency', 'amount'],
];

export const writeInvoicesCsv = csvWriter<CanonicalInvoice>({
  opensIn: 'spreadsheets',
  head: INVOICE_COLUMNS,
  rowsOf: (invoice) => [invoiceRow(invoice)],
});
export const writeLinesCsv = csvWriter({ opensIn: 'spreadsheets', head: LINE_COLUMNS, rowsOf: lineRows });

function invoiceRow(invoice: CanonicalInvoice): readonly string[] {
  const { buyer, period, totals } = invoice;
  const together = (parts: readonly { readonly amount: string }[]): string =>
    formatMinor(sumOfMoney(parts), invoice.currency);
  return [
    ...[textCell(invoice.id), textCell(invoice.number ?? ''), invoice.issued_at ?? '', invoice.due_at ?? ''],
    ...[textCell(buyer.id), textCell(buyer.name), buyer.country ?? '', period.start, period.end, textCell(period.zone)],
    ...[textCell(invoice.purchase_order ?? ''), invoice.currency, totals.subtotal, together(invoice.coupons)],
    ...[totals.net, together(invoice.taxes), totals.total, together(invoice.credit_notes)],
    ...[together(invoice.credits), totals.due, totals.carried, String(invoice.lines.length)],
  ];
}

function* lineRows(invoice: CanonicalInvoice): Generator<readonly string[], void> {
  const { id, number, buyer, currency, lines } = invoice;
  const nameOf = projectNames(invoice);
  for (const line of lines) {
    const { usage } = line;
    const project = projectOfLine(line);
    yield [
      ...[id, number ?? '', buyer.id, line.id, line.kind, line.charge, line.description].map(textCell),
      ...[project ?? '', project === null ? '' : nameOf(project)].map(textCell),
      ...[line.start, line.end, usage?.quantity ?? '', usage?.events ?? '', usage?.cost ?? '', usage?.allowance ?? ''],
      ...[usage?.rated ?? '', usage?.discount ?? '', usage?.over_maximum ?? '', usage?.amount ?? ''],
      ...[usage?.billed_before ?? '', usage?.provenance.reported ?? '', usage?.provenance.counted ?? ''],
      ...[usage?.provenance.estimated ?? '', textCell(line.original_invoice ?? ''), currency, line.amount],
    ];
  }
}
