import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CreditNoteFigures, creditInvoice, leftToCredit } from './credit-note.ts';
import { exact } from './exact.ts';
import { calculateInvoice, type InvoiceFigures, type InvoiceToCalculate } from './invoice.ts';
import type { InvoiceLine } from './invoice-line.ts';

const PERIOD = { startMs: 0, endMs: 1 };

function lineOf(id: string, amountMinor: bigint, chargeId = 'usage'): InvoiceLine {
  return {
    ...{ id, subject: id, kind: 'usage', chargeId, description: id, period: PERIOD, amountMinor, usage: null },
    originInvoiceId: null,
  };
}

function grantOf(id: string, change: { readonly kind?: 'promotional'; readonly chargeIds?: readonly string[] } = {}) {
  return {
    ...{
      id,
      kind: 'paid' as const,
      priority: 0,
      effectiveFromMs: 0,
      expiresAtMs: null,
      chargeIds: null,
      createdAtMs: 0,
    },
    ...change,
  };
}

const PLAIN: InvoiceToCalculate = {
  ...{
    currency: 'USD',
    lines: [],
    coupons: [],
    tax: { kind: 'none' },
    creditNotes: [],
    grants: [],
    balances: new Map(),
  },
  atMs: 1,
};

const vat = { id: 'txr_vat', name: 'VAT', percent: exact(19n) };

it('takes coupons, tax, credit notes and credits in that order', () => {
  const figures = calculateInvoice({
    ...PLAIN,
    lines: [lineOf('a', 6_000n, 'tokens'), lineOf('b', 4_000n, 'fee')],
    coupons: [{ id: 'cpn_1', description: 'Welcome', takes: { kind: 'percent', percent: exact(10n) } }],
    tax: { kind: 'taxed', rates: [vat], prices: 'added' },
    creditNotes: [{ id: 'crn_1', leftMinor: 710n }],
    grants: [grantOf('crg_1', { chargeIds: ['fee'] })],
    balances: new Map([['crg_1', 100_000n]]),
  });
  expect(figures).toMatchObject({
    ...{ subtotalMinor: 10_000n, netMinor: 9_000n, totalMinor: 10_710n },
    coupons: [{ couponId: 'cpn_1', amountMinor: 1_000n }],
    taxes: [{ name: 'VAT', baseMinor: 9_000n, amountMinor: 1_710n }],
    creditNotes: [{ creditNoteId: 'crn_1', amountMinor: 710n }],
    // Two fifths of what is open: the fee's part.
    credits: [{ grantId: 'crg_1', amountMinor: 4_000n, byLine: { b: 4_000n } }],
    ...{ dueMinor: 6_000n, carriedMinor: 0n },
  });
});

it('carries what is over to the next invoice, and draws on nothing for it', () => {
  const figures = calculateInvoice({
    ...PLAIN,
    lines: [lineOf('a', 500n), lineOf('b', -800n)],
    coupons: [{ id: 'cpn_1', description: 'Welcome', takes: { kind: 'amount', amountMinor: 100n } }],
    creditNotes: [{ id: 'crn_1', leftMinor: 100n }],
    grants: [grantOf('crg_1')],
    balances: new Map([['crg_1', 100n]]),
  });
  expect(figures).toMatchObject({
    coupons: [],
    creditNotes: [],
    credits: [],
    totalMinor: -300n,
    dueMinor: 0n,
    carriedMinor: 300n,
  });
});

const minor = fc.bigInt({ min: -500n, max: 100_000n });
const percent = fc.record({ value: fc.bigInt({ min: 0n, max: 30_000n }), digits: fc.constant(3) });
const coupon = fc.oneof(
  fc.record({ kind: fc.constant('percent' as const), percent }),
  fc.record({ kind: fc.constant('amount' as const), amountMinor: fc.bigInt({ min: 0n, max: 20_000n }) }),
);
const tax = fc.oneof(
  fc.record({
    kind: fc.constant('taxed' as const),
    rates: fc
      .array(percent, { maxLength: 3 })
      .map((list) => list.map((each, index) => ({ id: `txr_${index}`, name: 'T', percent: each }))),
    prices: fc.constantFrom('included' as const, 'added' as const),
  }),
  fc.constant({ kind: 'reverse_charge' as const, text: 'Reverse charge' }),
);
const invoice: fc.Arbitrary<InvoiceToCalculate> = fc.record({
  currency: fc.constantFrom('USD', 'JPY', 'BHD'),
  lines: fc
    .array(minor, { maxLength: 12 })
    .map((list) => list.map((each, index) => lineOf(`line_${index}`, each, `chg_${index % 3}`))),
  coupons: fc
    .array(coupon, { maxLength: 3 })
    .map((list) => list.map((takes, index) => ({ id: `cpn_${index}`, description: '', takes }))),
  tax,
  creditNotes: fc
    .array(fc.bigInt({ min: 0n, max: 9_000n }), { maxLength: 3 })
    .map((list) => list.map((leftMinor, index) => ({ id: `crn_${index}`, leftMinor }))),
  grants: fc.constant([grantOf('crg_1', { chargeIds: ['chg_0', 'chg_1'] }), grantOf('crg_2', { kind: 'promotional' })]),
  balances: fc.tuple(minor, minor).map(
    ([one, other]) =>
      new Map([
        ['crg_1', one],
        ['crg_2', other],
      ]),
  ),
  atMs: fc.constant(1),
});

