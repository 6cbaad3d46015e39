// An invoice as a page: which figures stand where, and in which words.

import type { CanonicalInvoice } from '@tollgate/domain';
import { isZero } from '../amounts.ts';
import { documentNumbers, projectNames, projectOfLine } from '../names.ts';
import { grouped, takenOff } from './figure-text.ts';
import { type Line, type LineContext, lineRows } from './line-rows.ts';
import type { Page, PageColumn, PageRow, PageTable, PageTotal } from './page.ts';
import { dateOf, datesOf, dateText, fact, paperOf, partyOf, section, total, totalsUpToTax } from './page-parts.ts';
import { summaryTable } from './summary-table.ts';
import { wordingOf } from './wording.ts';

export function invoicePage(invoice: CanonicalInvoice): Page {
  const { number, seller, buyer, currency, totals, period } = invoice;
  const dueDate = dateOf(invoice.due_at, period.zone);
  return {
    title: 'Invoice',
    name: number === null ? 'Draft invoice' : `Invoice ${number}`,
    author: wordingOf(seller.name).text,
    date: dateOf(invoice.issued_at, period.zone) ?? period.last_date,
    paper: paperOf(buyer),
    mark: number === null ? 'DRAFT' : null,
    facts: factsOf(invoice),
    parties: [partyOf('From', seller), partyOf('Billed to', buyer)],
    due: {
      label: 'Amount due',
      amount: `${currency} ${grouped(totals.due)}`,
      detail: dueDate === null ? '' : `by ${dateText(dueDate)}`,
    },
    tables: [...summaryTable(invoice), ...lineTables(invoice)],
    totals: totalsOf(invoice),
    notes: notesOf(invoice),
    foot: wordingOf(`${seller.name} \u00b7 ${number === null ? 'Draft' : `Invoice ${number}`}`, seller.country),
  };
}

function factsOf(invoice: CanonicalInvoice): Page['facts'] {
  const { number, period, purchase_order: order } = invoice;
  const issued = dateOf(invoice.issued_at, period.zone);
  const due = dateOf(invoice.due_at, period.zone);
  return [
    ...fact('Invoice number', number === null ? 'Draft, not yet numbered' : wordingOf(number)),
    ...fact('Issued', issued === null ? null : dateText(issued)),
    ...fact('Due', due === null ? null : dateText(due)),
    ...fact('Period', `${dateText(period.first_date)} \u2013 ${dateText(period.last_date)}`),
    ...fact('Time zone', period.zone),
    ...fact('Purchase order', order === null ? null : wordingOf(order)),
  ];
}

function column(label: string, width: number): PageColumn {
  return { label, align: 'left', width };
}

/** The same widths for all, so that figures stand below each other through the whole document. */
function lineColumns(currency: string): readonly PageColumn[] {
  return [
    column('Description', 9),
    { label: 'Quantity', align: 'right', width: 4 },
    { label: 'Unit price', align: 'right', width: 4 },
    { label: `Amount (${currency})`, align: 'right', width: 4 },
  ];
}

function lineTables(invoice: CanonicalInvoice): readonly PageTable[] {
  const { lines, currency } = invoice;
  const columns = lineColumns(currency);
  const context = contextOf(invoice);
  const numberOf = documentNumbers(invoice);
  const isAdjustment = ({ kind, original_invoice: original }: Line): boolean =>
    kind === 'adjustment' || original !== null;
  const own = lines.filter((line) => !isAdjustment(line));
  const adjustments = lines.filter(isAdjustment);
  const originals = [...new Set(adjustments.map(({ original_invoice: original }) => original))];
  const adjusted = originals.flatMap((original): readonly PageRow[] => [
    { kind: 'head', cells: [wordingOf(original === null ? 'Earlier periods' : `To invoice ${numberOf(original)}`)] },
    ...adjustments
      .filter(({ original_invoice: other }) => other === original)
      .flatMap((line) => lineRows(line, context)),
  ]);
  return [
    ...(own.length === 0 ? [] : [{ title: 'Charges', columns, rows: ownRows(own, invoice) }]),
    ...(adjusted.length === 0 ? [] : [{ title: 'Adjustments', columns, rows: adjusted }]),
  ];
}

/** Under the names of the projects, where there are any. */
function ownRows(lines: readonly Line[], invoice: CanonicalInvoice): readonly PageRow[] {
  const context = contextOf(invoice);
  const nameOf = projectNames(invoice);
  const rowsFor = (project: string | null): readonly PageRow[] =>
    lines.filter((line) => projectOfLine(line) === project).flatMap((line) => lineRows(line, context));
  const projects = [...new Set(lines.map(projectOfLine))].filter((project) => project !== null);
  const others = rowsFor(null);
  if (projects.length === 0) return others;
  const head = (text: string): PageRow => ({ kind: 'head', cells: [wordingOf(text)] });
  return [
    ...projects.flatMap((project) => [head(nameOf(project)), ...rowsFor(project)]),
    ...(others.length === 0 ? [] : [head('Other charges'), ...others]),
  ];
}

function contextOf(invoice: CanonicalInvoice): LineContext {
  return { minorDigits: invoice.minor_digits, datesOf: (line) => datesOf(line, invoice.period) };
}

function totalsOf(invoice: CanonicalInvoice): readonly PageTotal[] {
  const { currency, totals, coupons, taxes, credit_notes: notes, credits } = invoice;
  const numberOf = documentNumbers(invoice);
  return [
    ...totalsUpToTax({ totals, coupons, taxes }),
    total('Total', grouped(totals.total), 'strong'),
    ...notes.map(({ id, amount }) =>
      total(
        wordingOf(`${id.startsWith('inv_') ? 'Carried over from invoice' : 'Credit note'} ${numberOf(id)}`),
        takenOff(amount),
      ),
    ),
    ...credits.map(({ kind, amount }) =>
      total(wordingOf(`${kind === 'paid' ? 'Prepaid' : 'Promotional'} credit`), takenOff(amount)),
    ),
    ...(isZero(totals.carried) ? [] : [total('Carried to the next invoice', grouped(totals.carried))]),
    total(`Amount due (${currency})`, grouped(totals.due), 'due'),
  ];
}

function notesOf(invoice: CanonicalInvoice): Page['notes'] {
  const { seller, tax_text: taxText, payment_details: payment, note } = invoice;
  return [
    ...section({ title: 'Tax', text: taxText, seller }),
    ...section({ title: 'Payment', text: payment, seller }),
    ...section({ title: 'Note', text: note, seller }),
  ];
}
