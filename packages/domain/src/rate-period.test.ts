import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustPeriod } from './adjustment.ts';
import { AS_PRICED, type Charge, flawOfCharge } from './charge.ts';
import { compare, exact, sum } from './exact.ts';
import { type InvoiceLine, sumOfLines } from './invoice-line.ts';
import { fromPico } from './money.ts';
import type { PlanTerms } from './plan-terms.ts';
import { type PeriodToRate, ratePeriod } from './rate-period.ts';
import type { UsageRow } from './usage.ts';
import { gatherUse, mergeUse } from './use-group.ts';

const ZONE = 'UTC';
const PERIOD = { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) };

function rowOf(row: Partial<UsageRow> & Pick<UsageRow, 'eventId'>): UsageRow {
  return {
    ...{ epoch: 0, partition: 0, position: 0n, customerId: 'cus_1', projectId: null, keyId: 'key_1' },
    ...{ timeMs: PERIOD.startMs, receivedAtMs: PERIOD.startMs, contentHash: 0n, type: 'llm.chat', provider: 'openai' },
    ...{ model: 'gpt-4o', serviceTier: 'standard', status: 'completed', isStream: false, latencyMs: null, tokens: {} },
    ...{ provenance: {}, requests: 1n, webSearches: 0n, rule: '', textInputTokens: null, textOutputTokens: null },
    ...{ region: '', currency: 'USD', costPico: 0n, costByClass: {}, cacheSavingsPico: 0n, priceIds: ['prc_1'] },
    ...{ unpricedReason: '', flags: [], reservation: '', metadata: {}, reportedUsage: '', data: '' },
    ...row,
  };
}

const usage = fc.record({
  day: fc.integer({ min: 0, max: 29 }),
  model: fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'o3', 'a/b'),
  projectId: fc.constantFrom(null, 'prj_1', 'prj_2'),
  input: fc.bigInt({ min: 0n, max: 5_000n }),
  output: fc.bigInt({ min: 0n, max: 500n }),
  picoPerToken: fc.bigInt({ min: 0n, max: 10n ** 9n }),
  provenance: fc.constantFrom('reported' as const, 'counted' as const, 'estimated' as const),
});

const events = fc.array(usage, { maxLength: 30 }).map((list) =>
  list.map(({ day, model, projectId, input, output, picoPerToken, provenance }, index) => {
    const costByClass = { input: input * picoPerToken, output: output * picoPerToken * 3n };
    return rowOf({
      ...{
        eventId: `evt_${index}`,
        position: BigInt(index),
        timeMs: PERIOD.startMs + day * 86_400_000,
        model,
        projectId,
      },
      ...{ tokens: { input, output }, provenance: { input: provenance, output: 'counted' }, costByClass },
      costPico: costByClass.input + costByClass.output,
    });
  }),
);

const amount = fc.record({ value: fc.bigInt({ min: 0n, max: 99_999n }), digits: fc.integer({ min: 0, max: 6 }) });
const small = fc.record({ value: fc.bigInt({ min: 0n, max: 999n }), digits: fc.integer({ min: 3, max: 6 }) });
const ends = fc.uniqueArray(fc.bigInt({ min: 1n, max: 20_000n }), { maxLength: 3 });
const tiers = fc
  .record({
    ends,
    prices: fc.array(small, { minLength: 4, maxLength: 4 }),
    fees: fc.array(amount, { minLength: 4, maxLength: 4 }),
  })
  .map((given) =>
    [...given.ends.toSorted((a, b) => (a < b ? -1 : 1)).map((end) => exact(end)), null].map((upTo, index) => ({
      ...{ upTo, unitPrice: given.prices[index] ?? exact(0n), flatFee: given.fees[index] ?? exact(0n) },
    })),
  );
const rising = fc.oneof(
  fc.record({ kind: fc.constant('per_unit' as const), unitPrice: small }),
  fc.record({ kind: fc.constant('graduated' as const), tiers }),
  fc.record({
    kind: fc.constant('package' as const),
    size: fc.bigInt({ min: 1n, max: 900n }).map((n) => exact(n)),
    price: amount,
  }),
  fc.record({
    kind: fc.constant('percentage' as const),
    of: fc.constant('cost' as const),
    percent: amount,
    feePerEvent: fc.constant(exact(0n)),
  }),
  fc.record({ kind: fc.constant('cost_plus' as const), percent: small }),
);
const orNull = <Value>(of: fc.Arbitrary<Value>) => fc.option(of, { nil: null });