function totalOf(parts: readonly { readonly amountMinor: bigint }[]): bigint {
  return parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

describe('an invoice', () => {
  it('adds up from its lines to what is due', () => {
    fc.assert(
      fc.property(invoice, (given) => {
        const figures = calculateInvoice(given);
        const { subtotalMinor, netMinor, totalMinor, coupons, taxes, creditNotes, credits, dueMinor, carriedMinor } =
          figures;
        expect(subtotalMinor).toBe(totalOf(given.lines));
        const discounted = subtotalMinor - totalOf(coupons);
        expect(netMinor + totalOf(taxes)).toBe(totalMinor);
        const isIncluded = given.tax.kind === 'taxed' && given.tax.prices === 'included';
        expect(isIncluded ? totalMinor : netMinor).toBe(discounted);
        expect(totalMinor - totalOf(creditNotes) - totalOf(credits)).toBe(dueMinor - carriedMinor);
        expect(dueMinor >= 0n && carriedMinor >= 0n && (dueMinor === 0n || carriedMinor === 0n)).toBe(true);
        for (const { grantId, amountMinor, byLine } of credits) {
          expect(amountMinor).toBeLessThanOrEqual(given.balances.get(grantId) ?? 0n);
          expect(Object.values(byLine).reduce((sum, drawn) => sum + drawn, 0n)).toBe(amountMinor);
        }
      }),
      { seed: 31, numRuns: 500 },
    );
  });

  it('and its credit notes come to nothing, however it is divided among them', () => {
    fc.assert(
      fc.property(
        invoice,
        fc.array(fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 100 })), { maxLength: 6 }),
        (given, picks) => {
          const figures = calculateInvoice(given);
          const notes: CreditNoteFigures[] = [];
          const credit = (lines: Parameters<typeof creditInvoice>[0]['lines']): void => {
            const result = creditInvoice({ invoice: figures, lines, before: notes });
            if (result.kind === 'refused') throw new Error(`${result.lineId} was refused`);
            notes.push(result.figures);
          };
          for (const [index, hundredths] of picks) {
            const left = leftToCredit(figures, notes).find(({ lineId }) => lineId === `line_${index}`);
            const part = ((left?.amountMinor ?? 0n) * BigInt(hundredths)) / 100n;
            if (left !== undefined && part !== 0n) credit([{ ...left, amountMinor: part }]);
          }
          credit(leftToCredit(figures, notes));
          expectNothingLeft(figures, notes);
        },
      ),
      { seed: 32, numRuns: 500 },
    );
  });
});

function expectNothingLeft(figures: InvoiceFigures, notes: readonly CreditNoteFigures[]): void {
  const sumOf = (amount: (note: CreditNoteFigures) => bigint): bigint =>
    notes.reduce((sum, note) => sum + amount(note), 0n);
  expect(sumOf(({ subtotalMinor }) => subtotalMinor)).toBe(figures.subtotalMinor);
  expect(sumOf(({ totalMinor }) => totalMinor)).toBe(figures.totalMinor);
  expect(sumOf(({ netMinor }) => netMinor)).toBe(figures.netMinor);
  expect(sumOf(({ taxes }) => totalOf(taxes))).toBe(totalOf(figures.taxes));
  expect(sumOf(({ coupons }) => totalOf(coupons))).toBe(totalOf(figures.coupons));
}

describe('a credit note is refused', () => {
  const figures = calculateInvoice({ ...PLAIN, lines: [lineOf('a', 100n), lineOf('b', -40n)] });
  it.each([
    ['for more than the line', [{ lineId: 'a', amountMinor: 101n }], 100n],
    [
      'for more in two parts',
      [
        { lineId: 'a', amountMinor: 60n },
        { lineId: 'a', amountMinor: 60n },
      ],
      100n,
    ],
    ['the other way round', [{ lineId: 'a', amountMinor: -1n }], 100n],
    ['for nothing', [{ lineId: 'a', amountMinor: 0n }], 100n],
    ['for another invoice’s line', [{ lineId: 'c', amountMinor: 1n }], 0n],
    ['for more of a negative line', [{ lineId: 'b', amountMinor: -41n }], -40n],
  ])('%s', (_name, lines, leftMinor) => {
    expect(creditInvoice({ invoice: figures, lines, before: [] })).toMatchObject({ kind: 'refused', leftMinor });
  });
});
