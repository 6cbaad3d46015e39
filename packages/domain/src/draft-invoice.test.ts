import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPeriod } from './billing-period.ts';
import { canonicalInvoice, canonicalInvoiceText } from './canonical-invoice.ts';
import { AS_PRICED, type Charge } from './charge.ts';
import { draftLines, type EarlierPeriod, type PeriodInParts, type PeriodPart } from './draft-invoice.ts';
import { compare, exact, sum } from './exact.ts';
import { calculateInvoice } from './invoice.ts';
import { type BilledLine, type InvoiceLine, sumOfLines } from './invoice-line.ts';
import { fromPico } from './money.ts';
import { NO_PLAN, type PlanTerms } from './plan-terms.ts';
import { parseCanonicalInvoice, readInvoice } from './read-invoice.ts';
import type { UseGroup } from './use-group.ts';

const DAY_MS = 86_400_000;
const ZONE = 'UTC';
const PERIOD = { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) };
const CURRENCY = 'USD';

interface Use {
  readonly day: number;
  readonly model: string;
  readonly tokens: bigint;
  readonly pico: bigint;
}

const uses = fc.array(
  fc.record({
    day: fc.integer({ min: 0, max: 29 }),
    model: fc.constantFrom('gpt-4o', 'o3'),
    tokens: fc.bigInt({ min: 1n, max: 900_000n }),
    pico: fc.bigInt({ min: 0n, max: 10n ** 9n }),
  }),
  { maxLength: 25 },
);

function groupOf({ day, model, tokens, pico }: Use): UseGroup {
  const use = { quantity: exact(tokens), cost: fromPico(tokens * pico), events: 1n };
  return {
    ...{ projectId: null, provider: 'openai', model, serviceTier: 'standard', class: 'input', priceIds: ['prc_1'] },
    ...use,
    provenance: { reported: exact(0n), counted: exact(tokens), estimated: exact(0n) },
    unpricedEvents: 0n,
    days: [{ date: `2026-11-${String(day + 1).padStart(2, '0')}`, ...use }],
  };
}

/** From each date on, the subscription that begins there. */
type Changes = readonly { readonly day: number; readonly subscriptionId: string | null; readonly terms: PlanTerms }[];

function inParts(changes: Changes, of: readonly Use[]): PeriodInParts {
  const spans = cutPeriod(
    PERIOD,
    changes.map(({ day }) => PERIOD.startMs + day * DAY_MS),
  );
  const parts = spans.map((span): PeriodPart => {
    const change = changes.findLast(({ day }) => PERIOD.startMs + day * DAY_MS <= span.startMs);
    const isIn = ({ day }: Use): boolean => {
      const atMs = PERIOD.startMs + day * DAY_MS;
      return atMs >= span.startMs && atMs < span.endMs;
    };
    return {
      ...{ span, subscriptionId: change?.subscriptionId ?? null, terms: change?.terms ?? NO_PLAN },
      use: of.filter(isIn).map(groupOf),
    };
  });
  return { period: PERIOD, zone: ZONE, parts };
}

function linesOf(current: PeriodInParts, earlier: readonly EarlierPeriod[] = []): readonly InvoiceLine[] {
  const drafted = draftLines({ currency: CURRENCY, current, earlier, atMs: PERIOD.endMs });
  if (drafted.kind === 'unpriced') throw new Error('some use has no price');
  return drafted.lines;
}

const perUnit: Charge = {
  ...{ ...AS_PRICED, id: 'tokens', classes: ['input'], modelPattern: 'o3', splitBy: [] },
  model: { kind: 'per_unit', unitPrice: exact(3n, 6) },
};
const additive: PlanTerms = {
  charges: [perUnit],
  fees: [{ id: 'fee', description: 'Platform', amountMinor: 9_999n }],
  commitment: null,
};
/** Everything that looks at the total of its part. */
const cumulative: PlanTerms = {
  charges: [
    { ...perUnit, allowance: exact(90_000n), minimum: exact(12n), maximum: exact(40n) },
    {
      ...{ ...AS_PRICED, id: 'tiers', classes: ['input'], modelPattern: 'gpt-4o', splitBy: [] },
      model: {
        kind: 'volume',
        tiers: [
          { upTo: exact(100_000n), unitPrice: exact(5n, 5), flatFee: exact(1n) },
          { upTo: null, unitPrice: exact(2n, 5), flatFee: exact(0n) },
        ],
      },
    },
  ],
  fees: additive.fees,
  commitment: { id: 'commitment', description: 'Minimum', amountMinor: 6_000n, chargeIds: null },
};
const changes = fc
  .uniqueArray(fc.integer({ min: 0, max: 29 }), { maxLength: 4 })
  .map((days) => days.toSorted((a, b) => a - b));

function changesOf(days: readonly number[], termsOf: (index: number) => PlanTerms | null): Changes {
  return days.map((day, index) => {
    const terms = termsOf(index);
    return { day, subscriptionId: terms === null ? null : `sub_${index}`, terms: terms ?? NO_PLAN };
  });
}