function chargesOf(model: fc.Arbitrary<Charge['model']>): fc.Arbitrary<readonly Charge[]> {
  const charge = fc.record({
    ...{ description: fc.constant('A charge'), projectId: fc.constantFrom(null, 'prj_1') },
    classes: fc.constantFrom<Charge['classes']>(['input'], ['input', 'output'], ['requests']),
    modelPattern: fc.constantFrom(null, 'gpt-4o*', 'o3'),
    takes: fc.constantFrom('own' as const, 'all' as const),
    splitBy: fc.constantFrom<Charge['splitBy']>([], ['model'], ['project', 'class']),
    ...{ model, allowance: amount, discount: orNull(fc.record({ kind: fc.constant('amount' as const), amount })) },
    ...{ maximum: orNull(amount), minimum: orNull(amount) },
  });
  return fc
    .array(charge, { maxLength: 3 })
    .map((list) =>
      list
        .map((given, index) => ({ ...given, id: `chg_${index}` }))
        .map((given) => (flawOfCharge(given) === undefined ? given : { ...given, splitBy: [] })),
    );
}

function termsOf(model: fc.Arbitrary<Charge['model']>): fc.Arbitrary<PlanTerms> {
  const minor = fc.bigInt({ min: 0n, max: 50_000n });
  return fc.record({
    charges: chargesOf(model),
    fees: fc
      .array(minor, { maxLength: 1 })
      .map((list) => list.map((amountMinor) => ({ id: 'fee', description: 'Fee', amountMinor }))),
    commitment: orNull(
      minor.map((amountMinor) => ({ id: 'commitment', description: 'Minimum', amountMinor, chargeIds: null })),
    ),
  });
}

const anyTerms = termsOf(fc.oneof(rising, fc.record({ kind: fc.constant('volume' as const), tiers })));
const currency = fc.constantFrom('USD', 'JPY', 'BHD');

function linesOf(
  given: Partial<PeriodToRate> & Pick<PeriodToRate, 'terms' | 'currency' | 'use'>,
): readonly InvoiceLine[] {
  const rated = ratePeriod({ span: PERIOD, billed: [], commitments: 'due', ...given });
  if (rated.kind === 'unpriced') throw new Error('some use has no price');
  return rated.lines;
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_name, member) => (typeof member === 'bigint' ? member.toString() : member));
}

