// An invoice as a page: which figures stand where, and in which words.

import { type CanonicalInvoice, type CanonicalParty, dateTextAt } from '@tollgate/domain';
import { isZero } from '../amounts.ts';
import { grouped, takenOff } from './figure-text.ts';
import { type Line, type LineContext, lineRows } from './line-rows.ts';
import type { Page, PageColumn, PageParty, PageRow, PageTable, PageTotal, Wording } from './page.ts';
import { summaryTable } from './summary-table.ts';
import { paragraphsOf, plain, wordingOf } from './wording.ts';

/** Where paper is not of ISO 216. */
const LETTER_COUNTRIES: ReadonlySet<string> = new Set(['US', 'CA', 'MX', 'CL', 'CO', 'PH', 'VE']);

export function invoicePage(invoice: CanonicalInvoice): Page {
  const { number, seller, buyer, currency, totals, period } = invoice;
  const dueDate = dateOf(invoice.due_at, period.zone);
  return {
    title: 'Invoice',
    name: number === null ? 'Draft invoice' : `Invoice ${number}`,
    author: wordingOf(seller.name).text,
    date: dateOf(invoice.issued_at, period.zone) ?? period.last_date,
    paper: LETTER_COUNTRIES.has(buyer.country ?? '') ? 'us-letter' : 'a4',
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
  const fact = (label: string, value: Wording | string | null): Page['facts'] =>
    value === null ? [] : [{ label, value: typeof value === 'string' ? plain(value) : value }];
  return [
    ...fact('Invoice number', number === null ? 'Draft, not yet numbered' : wordingOf(number)),
    ...fact('Issued', issued === null ? null : dateText(issued)),
    ...fact('Due', due === null ? null : dateText(due)),
    ...fact('Period', `${dateText(period.first_date)} \u2013 ${dateText(period.last_date)}`),
    ...fact('Time zone', period.zone),
    ...fact('Purchase order', order === null ? null : wordingOf(order)),
  ];
}

function partyOf(label: string, { name, address, country, tax_ids: taxIds, email }: CanonicalParty): PageParty {
  const countryName = country === null ? [] : [COUNTRY_NAMES.of(country) ?? country];
  return {
    label,
    name: wordingOf(name, country),
    lines: [
      ...address.flatMap((line) => paragraphsOf(line, country)),
      ...countryName.map((line) => plain(line)),
      ...taxIds.map(({ kind, value }) => wordingOf(`${kind.replaceAll('_', ' ').toUpperCase()} ${value}`)),
      ...(email === null ? [] : [wordingOf(email)]),
    ],
  };
}

const COUNTRY_NAMES = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

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
  const isAdjustment = ({ kind, original_invoice: original }: Line): boolean =>
    kind === 'adjustment' || original !== null;
  const own = lines.filter((line) => !isAdjustment(line));
  const adjustments = lines.filter(isAdjustment);
  const originals = [...new Set(adjustments.map(({ original_invoice: original }) => original))];
  const adjusted = originals.flatMap((original): readonly PageRow[] => [
    { kind: 'head', cells: [wordingOf(original === null ? 'Earlier periods' : `To invoice ${original}`)] },
    ...adjustments
      .filter(({ original_invoice: other }) => other === original)
      .flatMap((line) => lineRows(line, context)),
  ]);
  return [
    ...(own.length === 0 ? [] : [{ title: 'Charges', columns, rows: own.flatMap((line) => lineRows(line, context)) }]),
    ...(adjusted.length === 0 ? [] : [{ title: 'Adjustments', columns, rows: adjusted }]),
  ];
}

function contextOf({ period, minor_digits: minorDigits }: CanonicalInvoice): LineContext {
  return {
    minorDigits,
    datesOf: ({ start, end }) => {
      if (start === period.start && end === period.end) return null;
      const [first, last] = [dateTextAt(Date.parse(start), period.zone), dateTextAt(Date.parse(end) - 1, period.zone)];
      return first === last ? dateText(first) : `${dateText(first)} \u2013 ${dateText(last)}`;
    },
  };
}

function totalsOf({
  currency,
  totals,
  coupons,
  taxes,
  credit_notes: notes,
  credits,
}: CanonicalInvoice): readonly PageTotal[] {
  const total = (label: Wording | string, amount: string, weight: PageTotal['weight'] = 'plain'): PageTotal => ({
    ...{ label: typeof label === 'string' ? plain(label) : label, amount, weight },
  });
  return [
    total('Subtotal', grouped(totals.subtotal)),
    ...coupons.map(({ description, amount }) => total(wordingOf(description), takenOff(amount))),
    ...(totals.net === totals.subtotal ? [] : [total('Net', grouped(totals.net))]),
    ...taxes.map(({ name, percent, base, amount }) =>
      total(wordingOf(`${name} ${percent} % of ${grouped(base)}`), grouped(amount)),
    ),
    total('Total', grouped(totals.total), 'strong'),
    ...notes.map(({ id, amount }) => total(wordingOf(`Credit note ${id}`), takenOff(amount))),
    ...credits.map(({ id, kind, amount }) =>
      total(wordingOf(`${kind === 'paid' ? 'Prepaid' : 'Promotional'} credit ${id}`), takenOff(amount)),
    ),
    ...(isZero(totals.carried) ? [] : [total('Carried to the next invoice', grouped(totals.carried))]),
    total(`Amount due (${currency})`, grouped(totals.due), 'due'),
  ];
}

function notesOf(invoice: CanonicalInvoice): Page['notes'] {
  const { seller, tax_text: taxText, payment_details: payment, note } = invoice;
  const section = (title: string, text: string | null): Page['notes'] =>
    text === null || text.trim() === '' ? [] : [{ title, paragraphs: paragraphsOf(text, seller.country) }];
  return [...section('Tax', taxText), ...section('Payment', payment), ...section('Note', note)];
}

/** The date on which an instant falls in the zone. */
function dateOf(instant: string | null, zone: string): string | null {
  return instant === null ? null : dateTextAt(Date.parse(instant), zone);
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** `2026-11-04` as `4 November 2026`: read alike everywhere. */
function dateText(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
}
