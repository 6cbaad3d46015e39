import { Compile } from 'typebox/compile';
import Format from 'typebox/format';
import { describe, expect, it } from 'vitest';
import { canonicalInvoice, canonicalInvoiceText, INVOICE_FORMAT, type InvoiceFacts } from './canonical-invoice.ts';
import { CanonicalInvoiceSchema } from './canonical-invoice-schema.ts';
import { AS_PRICED } from './charge.ts';
import { exact } from './exact.ts';
import { calculateInvoice, type InvoiceFigures } from './invoice.ts';
import { ratePeriod } from './rate-period.ts';
import type { UseGroup } from './use-group.ts';

Format.Set('date-time', (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text));
Format.Set('date', (text) => /^\d{4}-\d\d-\d\d$/.test(text));

const PERIOD = { startMs: Date.UTC(2026, 9, 31, 15), endMs: Date.UTC(2026, 10, 30, 15) };

const party = {
  id: 'cus_1',
  name: '株式会社 例',
  address: ['1-1'],
  country: 'JP',
  tax_ids: [{ kind: 'jp_trn', value: 'T1' }],
  email: null,
};
const FACTS: InvoiceFacts = {
  ...{ id: 'inv_1', number: '2026-0001', issuedAtMs: PERIOD.endMs, dueAtMs: null, period: PERIOD, zone: 'Asia/Tokyo' },
  ...{ seller: party, buyer: party, paymentDetails: null, purchaseOrder: null, note: null },
};

function groupOf(model: string, quantity: bigint): UseGroup {
  return {
    ...{ projectId: null, provider: 'openai', model, serviceTier: 'standard', class: 'input', priceIds: ['prc_1'] },
    ...{
      quantity: exact(quantity),
      provenance: { reported: exact(0n), counted: exact(quantity), estimated: exact(0n) },
    },
    ...{ cost: exact(quantity * 25n, 7), events: 1n, unpricedEvents: 0n },
    days: [{ date: '2026-11-02', quantity: exact(quantity), cost: exact(quantity * 25n, 7), events: 1n }],
  };
}

function figuresOf(use: readonly UseGroup[]): InvoiceFigures {
  const tiers = [
    { upTo: exact(1_000n), unitPrice: exact(2n), flatFee: exact(5n) },
    { upTo: null, unitPrice: exact(15n, 1), flatFee: exact(0n) },
  ];
  const charge = { ...AS_PRICED, id: 'tiers', modelPattern: 'o3', classes: ['input' as const], splitBy: [] };
  const terms = {
    charges: [{ ...charge, model: { kind: 'graduated' as const, tiers } }],
    fees: [{ id: 'fee', description: 'Platform', amountMinor: 1_000n }],
    commitment: null,
  };
  const rated = ratePeriod({ terms, currency: 'JPY', span: PERIOD, use, billed: [], commitments: 'due' });
  if (rated.kind === 'unpriced') throw new Error('some use has no price');
  return calculateInvoice({
    ...{ currency: 'JPY', lines: rated.lines, atMs: PERIOD.endMs },
    coupons: [{ id: 'cpn_1', description: 'Welcome', takes: { kind: 'amount', amountMinor: 100n } }],
    tax: { kind: 'taxed', rates: [{ id: 'txr_1', name: 'CT', percent: exact(10n) }], prices: 'added' },
    creditNotes: [{ id: 'crn_1', leftMinor: 50n }],
    grants: [
      {
        id: 'crg_1',
        kind: 'paid',
        priority: 0,
        effectiveFromMs: 0,
        expiresAtMs: null,
        chargeIds: null,
        createdAtMs: 0,
      },
    ],
    balances: new Map([['crg_1', 40n]]),
  });
}

const USE = [groupOf('gpt-4o', 1_000_000n), groupOf('o3', 1_001n), groupOf('gpt-4o-mini', 7n)];

describe('the canonical document', () => {
  const document = canonicalInvoice(FACTS, figuresOf(USE));

  it('is as its schema says', () => {
    const check = Compile(CanonicalInvoiceSchema);
    expect(check.Errors(document)).toEqual([]);
    expect(check.Check({ ...document, more: 1 })).toBe(false);
    expect(check.Check({ ...document, totals: { ...document.totals, due: 1 } })).toBe(false);
    expect(document.format).toBe(INVOICE_FORMAT);
    expect(JSON.parse(canonicalInvoiceText(document))).toEqual(document);
  });

  it('is the same, byte by byte, made again and from use in another order', () => {
    const text = canonicalInvoiceText(document);
    expect(canonicalInvoiceText(canonicalInvoice(FACTS, figuresOf(USE)))).toBe(text);
    expect(canonicalInvoiceText(canonicalInvoice(FACTS, figuresOf(USE.toReversed())))).toBe(text);
    expect(text).not.toBe(canonicalInvoiceText(canonicalInvoice(FACTS, figuresOf(USE.slice(1)))));
  });

  it('has dates of the zone, amounts in its currency and quantities with all their digits', () => {
    expect(document.period).toMatchObject({
      start: '2026-10-31T15:00:00.000Z',
      first_date: '2026-11-01',
      last_date: '2026-11-30',
      days: 30,
    });
    expect(document.totals).toEqual({ subtotal: '3010', net: '2910', total: '3201', due: '3111', carried: '0' });
    expect(document.lines.map(({ subject, amount, usage }) => [subject, amount, usage?.amount ?? null])).toEqual([
      ['tiers', '2007', '2006.5'],
      ['usage//openai/gpt-4o-mini/input', '0', '0.0000175'],
      ['usage//openai/gpt-4o/input', '3', '2.5'],
      ['fee', '1000', null],
    ]);
    const [, , line] = document.lines;
    expect(line?.usage?.groups.map(({ days }) => days)).toEqual([
      [{ date: '2026-11-02', quantity: '1000000', cost: '2.5', events: '1' }],
    ]);
  });
});
