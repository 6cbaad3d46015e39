import { Compile } from 'typebox/compile';
import { expect, it } from 'vitest';
import { canonicalCreditNote, canonicalCreditNoteText } from './canonical-credit-note.ts';
import { CanonicalCreditNoteSchema } from './canonical-credit-note-schema.ts';
import { canonicalInvoice } from './canonical-invoice.ts';
import { creditInvoice, leftToCredit } from './credit-note.ts';
import { exact } from './exact.ts';
import { calculateInvoice } from './invoice.ts';
import { readInvoice } from './read-invoice.ts';

const PERIOD = { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) };
const party = { id: 'cus_1', name: 'Ada', address: ['1 Row'], country: 'GB', tax_ids: [], email: null };

const figures = calculateInvoice({
  ...{ currency: 'BHD', creditNotes: [], grants: [], balances: new Map(), atMs: PERIOD.endMs },
  lines: [
    {
      ...{ id: 'fee', subject: 'fee', kind: 'fee', chargeId: 'fee', description: 'Platform', period: PERIOD },
      ...{ amountMinor: 10_000n, usage: null, originInvoiceId: null },
    },
  ],
  coupons: [{ id: 'cpn_1', description: 'Welcome', takes: { kind: 'percent', percent: exact(10n) } }],
  tax: { kind: 'taxed', rates: [{ id: 'txr_1', name: 'VAT', percent: exact(5n) }], prices: 'added' },
});
const invoice = canonicalInvoice(
  {
    ...{ id: 'inv_1', number: 'INV-000001', issuedAtMs: PERIOD.endMs, dueAtMs: null, period: PERIOD, zone: 'UTC' },
    ...{ seller: party, buyer: party, paymentDetails: null, purchaseOrder: null, note: null },
  },
  figures,
);
const facts = {
  ...{ id: 'crn_1', number: 'CN-000001', issuedAtMs: PERIOD.endMs + 1, reason: 'A mistake', invoice },
  settlement: 'balance' as const,
};

it('says what it takes back, of which invoice, as its schema has it', () => {
  const read = readInvoice(invoice);
  const credited = creditInvoice({ invoice: read, lines: leftToCredit(read, []), before: [] });
  if (credited.kind === 'refused') throw new Error('a whole invoice can be credited');
  const note = canonicalCreditNote(facts, credited.figures);
  const check = Compile(CanonicalCreditNoteSchema);
  expect(check.Errors(note)).toEqual([]);
  expect(check.Check({ ...note, more: 1 })).toBe(false);
  expect(note).toMatchObject({
    invoice: { id: 'inv_1', number: 'INV-000001' },
    lines: [{ line: 'fee', charge: 'fee', description: 'Platform', amount: '10.000' }],
    totals: { subtotal: '10.000', net: '9.000', total: '9.450' },
    taxes: [{ base: '9.000', amount: '0.450' }],
  });
  expect(canonicalCreditNoteText(note)).toBe(canonicalCreditNoteText(canonicalCreditNote(facts, credited.figures)));
  expect(() => canonicalCreditNote({ ...facts, invoice: { ...invoice, number: null } }, credited.figures)).toThrow();
});