describe('the total of a period', () => {
  it('is the same for any order, copies and batches of its events', () => {
    const shuffled = events.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray([...rows, ...rows], { minLength: rows.length * 2 }), fc.nat(40)),
    );
    fc.assert(
      fc.property(anyTerms, currency, shuffled, (terms, code, [rows, copies, cut]) => {
        const once = textOf(linesOf({ terms, currency: code, use: gatherUse(rows, ZONE) }));
        expect(textOf(linesOf({ terms, currency: code, use: gatherUse(copies, ZONE) }))).toBe(once);
        const batches = [gatherUse(rows.slice(cut), ZONE), gatherUse(rows.slice(0, cut), ZONE)];
        expect(textOf(linesOf({ terms, currency: code, use: mergeUse(batches.flat()) }))).toBe(once);
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('is the same for a period in parts as for the whole', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 4 });
    fc.assert(
      fc.property(anyTerms, currency, events, cuts, (terms, code, rows, days) => {
        const whole = linesOf({ terms, currency: code, use: gatherUse(rows, ZONE) });
        const billed: InvoiceLine[] = [];
        for (const day of days.toSorted((a, b) => a - b)) {
          const use = gatherUse(
            rows.filter(({ timeMs }) => timeMs < PERIOD.startMs + day * 86_400_000),
            ZONE,
          );
          billed.push(...linesOf({ terms, currency: code, use, billed, commitments: 'not_yet' }));
        }
        billed.push(...linesOf({ terms, currency: code, use: gatherUse(rows, ZONE), billed }));
        expect(sumOfLines(billed)).toBe(sumOfLines(whole));
      }),
      { seed: 12, numRuns: 60 },
    );
  });

  it('never falls with more use, but for volume tiers', () => {
    fc.assert(
      fc.property(termsOf(rising), currency, events, fc.nat(40), (terms, code, rows, count) => {
        const less = sumOfLines(linesOf({ terms, currency: code, use: gatherUse(rows.slice(0, count), ZONE) }));
        expect(sumOfLines(linesOf({ terms, currency: code, use: gatherUse(rows, ZONE) }))).toBeGreaterThanOrEqual(less);
      }),
      { seed: 13 },
    );
  });

  it('is at least what was committed to, to the cent', () => {
    fc.assert(
      fc.property(anyTerms, currency, events, (terms, code, rows) => {
        const lines = linesOf({ terms, currency: code, use: gatherUse(rows, ZONE) });
        const committed = terms.commitment?.amountMinor ?? 0n;
        const others = sumOfLines(lines.filter(({ subject }) => subject !== 'commitment'));
        expect(sumOfLines(lines)).toBe(others > committed ? others : committed);
      }),
      { seed: 14 },
    );
  });

  it('is what the events cost where there is no plan', () => {
    const terms = { charges: [], fees: [], commitment: null };
    fc.assert(
      fc.property(events, (rows) => {
        const lines = linesOf({ terms, currency: 'USD', use: gatherUse(rows, ZONE) });
        const exactly = sum(lines.map((line) => line.usage?.amount ?? exact(0n)));
        expect(compare(exactly, fromPico(rows.reduce((cost, { costPico }) => cost + (costPico ?? 0n), 0n)))).toBe(0);
        const tokens = sum(
          lines
            .filter(({ subject }) => !subject.endsWith('requests'))
            .map((line) => line.usage?.use.quantity ?? exact(0n)),
        );
        const counted = rows.reduce((count, { tokens: { input = 0n, output = 0n } }) => count + input + output, 0n);
        expect(compare(tokens, exact(counted))).toBe(0);
      }),
      { seed: 15 },
    );
  });

  it('is corrected by adjustments to what it would have been', () => {
    const changes = fc.tuple(events, fc.nat(40), fc.nat(40), fc.bigInt({ min: 0n, max: 3n }));
    fc.assert(
      fc.property(anyTerms, currency, changes, (terms, code, [rows, known, withdrawn, factor]) => {
        // Late ones come, some are withdrawn, and all are rated anew.
        const now = rows.slice(withdrawn).map((row) => ({
          ...row,
          costByClass: {
            input: (row.costByClass.input ?? 0n) * factor,
            output: (row.costByClass.output ?? 0n) * factor,
          },
        }));
        const billed = [...linesOf({ terms, currency: code, use: gatherUse(rows.slice(0, known), ZONE) })];
        for (const use of [gatherUse(rows, ZONE), gatherUse(now, ZONE), gatherUse(now, ZONE)]) {
          const adjusted = adjustPeriod({ terms, currency: code, span: PERIOD, use, billed, originInvoiceId: 'inv_1' });
          if (adjusted.kind === 'rated') billed.push(...adjusted.lines);
        }
        expect(sumOfLines(billed)).toBe(sumOfLines(linesOf({ terms, currency: code, use: gatherUse(now, ZONE) })));
        const again = adjustPeriod({
          terms,
          currency: code,
          span: PERIOD,
          use: gatherUse(now, ZONE),
          billed,
          originInvoiceId: 'inv_1',
        });
        expect(again).toEqual({ kind: 'rated', lines: [] });
      }),
      { seed: 16 },
    );
  });
});

