// A credit note as a page: of which invoice it takes back how much, and what becomes of it.

import { asInvoice, type CreditedInvoice } from '../credited-invoice.ts';
import { grouped } from './figure-text.ts';
import type { Page, PageRow, PageTable } from './page.ts';
import { dateOf, datesOf, dateText, fact, paperOf, partyOf, section, total, totalsUpToTax } from './page-parts.ts';
import { plain, wordingOf } from './wording.ts';

export function creditNotePage(credited: CreditedInvoice): Page {
  const { note, invoice } = credited;
  const { number, seller, buyer, currency, totals, tax_text: taxText, reason } = note;
  const issued = dateOf(note.issued_at, invoice.period.zone) ?? '';
  return {
    title: 'Credit note',
    name: `Credit note ${number}`,
    author: wordingOf(seller.name).text,
    date: issued,
    paper: paperOf(buyer),
    mark: null,
    facts: [
      ...fact('Number', wordingOf(number)),
      ...fact('Issued', dateText(issued)),
      ...fact('For invoice', wordingOf(note.invoice.number)),
      ...invoiceFacts(credited),
    ],
    parties: [partyOf('From', seller), partyOf('Credited to', buyer)],
    due: { label: 'Credited', amount: `${currency} ${grouped(totals.total)}`, detail: '' },
    tables: [linesTable(credited)],
    totals: [...totalsUpToTax(note), total(`Total credited (${currency})`, grouped(totals.total), 'due')],
    notes: [
      ...section({ title: 'Reason', text: reason, seller }),
      ...section({ title: 'Tax', text: taxText, seller }),
      ...section({ title: 'What becomes of it', text: asInvoice(credited).payment_details, seller }),
    ],
    foot: wordingOf(`${seller.name} \u00b7 Credit note ${number}`, seller.country),
  };
}

function invoiceFacts({ invoice }: CreditedInvoice): Page['facts'] {
  const { period, purchase_order: order } = invoice;
  const issued = dateOf(invoice.issued_at, period.zone);
  return [
    ...fact('Invoice issued', issued === null ? null : dateText(issued)),
    ...fact('Period', `${dateText(period.first_date)} \u2013 ${dateText(period.last_date)}`),
    ...fact('Time zone', period.zone),
    ...fact('Purchase order', order === null ? null : wordingOf(order)),
  ];
}

function linesTable(credited: CreditedInvoice): PageTable {
  const { note, invoice } = credited;
  return {
    title: 'Credited',
    columns: [
      { label: 'Description', align: 'left', width: 17 },
      { label: `Amount (${note.currency})`, align: 'right', width: 4 },
    ],
    rows: asInvoice(credited).lines.flatMap((line): readonly PageRow[] => {
      const dates = datesOf(line, invoice.period);
      return [
        { kind: 'row', cells: [wordingOf(line.description), plain(grouped(line.amount))] },
        ...(dates === null ? [] : [{ kind: 'detail' as const, cells: [plain(dates), plain('')] }]),
      ];
    }),
  };
}
