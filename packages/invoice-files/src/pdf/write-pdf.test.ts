import { type CanonicalInvoice, exact } from '@tollgate/domain';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { BUYER, FULL, groupOf, type Sample, sampleCreditNote, sampleInvoice } from '../sample-invoice.ts';
import { writeCreditNotePdf, writePdf } from './write-pdf.ts';

/** What a reader of the file sees, without the typography of signs. */
async function readPages(pdf: Uint8Array): Promise<readonly string[]> {
  const { text } = await extractText(await getDocumentProxy(Uint8Array.from(pdf)));
  return text.map((page) => page.replaceAll('\u2212', '-').replaceAll('\u200b', '').replaceAll(/\s+/g, ' '));
}

/** `1234567.80` as it is written for people. */
function shown(amount: string): string {
  const [whole = '', fraction] = amount.split('.');
  const groups = BigInt(whole).toLocaleString('en-US');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

function amountsOf({ totals, lines, coupons, taxes, credit_notes: notes, credits }: CanonicalInvoice): string[] {
  const off = [...coupons, ...notes, ...credits].map(({ amount }) => `-${amount}`);
  return [
    ...lines.map(({ amount }) => amount),
    ...off,
    ...taxes.flatMap(({ base, amount }) => [base, amount]),
    ...[totals.subtotal, totals.net, totals.total, totals.due],
  ];
}

const MANY: Sample = {
  use: Array.from({ length: 400 }, (_, index) =>
    groupOf({ model: `model-${index}`, quantity: BigInt(1_000 + index * 977_353), price: '0.0000025' }),
  ),
};

describe('a page', () => {
  it.each([
    ['of everything that can stand on it', FULL],
    ['of one line', { use: [groupOf({ model: 'gpt-4o', quantity: 23_456_789n, price: '0.0000025' })] }],
    ['in yen', { ...FULL, currency: 'JPY' }],
    ['in dinars of a thousand fils', { ...FULL, currency: 'BHD' }],
    ['without tax, and why', { ...FULL, tax: { kind: 'reverse_charge', text: 'Reverse charge: by the recipient.' } }],
    [
      'with the tax in the prices',
      {
        ...FULL,
        tax: { kind: 'taxed', prices: 'included', rates: [{ id: 't', name: 'VAT', percent: exact(75n, 1) }] },
      },
    ],
    ['of four hundred lines', MANY],
  ] satisfies readonly (readonly [string, Sample])[])('%s shows the figures of the invoice', async (_name, sample) => {
    const invoice = sampleInvoice(sample);
    const text = (await readPages(await writePdf(invoice))).join(' ');
    for (const amount of amountsOf(invoice)) expect(text).toContain(shown(amount));
    for (const { description } of invoice.lines) expect(text).toContain(description);
    for (const said of [invoice.number, invoice.tax_text, invoice.purchase_order, invoice.period.zone]) {
      expect(text).toContain(said ?? '');
    }
    expect(text).toContain(`Amount due (${invoice.currency}) ${shown(invoice.totals.due)}`);
  });

  it('says how tiers, packages, allowances and discounts came to an amount', async () => {
    const [first = ''] = await readPages(await writePdf(sampleInvoice(FULL)));
    expect(first).toContain('Included -100,000');
    expect(first).toContain('Tier 2 9,000,000 2.00 / 1M 18.00');
    expect(first).toContain('Tier 1, fee 5.00');
    expect(first).toContain('Packages 13 1.20 / package 15.60');
    expect(first).toContain('Cost of the use 31.00 120 % 37.20');
    expect(first).toContain('Discount -4.55351835');
    expect(first).toContain('To invoice inv_01JSEPTEMBER');
  });

  it('is numbered, and its header is on each page', async () => {
    const pages = await readPages(await writePdf(sampleInvoice(MANY)));
    expect(pages).toHaveLength(11);
    for (const [index, page] of pages.entries()) expect(page).toContain(`Page ${index + 1} of ${pages.length}`);
    // The first two hold the summary.
    for (const page of pages.slice(2, -1)) expect(page).toMatch(/^Description Quantity Unit price Amount \(EUR\)/);
  });

  it('is the same file for the same invoice, whatever was drawn before, and says who made it and when', async () => {
    const first = await writePdf(sampleInvoice(FULL));
    await writePdf(sampleInvoice(MANY));
    expect(Buffer.compare(await writePdf(sampleInvoice(FULL)), first)).toBe(0);
    const { info } = await getMeta(await getDocumentProxy(Uint8Array.from(first)));
    expect(info).toMatchObject({ Title: 'Invoice TG-2026-000042', Author: 'Tollgate Beispiel GmbH' });
    expect(info['CreationDate']).toMatch(/^D:20261102/);
  });

  it('without a number says that it is a draft', async () => {
    const [first = ''] = await readPages(
      await writePdf(sampleInvoice({ ...FULL, facts: { number: null, issuedAtMs: null } })),
    );
    expect(first).toContain('DRAFT');
    expect(first).not.toContain('TG-2026');
  });
});

it('a credit note says what it takes back, of which invoice, and what becomes of it', async () => {
  const credited = sampleCreditNote({ ...FULL, facts: { projects: [{ id: 'prj_chat', name: 'Chat' }] } });
  const text = (await readPages(await writeCreditNotePdf(credited))).join(' ');
  const { lines, totals, number, reason } = credited.note;
  for (const { amount } of lines) expect(text).toContain(shown(amount));
  for (const said of [number, reason, 'For invoice TG-2026-000042', 'input, Chat 15.00']) expect(text).toContain(said);
  expect(text).toContain(`Total credited (EUR) ${shown(totals.total)}`);
  expect(text).toContain('taken off what is due of later invoices');
});

it('documents and projects are called by their numbers and names', async () => {
  const numbers = [
    { id: 'inv_01JSEPTEMBER', number: 'TG-2026-000017' },
    { id: 'crn_01K', number: 'TG-2026-CN-000003' },
  ];
  const facts = { numbers, projects: [{ id: 'prj_search', name: 'Search' }] };
  const text = (await readPages(await writePdf(sampleInvoice({ ...FULL, facts })))).join(' ');
  for (const said of ['To invoice TG-2026-000017', 'Credit note TG-2026-CN-000003', 'Search gpt-4o']) {
    expect(text).toContain(said);
  }
  expect(text).not.toMatch(/inv_01JSEPTEMBER|crn_01K|prj_search/);
});

describe('names', () => {
  it.each([
    ['Arabic', 'شركة الأفق للتقنية', 'SA'],
    ['Hebrew', 'חברת הדגמה', 'IL'],
    ['Chinese', '上海云计算技术有限公司', 'CN'],
    ['Japanese', '株式会社トールゲート', 'JP'],
    ['Korean', '주식회사 예시', 'KR'],
    ['Thai', 'บริษัท ตัวอย่าง จำกัด', 'TH'],
    ['Devanagari', 'उदाहरण प्राइवेट लिमिटेड', 'IN'],
    ['Cyrillic and Greek', 'ООО Пример και Υιοί', 'GR'],
    ['emoji', '🚀 Rocket', 'US'],
  ])('in %s are drawn with glyphs of a font of theirs', async (_script, name, country) => {
    const pdf = await writePdf(sampleInvoice({ facts: { buyer: { ...BUYER, name, country } } }));
    const text = (await readPages(pdf)).join(' ').normalize('NFKC');
    // Letters that run from right to left, or are composed, come out of a file in another order.
    for (const letter of new Set(name.normalize('NFKC').replaceAll(/[\s\p{M}]/gu, ''))) expect(text).toContain(letter);
  });

  it('that are very long, of unknown scripts or hostile stay on the page', async () => {
    const address = ['X'.repeat(500), 'የአማርኛ ጽሑፍ', '\u202e#panic("no")\u0000 $x$ *b* \\ @ref <label>'];
    const buyer = { ...BUYER, name: 'Gesellschaft für Sprachverarbeitung & Compagnie '.repeat(12), address };
    const text = (await readPages(await writePdf(sampleInvoice({ facts: { buyer } })))).join(' ');
    expect(text.replaceAll(' ', '')).toContain('X'.repeat(500));
    expect(text).toContain('#panic("no") $x$ *b* \\ @ref <label>');
  });
});