describe('lines', () => {
  const cost = (micros: bigint) => ({ costPico: micros * 1_000_000n, costByClass: { input: micros * 1_000_000n } });
  const rows = [
    rowOf({
      eventId: 'a',
      tokens: { input: 10n, output: 1n },
      provenance: { input: 'reported', output: 'estimated' },
      ...cost(15_000n),
    }),
    rowOf({
      eventId: 'b',
      tokens: { input: 20n },
      provenance: { input: 'counted' },
      priceIds: ['prc_2'],
      ...cost(4_999n),
    }),
    rowOf({
      eventId: 'c',
      model: 'a/b',
      projectId: 'prj_1',
      tokens: { input: 5n },
      provenance: { input: 'counted' },
      ...cost(5_000n),
    }),
  ];
  const tokensOf4o: Charge = {
    ...{
      ...AS_PRICED,
      id: 'tokens',
      description: 'Tokens',
      classes: ['input', 'output'],
      modelPattern: 'gpt-4o',
      splitBy: [],
    },
    model: { kind: 'per_unit', unitPrice: exact(1n, 2) },
  };
  const surcharge: Charge = {
    ...{ ...AS_PRICED, id: 'platform', description: 'Platform', takes: 'all', splitBy: [] },
    model: { kind: 'percentage', of: 'cost', percent: exact(10n), feePerEvent: exact(0n) },
  };

  it('are rounded once each, and say where they come from', () => {
    const lines = linesOf({
      terms: { charges: [], fees: [], commitment: null },
      currency: 'USD',
      use: gatherUse(rows, ZONE),
    });
    expect(lines.map(({ subject, description, amountMinor }) => [subject, description, amountMinor])).toEqual([
      ['usage//openai/gpt-4o/input', 'Usage, gpt-4o, input', 2n],
      ['usage//openai/gpt-4o/output', 'Usage, gpt-4o, output', 0n],
      ['usage//openai/gpt-4o/requests', 'Usage, gpt-4o, requests', 0n],
      ['usage/prj_1/openai/a%2Fb/input', 'Usage, a/b, input', 1n],
      ['usage/prj_1/openai/a%2Fb/requests', 'Usage, a/b, requests', 0n],
    ]);
    const [first] = lines;
    expect(first?.usage?.priceIds).toEqual(['prc_1', 'prc_2']);
    expect(first?.usage?.provenance).toEqual({ reported: exact(10n), counted: exact(20n), estimated: exact(0n) });
    expect(first?.usage?.use.events).toBe(2n);
  });

  it('come from the first charge that is for the use; a fee on top takes from all; the rest is as priced', () => {
    const terms = { charges: [tokensOf4o, surcharge], fees: [], commitment: null };
    const amounts = linesOf({ terms, currency: 'USD', use: gatherUse(rows, ZONE) }).map(({ subject, amountMinor }) => [
      subject,
      amountMinor,
    ]);
    expect(amounts).toContainEqual(['tokens', 31n]);
    // 10 % of 2.4999 cents.
    expect(amounts).toContainEqual(['platform', 0n]);
    expect(amounts).toContainEqual(['usage/prj_1/openai/a%2Fb/input', 1n]);
    expect(amounts).not.toContainEqual(['usage//openai/gpt-4o/input', 2n]);
  });

  it('are none where a price is missing and the cost matters', () => {
    const unpriced = [...rows, rowOf({ eventId: 'd', tokens: { input: 1n }, costPico: null })];
    const terms = { charges: [tokensOf4o], fees: [], commitment: null };
    const rated = ratePeriod({
      terms,
      currency: 'USD',
      use: gatherUse(unpriced, ZONE),
      span: PERIOD,
      billed: [],
      commitments: 'due',
    });
    expect(rated).toMatchObject({
      kind: 'unpriced',
      groups: [{ model: 'gpt-4o', class: 'requests', unpricedEvents: 1n }],
    });
  });

  it.each([
    // getlago.com/docs/guide/lago-cloud/contract-billing and .../plans/charges/spending-minimum
    ['$800 of a minimum of $1,000', 1000n, 80_000n, 20_000n],
    ['$1,300 of a minimum of $1,000', 1000n, 130_000n, 0n],
    ['$50 of a minimum of $100', 100n, 5_000n, 5_000n],
  ])('have a true-up where a minimum is missed: %s', (_name, minimum, cents, missing) => {
    const charge = { ...tokensOf4o, minimum: exact(minimum) };
    const use = gatherUse([rowOf({ eventId: 'a', tokens: { input: cents } })], ZONE);
    const lines = linesOf({ terms: { charges: [charge], fees: [], commitment: null }, currency: 'USD', use });
    expect(sumOfLines(lines.filter(({ kind }) => kind === 'true_up'))).toBe(missing);
  });

  it('of a second part go on in the tier where the first part ended', () => {
    // docs.zuora.com, rating by billing period: $35 on the first invoice, $20 on the second.
    const tier = (upTo: bigint | null, price: bigint) => ({
      upTo: upTo === null ? null : exact(upTo),
      unitPrice: exact(price),
      flatFee: exact(0n),
    });
    const charge: Charge = {
      ...tokensOf4o,
      model: { kind: 'graduated', tiers: [tier(10n, 2n), tier(20n, 3n), tier(null, 5n)] },
    };
    const given = { terms: { charges: [charge], fees: [], commitment: null }, currency: 'USD' };
    const first = linesOf({
      ...given,
      use: gatherUse([rowOf({ eventId: 'a', tokens: { input: 15n } })], ZONE),
      commitments: 'not_yet',
    });
    const all = gatherUse(
      [rowOf({ eventId: 'a', tokens: { input: 15n } }), rowOf({ eventId: 'b', tokens: { input: 6n } })],
      ZONE,
    );
    const second = linesOf({ ...given, use: all, billed: first });
    expect([sumOfLines(first), sumOfLines(second)]).toEqual([3_500n, 2_000n]);
    expect(second[0]?.usage?.billedBeforeMinor).toBe(3_500n);
  });

  it('count an id once: the first in the log', () => {
    const copy = rowOf({ eventId: 'a', position: 9n, tokens: { input: 1_000n }, ...cost(1_000_000n) });
    expect(gatherUse([copy, ...rows], ZONE)).toEqual(gatherUse(rows, ZONE));
    expect(gatherUse([...rows, copy], ZONE)).toEqual(gatherUse(rows, ZONE));
  });
});
