// What an invoice and a credit note say alike on a page: parties, dates, what the lines come to with coupons and tax.

import { type CanonicalInvoice, type CanonicalParty, dateTextAt } from '@tollgate/domain';
import { grouped, takenOff } from './figure-text.ts';
import type { Page, PageParty, PageTotal, Wording } from './page.ts';
import { paragraphsOf, plain, wordingOf } from './wording.ts';

/** Where paper is not of ISO 216. */
const LETTER_COUNTRIES: ReadonlySet<string> = new Set(['US', 'CA', 'MX', 'CL', 'CO', 'PH', 'VE']);

export function paperOf({ country }: CanonicalParty): Page['paper'] {
  return LETTER_COUNTRIES.has(country ?? '') ? 'us-letter' : 'a4';
}

export function fact(label: string, value: Wording | string | null): Page['facts'] {
  return value === null ? [] : [{ label, value: typeof value === 'string' ? plain(value) : value }];
}

export function partyOf(label: string, { name, address, country, tax_ids: taxIds, email }: CanonicalParty): PageParty {
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

export function total(label: Wording | string, amount: string, weight: PageTotal['weight'] = 'plain'): PageTotal {
  return { label: typeof label === 'string' ? plain(label) : label, amount, weight };
}

export function totalsUpToTax({
  totals,
  coupons,
  taxes,
}: Pick<CanonicalInvoice, 'coupons' | 'taxes'> & {
  readonly totals: Pick<CanonicalInvoice['totals'], 'subtotal' | 'net'>;
}): readonly PageTotal[] {
  return [
    total('Subtotal', grouped(totals.subtotal)),
    ...coupons.map(({ description, amount }) => total(wordingOf(description), takenOff(amount))),
    ...(totals.net === totals.subtotal ? [] : [total('Net', grouped(totals.net))]),
    ...taxes.map(({ name, percent, base, amount }) =>
      total(wordingOf(`${name} ${percent} % of ${grouped(base)}`), grouped(amount)),
    ),
  ];
}

/** None where there is nothing to say. */
export function section(of: {
  readonly title: string;
  readonly text: string | null;
  readonly seller: CanonicalParty;
}): Page['notes'] {
  const { title, text, seller } = of;
  return text === null || text.trim() === '' ? [] : [{ title, paragraphs: paragraphsOf(text, seller.country) }];
}

/** The date on which an instant falls in the zone. */
export function dateOf(instant: string | null, zone: string): string | null {
  return instant === null ? null : dateTextAt(Date.parse(instant), zone);
}

/** Those of a line, where they are not those of the whole period. */
export function datesOf(
  { start, end }: Pick<CanonicalInvoice['lines'][number], 'start' | 'end'>,
  period: CanonicalInvoice['period'],
): string | null {
  if (start === period.start && end === period.end) return null;
  const [first, last] = [dateTextAt(Date.parse(start), period.zone), dateTextAt(Date.parse(end) - 1, period.zone)];
  return first === last ? dateText(first) : `${dateText(first)} \u2013 ${dateText(last)}`;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** `2026-11-04` as `4 November 2026`: read alike everywhere. */
export function dateText(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
}
