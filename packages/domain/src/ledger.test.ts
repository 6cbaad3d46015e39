import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditInvoice, leftToCredit } from './credit-note.ts';
import { exact } from './exact.ts';
import { calculateInvoice, type InvoiceToCalculate } from './invoice.ts';
import {
  balanceOf,
  creditedEntries,
  finalizedEntries,
  LEDGER_ACCOUNTS,
  type LedgerEntry,
  paidEntries,
  uncollectibleEntries,
  voidedEntries,
} from './ledger.ts';

const BOOKED = { customerId: 'cus_1', invoiceId: 'inv_2', currency: 'USD', atMs: 1 };
const PERIOD = { startMs: 0, endMs: 1 };

const minor = fc.bigInt({ min: -500n, max: 100_000n });
const invoice: fc.Arbitrary<InvoiceToCalculate> = fc
  .record({
    amounts: fc.array(minor, { minLength: 1, maxLength: 6 }),
    percent: fc.bigInt({ min: 0n, max: 30n }),
    prices: fc.constantFrom('included' as const, 'added' as const),
    off: fc.bigInt({ min: 0n, max: 20_000n }),
    noted: fc.bigInt({ min: 0n, max: 9_000n }),
    carried: fc.bigInt({ min: 0n, max: 9_000n }),
    granted: fc.bigInt({ min: 0n, max: 50_000n }),
  })
  .map(({ amounts, percent, prices, off, noted, carried, granted }) => ({
    ...{ currency: 'USD', atMs: 1, balances: new Map([['crg_1', granted]]) },
    lines: amounts.map((amountMinor, index) => ({
      ...{ id: `line_${index}`, subject: `line_${index}`, kind: 'usage', chargeId: 'usage', description: '' },
      ...{ period: PERIOD, amountMinor, usage: null, originInvoiceId: null },
    })),
    coupons: [{ id: 'cpn_1', description: '', takes: { kind: 'amount', amountMinor: off } }],
    tax: { kind: 'taxed', prices, rates: [{ id: 'txr_1', name: 'VAT', percent: exact(percent) }] },
    creditNotes: [
      { id: 'inv_1', leftMinor: carried },
      { id: 'crn_1', leftMinor: noted },
    ],
    grants: [
      {
        ...{ id: 'crg_1', kind: 'paid', priority: 0, effectiveFromMs: 0, expiresAtMs: null, chargeIds: null },
        createdAtMs: 0,
      },
    ],
  }));

function totalOf(entries: readonly LedgerEntry[]): bigint {
  return entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

describe('the ledger', () => {
  it('adds up to 0 whatever becomes of an invoice, and what is receivable is what is due', () => {
    fc.assert(
      fc.property(invoice, (given) => {
        const figures = calculateInvoice(given);
        const finalized = finalizedEntries(BOOKED, figures);
        expect(totalOf(finalized)).toBe(0n);
        expect(balanceOf(finalized, 'receivable')).toBe(figures.dueMinor);
        expect(finalized.map(({ index }) => index)).toEqual(finalized.map((_entry, index) => index));
        expect(finalized.every(({ amountMinor }) => amountMinor !== 0n)).toBe(true);

        const lost = [...finalized, ...uncollectibleEntries(BOOKED, finalized)];
        expect([balanceOf(lost, 'receivable'), balanceOf(lost, 'losses')]).toEqual([0n, figures.dueMinor]);
        for (const before of [finalized, lost]) {
          const paid = [...before, ...paidEntries(BOOKED, before)];
          expect(totalOf(paid)).toBe(0n);
          expect(balanceOf(paid, 'cash')).toBe(figures.dueMinor);
          expect(balanceOf(paid, 'receivable') + balanceOf(paid, 'losses')).toBe(0n);
          const voided = [...before, ...voidedEntries(BOOKED, before)];
          expect(LEDGER_ACCOUNTS.map((account) => balanceOf(voided, account))).toEqual(LEDGER_ACCOUNTS.map(() => 0n));
        }
      }),
      { seed: 61, numRuns: 300 },
    );
  });

  it('has nothing left of what an invoice earned when all of it is credited, in as many notes as there are', () => {
    fc.assert(
      fc.property(invoice, fc.constantFrom('invoice', 'balance', 'outside'), (given, settlement) => {
        const figures = calculateInvoice(given);
        const left = leftToCredit(figures, []);
        const notes = [left.slice(0, 1), left.slice(1)].filter(({ length }) => length > 0);
        let entries = finalizedEntries(BOOKED, figures);
        const before = [];
        for (const [index, lines] of notes.entries()) {
          const credited = creditInvoice({ invoice: figures, lines, before });
          if (credited.kind === 'refused') throw new Error(`${credited.lineId} was refused`);
          before.push(credited.figures);
          const note = { creditNoteId: `crn_${index + 2}`, figures: credited.figures, settlement };
          entries = [...entries, ...creditedEntries(BOOKED, note)];
        }
        expect(totalOf(entries)).toBe(0n);
        const earned = ['revenue', 'tax', 'discounts'] as const;
        expect(earned.map((account) => balanceOf(entries, account))).toEqual([0n, 0n, 0n]);
      }),
      { seed: 62, numRuns: 300 },
    );
  });

  it('keeps what is carried over apart from credit notes', () => {
    const line = { id: 'a', subject: 'a', kind: 'usage', chargeId: 'usage', description: '', period: PERIOD } as const;
    const figures = calculateInvoice({
      ...{ currency: 'USD', coupons: [], tax: { kind: 'none' }, grants: [], balances: new Map(), atMs: 1 },
      lines: [{ ...line, amountMinor: 1_000n, usage: null, originInvoiceId: null }],
      creditNotes: [
        { id: 'inv_1', leftMinor: 300n },
        { id: 'crn_1', leftMinor: 200n },
      ],
    });
    expect(
      finalizedEntries(BOOKED, figures).map(({ account, amountMinor, fact }) => [fact, account, amountMinor]),
    ).toEqual([
      ['finalized:inv_2', 'receivable', 500n],
      ['finalized:inv_2', 'credit_notes', 200n],
      ['finalized:inv_2', 'carried', 300n],
      ['finalized:inv_2', 'revenue', -1_000n],
    ]);
  });

  it('refuses to book what does not add up', () => {
    const figures = calculateInvoice({
      ...{ currency: 'USD', lines: [], coupons: [], tax: { kind: 'none' }, creditNotes: [], grants: [] },
      ...{ balances: new Map(), atMs: 1 },
    });
    expect(() => finalizedEntries(BOOKED, { ...figures, dueMinor: 1n })).toThrow('finalized:inv_2');
  });
});
