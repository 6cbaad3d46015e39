import { describe, expect, it } from 'vitest';
import { AS_PRICED, type Charge, type ChargedUse, chargeUse, flawOfCharge } from './charge.ts';
import { type Exact, exact, exactText, parseExact } from './exact.ts';
import type { RatedUse } from './rate-model.ts';

function decimal(text: string): Exact {
  const parsed = parseExact(text);
  if (parsed === undefined) throw new Error(`${text} is no decimal`);
  return parsed;
}

const tokens: Charge = {
  ...AS_PRICED,
  id: 'tokens',
  classes: ['input', 'output'],
  splitBy: [],
  model: { kind: 'per_unit', unitPrice: decimal('0.01') },
};

function charged(charge: Partial<Charge>, use: Partial<Record<'quantity' | 'cost', string>>): ChargedUse {
  const given: RatedUse = { quantity: decimal(use.quantity ?? '0'), cost: decimal(use.cost ?? '0'), events: 1n };
  return chargeUse({ ...tokens, ...charge }, given);
}

describe('an allowance', () => {
  it.each([
    // getlago.com/docs/guide/plans/charges/charge-models/package: the first 100 of 201 free, then $5 for each started 100.
    [
      'comes off before packages',
      { kind: 'package', size: exact(100n), price: exact(5n) },
      '100',
      { quantity: '201' },
      '10',
    ],
    // zuplo.com/docs/articles/monetization/pricing-models has no allowance: 1,000 free of 16,000 leave its 15,000.
    [
      'comes off before tiers',
      {
        kind: 'graduated',
        tiers: [
          { upTo: exact(1000n), unitPrice: decimal('0.10'), flatFee: exact(0n) },
          { upTo: exact(10000n), unitPrice: decimal('0.05'), flatFee: exact(0n) },
          { upTo: null, unitPrice: decimal('0.01'), flatFee: exact(0n) },
        ],
      },
      '1000',
      { quantity: '16000' },
      '600',
    ],
    ['is no more than there is', { kind: 'per_unit', unitPrice: exact(1n) }, '100', { quantity: '40' }, '0'],
    [
      'is of the cost where the model looks at costs',
      { kind: 'cost_plus', percent: exact(20n) },
      '10',
      { cost: '60' },
      '60',
    ],
  ] as const)('%s', (_name, model, allowance, use, amount) => {
    expect(exactText(charged({ model, allowance: decimal(allowance) }, use).amount)).toBe(amount);
  });
});

describe('the order', () => {
  it('is allowance, model, discount, maximum', () => {
    const of = charged(
      {
        ...{ allowance: exact(100n), discount: { kind: 'percent', percent: exact(10n) }, maximum: decimal('8.5') },
        model: { kind: 'per_unit', unitPrice: decimal('0.01') },
      },
      { quantity: '1100' },
    );
    expect(exactText(of.allowance)).toBe('100');
    expect(exactText(of.rated)).toBe('10');
    expect(exactText(of.discount)).toBe('1');
    expect(exactText(of.overMaximum)).toBe('0.5');
    expect(exactText(of.amount)).toBe('8.5');
  });

  it('takes no more off than there is', () => {
    expect(exactText(charged({ discount: { kind: 'amount', amount: exact(5n) } }, { quantity: '300' }).amount)).toBe(
      '0',
    );
    expect(exactText(charged({ discount: { kind: 'amount', amount: exact(5n) } }, { quantity: '600' }).amount)).toBe(
      '1',
    );
  });

  it('loses nothing before the line is rounded', () => {
    const model = { kind: 'per_unit', unitPrice: decimal('0.000000000001') } as const;
    const discount = { kind: 'percent', percent: decimal('33.333') } as const;
    expect(exactText(charged({ model, discount }, { quantity: '1' }).amount)).toBe('0.00000000000066667');
  });
});

describe('a charge is refused', () => {
  const linear = { kind: 'per_unit', unitPrice: exact(1n) } as const;
  const percentage = { kind: 'percentage', of: 'quantity', percent: exact(1n), feePerEvent: exact(1n) } as const;
  it.each<readonly [string, Partial<Charge>, string]>([
    ['by quantity without classes', { classes: null }, 'names its classes'],
    ['of tokens and requests together', { classes: ['input', 'requests'] }, 'names its classes'],
    ['of two meters', { classes: ['meter:a', 'meter:b'] }, 'names its classes'],
    ['with a fee for each event over several classes', { model: percentage }, 'for one class'],
    ['split with an allowance', { model: linear, splitBy: ['model'], allowance: exact(1n) }, 'can be split'],
    ['split with a maximum', { model: linear, splitBy: ['model'], maximum: exact(1n) }, 'can be split'],
    [
      'split with packages',
      { model: { kind: 'package', size: exact(1n), price: exact(1n) }, splitBy: ['model'] },
      'can be split',
    ],
    ['with more than 100 % off', { discount: { kind: 'percent', percent: exact(101n) } }, '0 to 100'],
    ['with a negative minimum', { minimum: exact(-1n) }, 'not negative'],
    ['with a flaw in its model', { model: { kind: 'graduated', tiers: [] } }, 'at least one tier'],
  ])('%s', (_name, change, flaw) => {
    expect(flawOfCharge({ ...tokens, ...change })).toContain(flaw);
  });

  it('not otherwise', () => {
    expect(flawOfCharge(tokens)).toBeUndefined();
    expect(flawOfCharge(AS_PRICED)).toBeUndefined();
    expect(flawOfCharge({ ...tokens, classes: ['meter:gib'], model: percentage })).toBeUndefined();
  });
});
