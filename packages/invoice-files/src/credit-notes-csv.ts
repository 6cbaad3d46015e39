// Credit notes as CSV: a row for each with its totals, or a row for each line that is taken back. Amounts are what is taken
// back: positive where the invoice's are.

import { formatMinor } from '@tollgate/domain';
import { textCell } from '@tollgate/runtime';
import { sumOfMoney } from './amounts.ts';
import type { CreditedInvoice } from './credited-invoice.ts';
import { csvWriter } from './csv-table.ts';

const NOTE_COLUMNS = [
  ...['credit_note_id', 'number', 'issued_at', 'invoice_id', 'invoice_number', 'customer_id', 'customer_name'],
  ...['customer_country', 'reason', 'settlement', 'currency', 'subtotal', 'coupons', 'net', 'tax', 'total', 'lines'],
];

const LINE_COLUMNS = [
  ...['credit_note_id', 'number', 'invoice_id', 'invoice_number', 'customer_id', 'line_id', 'charge', 'description'],
  ...['currency', 'amount'],
];

export const writeCreditNotesCsv = csvWriter<CreditedInvoice>({
  opensIn: 'spreadsheets',
  head: NOTE_COLUMNS,
  rowsOf: (credited) => [noteRow(credited)],
});
export const writeCreditNoteLinesCsv = csvWriter({ opensIn: 'spreadsheets', head: LINE_COLUMNS, rowsOf: lineRows });

function noteRow({ note }: CreditedInvoice): readonly string[] {
  const { id, number, issued_at: issuedAt, invoice, buyer, currency, totals } = note;
  const together = (parts: readonly { readonly amount: string }[]): string => formatMinor(sumOfMoney(parts), currency);
  return [
    ...[textCell(id), textCell(number), issuedAt, ...[invoice.id, invoice.number, buyer.id, buyer.name].map(textCell)],
    ...[buyer.country ?? '', textCell(note.reason), note.settlement, currency, totals.subtotal],
    ...[together(note.coupons), totals.net, together(note.taxes), totals.total, String(note.lines.length)],
  ];
}

function* lineRows({ note }: CreditedInvoice): Generator<readonly string[], void> {
  const { id, number, invoice, buyer, currency } = note;
  for (const { line, charge, description, amount } of note.lines) {
    yield [
      ...[id, number, invoice.id, invoice.number, buyer.id, line, charge, description].map(textCell),
      ...[currency, amount],
    ];
  }
}
