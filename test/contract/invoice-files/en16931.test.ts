// Any invoice that lacks nothing, and any credit note for it, is as UBL and as CII one by the schemas and by all rules of EN 16931.

import type { CanonicalInvoice } from '@tollgate/domain';
import { CREDIT_NOTE_FORMATS, INVOICE_FORMATS } from '@tollgate/invoice-files';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyInvoice } from '../../support/any-invoice.ts';
import { creditedIn } from '../../support/credited-in.ts';
import { brokenRules, findRules, type Syntax, schemaFlaws } from '../../support/en16931-rules.ts';

const SAMPLES = 36;
/** Two programs in Java compile the rules first. */
const TIMEOUT_MS = 300_000;

const SELLER = { tax_ids: [{ kind: 'eu_vat', value: 'DE123456789' }], email: 'billing@seller.example' };
const BUYER = { tax_ids: [{ kind: 'eu_vat', value: 'ATU12345678' }], country: 'AT', email: 'ap@buyer.example' };
const REGISTERED = { tax_ids: [{ kind: 'de_stn', value: '12/345/67890' }] };

/** What the generator leaves out: parties with tax ids, accounts to pay into, and taxes that are none. */
function completed(invoice: CanonicalInvoice, index: number): CanonicalInvoice {
  const untaxed = (['reverse_charge', 'exempt', 'none'] as const)[index % 3] ?? 'none';
  const isTaxed = invoice.tax_treatment === 'taxed';
  return {
    ...invoice,
    ...{
      number: `INV-${index}`,
      issued_at: '2026-12-01T12:00:00.000Z',
      purchase_order: index % 2 === 0 ? 'PO 1' : null,
    },
    // Some are due at no date, and say in words when.
    due_at: index % 4 === 0 ? null : '2026-12-15T12:00:00.000Z',
    payment_details: index % 3 === 0 ? 'IBAN DE89 3704 0044 0532 0130 00, BIC COBADEFFXXX' : 'In 14 days, by cheque.',
    note: index % 5 === 0 ? 'Danke & <bis> bald 多謝' : null,
    seller: { ...invoice.seller, ...SELLER, ...(isTaxed && index % 2 === 0 ? REGISTERED : {}) },
    buyer: { ...invoice.buyer, ...BUYER },
    tax_treatment: isTaxed ? 'taxed' : untaxed,
    tax_text: isTaxed || untaxed === 'none' ? null : 'Why no tax is asked for',
  };
}

it(
  'by schemas and rules',
  async () => {
    const invoices = fc.sample(anyInvoice, { seed: 2026, numRuns: SAMPLES }).map(completed);
    const whole = invoices.filter((invoice) => INVOICE_FORMATS.ubl.lacks(invoice).length === 0);
    expect(whole.length).toBeGreaterThan(SAMPLES / 4);
    const treatments = new Set(whole.map(({ tax_treatment: treatment }) => treatment));
    expect(treatments).toEqual(new Set(['taxed', 'reverse_charge', 'exempt', 'none']));
    expect(whole.some(({ totals }) => totals.total.startsWith('-'))).toBe(true);

    const notes = whole.flatMap((invoice, index) => creditedIn(invoice, index));
    expect(notes.length).toBeGreaterThan(whole.length);
    expect(new Set(notes.map(({ note }) => note.settlement)).size).toBe(3);

    const rules = await findRules();
    const check = async (syntax: Syntax): Promise<readonly string[]> => {
      const files = new Map<string, Uint8Array>();
      for (const invoice of whole) files.set(invoice.number ?? '', await INVOICE_FORMATS[syntax].write(invoice));
      for (const note of notes) files.set(note.note.number, await CREDIT_NOTE_FORMATS[syntax].write(note));
      files.set('wrong', overcharged([...files.values()][0]));
      return [...(await schemaFlaws(rules, syntax, files)), ...(await brokenRules(rules, syntax, files))];
    };
    for (const found of await Promise.all([check('ubl'), check('cii')])) {
      expect(found).toEqual([expect.stringMatching(/^wrong\.xml: \[BR-CO-16\]/)]);
    }
  },
  TIMEOUT_MS,
);

/** So that it shows that the rules are looked at: a file that asks for more than it comes to. */
function overcharged(xml: Uint8Array | undefined): Uint8Array {
  const text = new TextDecoder().decode(xml);
  return new TextEncoder().encode(
    text.replace(/(<(?:cbc:PayableAmount|ram:DuePayableAmount)[^>]*>)[^<]*/, '$1999999.99'),
  );
}