describe('the lines of a period', () => {
  it('come to the same exact amounts where a change of plan changes no terms', () => {
    fc.assert(
      fc.property(uses, changes, (of, days) => {
        const whole = linesOf(
          inParts(
            changesOf([0], () => additive),
            of,
          ),
        );
        const cut = linesOf(
          inParts(
            changesOf([0, ...days.filter((day) => day > 0)], () => additive),
            of,
          ),
        );
        for (const kind of ['usage', 'fee'] as const) {
          expect(compare(exactly(cut, kind), exactly(whole, kind))).toBe(0);
        }
        // Each line is rounded once: more lines can differ by half a cent each.
        const difference = sumOfLines(cut) - sumOfLines(whole);
        expect(difference < 0n ? -difference : difference).toBeLessThanOrEqual(BigInt(cut.length + whole.length));
      }),
      { seed: 51 },
    );
  });

  it('say which part they are for, where there are several', () => {
    const of = [3, 12, 25].map((day) => ({ day, model: 'o3', tokens: 1_000_000n, pico: 2_000_000n }));
    expect(
      linesOf(
        inParts(
          changesOf([0], () => additive),
          of,
        ),
      ).map(({ id }) => id),
    ).toEqual(['tokens', 'fee']);
    const ended = changesOf([10, 20], (index) => (index === 0 ? additive : null));
    expect(linesOf(inParts(ended, of)).map(({ id, period, amountMinor }) => [id, dayOf(period), amountMinor])).toEqual([
      ['none/usage//openai/o3/input', 0, 200n],
      ['sub_0/tokens', 10, 300n],
      ['sub_0/fee', 10, 3_333n],
      ['none.2/usage//openai/o3/input', 20, 200n],
    ]);
  });

  it('have commitments at the end of their part, not before', () => {
    const current = inParts(
      changesOf([0, 10], () => cumulative),
      [],
    );
    const drafted = draftLines({ currency: CURRENCY, current, earlier: [], atMs: PERIOD.startMs + 12 * DAY_MS });
    if (drafted.kind === 'unpriced') throw new Error('some use has no price');
    const trueUps = drafted.lines.filter(({ kind }) => kind === 'true_up').map(({ id }) => id);
    expect(trueUps).toEqual(['sub_0/tokens/minimum']);
    expect(linesOf(current).filter(({ kind }) => kind === 'true_up')).toHaveLength(2);
  });
});

function exactly(lines: readonly InvoiceLine[], kind: 'usage' | 'fee') {
  return sum(
    lines.filter((line) => line.kind === kind).map(({ usage, amountMinor }) => usage?.amount ?? exact(amountMinor)),
  );
}

function dayOf({ startMs }: InvoiceLine['period']): number {
  return (startMs - PERIOD.startMs) / DAY_MS;
}

describe('adjustments', () => {
  it('bring what was billed of a period to what a fresh rating gives, and then there are none', () => {
    const mixed = (index: number) => [cumulative, null, additive][index % 3] ?? null;
    fc.assert(
      fc.property(uses, uses, changes, fc.nat(25), (before, late, days, withdrawn) => {
        const plans = changesOf(days, mixed);
        const now = inParts(plans, [...before.slice(withdrawn), ...late]);
        const billed: BilledLine[] = [...linesOf(inParts(plans, before))];
        const adjust = () =>
          linesOf(
            inParts(
              changesOf([0], () => null),
              [],
            ),
            [{ ...now, invoiceId: 'inv_1', billed }],
          );
        const lines = adjust();
        expect(lines.every(({ kind, originInvoiceId }) => kind === 'adjustment' && originInvoiceId === 'inv_1')).toBe(
          true,
        );
        billed.push(...stored(lines));
        expect(sumOfLines(billed)).toBe(sumOfLines(linesOf(now)));
        expect(adjust()).toEqual([]);
      }),
      { seed: 52 },
    );
  });

  it('are none, and neither is the invoice, where an earlier period has use without a price', () => {
    const [part] = inParts([], [{ day: 1, model: 'o3', tokens: 1n, pico: 1n }]).parts;
    if (part === undefined) throw new Error('a period has a part');
    const unpriced = { ...part, use: part.use.map((group) => ({ ...group, unpricedEvents: 1n })) };
    const earlier = { period: PERIOD, zone: ZONE, parts: [unpriced], invoiceId: 'inv_1', billed: [] };
    expect(draftLines({ currency: CURRENCY, current: inParts([], []), earlier: [earlier], atMs: 0 })).toMatchObject({
      kind: 'unpriced',
      groups: [{ model: 'o3', unpricedEvents: 1n }],
    });
  });

  it('refuse what was billed for no part of the period', () => {
    const billed = linesOf(
      inParts(
        changesOf([0, 10], () => additive),
        [],
      ),
    );
    const earlier = {
      ...inParts(
        changesOf([0], () => additive),
        [],
      ),
      invoiceId: 'inv_1',
      billed,
    };
    expect(() => linesOf(inParts([], []), [earlier])).toThrow('for no part of its period');
  });
});

/** As they are read again from the invoice that they were stored on. */
function stored(lines: readonly InvoiceLine[]): readonly BilledLine[] {
  const figures = calculateInvoice({
    ...{ currency: CURRENCY, lines, coupons: [], tax: { kind: 'none' }, creditNotes: [], grants: [] },
    ...{ balances: new Map(), atMs: PERIOD.endMs },
  });
  const party = { id: 'cus_1', name: 'A', address: [], country: null, tax_ids: [], email: null };
  const document = canonicalInvoice(
    {
      ...{ id: 'inv_2', number: null, issuedAtMs: null, dueAtMs: null, period: PERIOD, zone: ZONE },
      ...{ seller: party, buyer: party, paymentDetails: null, purchaseOrder: null, note: null },
    },
    figures,
  );
  const read = readInvoice(parseCanonicalInvoice(canonicalInvoiceText(document)));
  expect(read).toMatchObject({
    ...{ subtotalMinor: figures.subtotalMinor, totalMinor: figures.totalMinor, dueMinor: figures.dueMinor },
    carriedMinor: figures.carriedMinor,
  });
  return read.lines;
}
