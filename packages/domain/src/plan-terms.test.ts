import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPeriod } from './billing-period.ts';
import { AS_PRICED, type Charge } from './charge.ts';
import { exact } from './exact.ts';
import { flawOfTerms, NO_PLAN, type PlanTerms, termsFor } from './plan-terms.ts';

// Clocks move on 1 November in New York: the first day has 25 hours.
const PERIOD = { startMs: Date.parse('2026-11-01T04:00:00Z'), endMs: Date.parse('2026-12-01T05:00:00Z') };
const ZONE = 'America/New_York';

const charge: Charge = {
  ...{ ...AS_PRICED, id: 'tokens', classes: ['input'], splitBy: [], allowance: exact(1_000_000n) },
  ...{ model: { kind: 'per_unit', unitPrice: exact(1n, 6) }, minimum: exact(10n), maximum: exact(500n) },
};
const terms: PlanTerms = {
  charges: [charge],
  fees: [{ id: 'fee', description: 'Platform', amountMinor: 9_999n }],
  commitment: { id: 'commitment', description: 'Minimum', amountMinor: 100_000n, chargeIds: null },
};

it('prorates fees, commitments and allowances by days of the zone; not prices and maxima', () => {
  const span = { startMs: Date.parse('2026-11-21T18:00:00Z'), endMs: PERIOD.endMs };
  const part = termsFor({ terms, currency: 'USD', span, period: PERIOD, zone: ZONE });
  expect(part).toEqual({
    charges: [{ ...charge, allowance: exact(333_333n), minimum: exact(333n, 2) }],
    fees: [{ id: 'fee', description: 'Platform', amountMinor: 3_333n }],
    commitment: { ...terms.commitment, amountMinor: 33_333n },
  });
});

it('gives plans that follow each other parts that add up', () => {
  const cuts = fc.array(fc.integer({ min: PERIOD.startMs, max: PERIOD.endMs }), { maxLength: 5 });
  fc.assert(
    fc.property(cuts, fc.constantFrom('USD', 'JPY', 'BHD'), (changes, currency) => {
      const parts = cutPeriod(PERIOD, changes).map((span) =>
        termsFor({ terms, currency, span, period: PERIOD, zone: ZONE }),
      );
      const sumOf = (amount: (part: PlanTerms) => bigint | undefined): bigint =>
        parts.reduce((sum, part) => sum + (amount(part) ?? 0n), 0n);
      expect(sumOf(({ fees }) => fees[0]?.amountMinor)).toBe(9_999n);
      expect(sumOf(({ commitment }) => commitment?.amountMinor)).toBe(100_000n);
      expect(sumOf(({ charges }) => charges[0]?.allowance.value)).toBe(1_000_000n);
    }),
    { seed: 41 },
  );
});

describe('terms are refused', () => {
  it.each<readonly [string, Partial<PlanTerms>, string]>([
    ['with an id twice', { fees: [{ id: 'tokens', description: '', amountMinor: 1n }] }, 'same id'],
    ['with the id of what is not in a plan', { charges: [{ ...charge, id: 'usage' }] }, '`usage`'],
    ['with an id that could be a part of another', { charges: [{ ...charge, id: 'a/minimum' }] }, 'An id has'],
    ['with a negative fee', { fees: [{ id: 'fee', description: '', amountMinor: -1n }] }, 'not negative'],
    ['with a flaw in a charge', { charges: [{ ...charge, classes: null }] }, 'names its classes'],
  ])('%s', (_name, change, flaw) => {
    expect(flawOfTerms({ ...terms, ...change })).toContain(flaw);
  });

  it('not otherwise', () => {
    expect(flawOfTerms(terms)).toBeUndefined();
    expect(flawOfTerms(NO_PLAN)).toBeUndefined();
  });
});
