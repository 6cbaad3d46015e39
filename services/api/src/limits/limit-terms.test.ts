import { LIMIT_METRICS, THRESHOLDS_DEFAULT, TollgateError } from '@tollgate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePatch } from '../merge-patch.ts';
import { type NewTerms, termsOf } from './limit-json.ts';
import { changesAdmission, readTerms } from './limit-terms.ts';

const tokens: NewTerms = { metric: 'tokens', window: 'day', amount: 10_000, mode: 'block' };
const cost: NewTerms = { metric: 'cost', window: 'month', amount: '25.00', mode: 'block' };

describe('terms', () => {
  it('are filled in', () => {
    expect(readTerms(tokens)).toEqual({
      modelPattern: null,
      metric: 'tokens',
      window: 'day',
      amount: 10_000n,
      mode: 'block',
      thresholds: THRESHOLDS_DEFAULT,
      allowanceWhenUnknown: null,
      refusesEvents: false,
    });
  });

  it.each<[Partial<NewTerms>, string]>([
    [{ ...tokens, amount: '10000' }, '/amount'],
    [{ ...cost, amount: 25 }, '/amount'],
    [{ ...cost, amount: '-1' }, '/amount'],
    [{ ...cost, amount: '0.0000000000001' }, '/amount'],
    [{ ...cost, amount: '1000000000000.000000000001' }, '/amount'],
    [{ ...tokens, on_unavailable: { open: 10_001 } }, '/on_unavailable/open'],
    [{ ...tokens, on_unavailable: { open: '1' } }, '/on_unavailable/open'],
    [{ ...cost, on_unavailable: { open: '25.000000000001' } }, '/on_unavailable/open'],
    [{ ...tokens, mode: 'alert', refuse_events: true }, '/refuse_events'],
    [{ ...tokens, model: 'gpt 4o' }, '/model'],
    [{ ...tokens, model: 'gpt-**' }, '/model'],
  ])('%j are refused', (terms, pointer) => {
    const refused = expect.objectContaining({
      code: 'validation_failed',
      errors: [expect.objectContaining({ pointer })],
    });
    expect(() => readTerms({ ...tokens, ...terms })).toThrow(refused);
  });

  it.each<[NewTerms, bigint]>([
    [{ ...cost, amount: '0' }, 0n],
    [{ ...cost, amount: '0.000000000001' }, 1n],
    [{ ...cost, amount: '1000000000000' }, 10n ** 24n],
    [{ ...tokens, amount: Number.MAX_SAFE_INTEGER }, 9_007_199_254_740_991n],
  ])('keep every digit of %j', (terms, amount) => {
    expect(readTerms(terms).amount).toBe(amount);
  });

  const amountOf = (metric: NewTerms['metric']) =>
    metric === 'cost'
      ? fc.tuple(fc.nat(), fc.stringMatching(/^\d{1,12}$/)).map(([whole, fraction]) => `${whole}.${fraction}`)
      : fc.maxSafeNat();
  const anyTerms = fc.constantFrom(...LIMIT_METRICS).chain((metric) =>
    fc.record<NewTerms>({
      metric: fc.constant(metric),
      window: fc.constantFrom('minute', 'billing_period', 'lifetime'),
      amount: amountOf(metric),
      mode: fc.constantFrom('block', 'alert'),
      model: fc.constantFrom(null, 'gpt-4o*'),
      thresholds: fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { maxLength: 20 }),
      on_unavailable: fc.oneof(
        fc.constant('closed' as const),
        amountOf(metric).map((open) => ({ open })),
      ),
      refuse_events: fc.boolean(),
    }),
  );

  it('that are taken come back as they would be sent, and a patch of nothing changes nothing', () => {
    fc.assert(
      fc.property(anyTerms, (said) => {
        let terms: ReturnType<typeof readTerms>;
        try {
          terms = readTerms(said);
        } catch (error) {
          return error instanceof TollgateError;
        }
        const sent = termsOf(terms);
        expect(mergePatch(sent, {})).toEqual(sent);
        const again = readTerms({ ...said, ...sent });
        expect(again).toEqual(terms);
        expect(changesAdmission(terms, again)).toBe(false);
        return true;
      }),
    );
  });
});
