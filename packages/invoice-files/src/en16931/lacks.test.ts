import { exact } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import { BUYER, FULL, type Sample, sampleCreditNote, sampleInvoice } from '../sample-invoice.ts';
import { lacksForEn16931 } from './lacks.ts';
import { paymentAccountIn } from './payment-account.ts';
import { writeCiiCreditNote, writeUbl, writeUblCreditNote } from './write-xml.ts';

const nobody = { ...BUYER, country: null, tax_ids: [] };
const rate = (id: string) => ({ id, name: id, percent: exact(5n) });

describe('what an invoice lacks', () => {
  it.each([
    ['nothing', FULL, []],
    ['a number and a date', { ...FULL, facts: { number: null, issuedAtMs: null } }, ['no number', 'no date of issue']],
    ['lines', { ...FULL, charges: [], fees: [], use: [], adjustments: [] }, ['no lines']],
    [
      'a seller that can be found',
      { ...FULL, facts: { seller: nobody } },
      ['seller has no country', 'seller has no tax id'],
    ],
    [
      'a buyer who accounts for the tax',
      { ...FULL, facts: { buyer: nobody }, tax: { kind: 'reverse_charge', text: 'Reverse charge' } },
      ['buyer has no country', 'buyer has no tax id'],
    ],
    ['words on when to pay', { ...FULL, facts: { dueAtMs: null, paymentDetails: null } }, ['due date']],
    [
      'a single tax',
      { ...FULL, tax: { kind: 'taxed', prices: 'added', rates: [rate('gst'), rate('pst')] } },
      ['more than one tax'],
    ],
    ['amounts of two decimals', { ...FULL, currency: 'BHD' }, ['3 decimals']],
  ] satisfies readonly (readonly [string, Sample, readonly string[]])[])('%s', (_name, sample, said) => {
    const lacks = lacksForEn16931(sampleInvoice(sample));
    expect(lacks).toHaveLength(said.length);
    for (const [index, words] of said.entries()) expect(lacks[index]).toContain(words);
  });

  it('is said before anything is written', async () => {
    await expect(writeUbl(sampleInvoice({ ...FULL, facts: { seller: nobody } }))).rejects.toThrow(/no country/);
  });

  it('is nothing in dinars of whole tens of fils', () => {
    const fees = [{ id: 'fee', description: 'Platform', amountMinor: 1_230n }];
    expect(lacksForEn16931(sampleInvoice({ currency: 'BHD', fees, tax: { kind: 'none' } }))).toEqual([]);
  });
});

it.each([
  ['IBAN DE89 3704 0044 0532 0130 00\nBIC COBADEFFXXX', { iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' }],
  ['Pay to GB82WEST12345698765432 within 30 days', { iban: 'GB82WEST12345698765432', bic: null }],
  ['DE89 3704 0044 0532 0130 00 BIC: cobadeff', { iban: 'DE89370400440532013000', bic: 'COBADEFF' }],
  ['DE89 3704 0044 0532 0130 01', null],
  ['DE89370400440532013000 or GB82WEST12345698765432', null],
  ['Wire to account 12345678', null],
])('the account in %j is %j', (details, account) => {
  expect(paymentAccountIn(details)).toEqual(account);
});

it.each([
  ['UBL', writeUblCreditNote, /<CreditNote [\s\S]*<cbc:CreditNoteTypeCode>381</, /<cbc:ID>TG-2026-000042</],
  [
    'CII',
    writeCiiCreditNote,
    /<ram:TypeCode>381</,
    /InvoiceReferencedDocument>\s*<ram:IssuerAssignedID>TG-2026-000042</,
  ],
] as const)('a credit note as %s names the invoice that it takes back', async (_syntax, write, kind, invoice) => {
  const xml = new TextDecoder().decode(await write(sampleCreditNote(FULL)));
  expect(xml).toMatch(kind);
  expect(xml).toMatch(invoice);
});
