import { describe, expect, it } from 'vitest';
import { compare, type Exact, exact, exactText, parseExact, roundHalfUp, sum, ZERO } from './exact.ts';
import { flawOfRateModel, type RateModel, rate, type Tier } from './rate-model.ts';

function decimal(text: string): Exact {
  const parsed = parseExact(text);
  if (parsed === undefined) throw new Error(`${text} is no decimal`);
  return parsed;
}

/** `[upTo, unitPrice, flatFee]`; the last tier has no end. */
type Row = readonly [string | null, string, string?];

function tiers(rows: readonly Row[]): readonly Tier[] {
  return rows.map(([upTo, unitPrice, flatFee = '0']) => ({
    upTo: upTo === null ? null : decimal(upTo),
    unitPrice: decimal(unitPrice),
    flatFee: decimal(flatFee),
  }));
}

const perUnit = (price: string): RateModel => ({ kind: 'per_unit', unitPrice: decimal(price) });
const graduated = (...rows: readonly Row[]): RateModel => ({ kind: 'graduated', tiers: tiers(rows) });
const volume = (...rows: readonly Row[]): RateModel => ({ kind: 'volume', tiers: tiers(rows) });
const packages = (size: string, price: string): RateModel => ({
  ...{ kind: 'package', size: decimal(size), price: decimal(price) },
});
const percentage = (percent: string, feePerEvent: string): RateModel => ({
  ...{ kind: 'percentage', of: 'quantity', percent: decimal(percent), feePerEvent: decimal(feePerEvent) },
});
const costPlus = (percent: string): RateModel => ({ kind: 'cost_plus', percent: decimal(percent) });

function amountOf(model: RateModel, quantity: string, events = 0n): string {
  return exactText(rate(model, { quantity: decimal(quantity), cost: ZERO, events }).amount);
}

const STRIPE: readonly Row[] = [
  ['5', '7'],
  ['10', '6.5'],
  [null, '6'],
];
const ZUPLO: readonly Row[] = [
  ['1000', '0.10'],
  ['10000', '0.05'],
  [null, '0.01'],
];
const METEROID: readonly Row[] = [
  ['100', '10'],
  ['500', '8'],
  [null, '6'],
];
const LAGO_VOLUME: readonly Row[] = [
  ['10000', '0.0010', '10'],
  ['50000', '0.0008', '10'],
  ['100000', '0.0006', '10'],
  [null, '0.0004', '10'],
];
/** Hundredths of money are tiers over money. */
const LAGO_PERCENT: readonly Row[] = [
  ['1000', '0.01', '200'],
  ['10000', '0.02', '300'],
  [null, '0.03', '400'],
];
const OPENMETER: readonly Row[] = [
  ['5', '0', '100'],
  ['10', '0', '50'],
  ['15', '5'],
  [null, '1'],
];
const ORACLE_FLAT: readonly Row[] = [
  ['250', '0', '10'],
  ['500', '0', '20'],
  [null, '0', '30'],
];
const ORACLE_UNIT: readonly Row[] = [
  ['250', '1'],
  ['500', '2'],
  [null, '3'],
];
const ZUORA: readonly Row[] = [
  ['10', '2'],
  ['20', '3'],
  [null, '5'],
];
const LAVA: readonly Row[] = [
  ['1000000', '0.000005'],
  ['10000000', '0.000003'],
  [null, '0.000001'],
];

describe('published examples', () => {
  it.each([
    ['openmeter.io/docs/billing/product-catalog/pricing-models', perUnit('0.01'), '10000', '100'],
    ['zuplo.com/docs/articles/monetization/pricing-models', perUnit('0.001'), '100000', '100'],
    ['lava.so/docs/monetize/meters', perUnit('0.000002'), '700', '0.0014'],

    ['docs.stripe.com/subscriptions/pricing-models/tiered-pricing', graduated(...STRIPE), '5', '35'],
    ['zuplo.com/docs/articles/monetization/pricing-models', graduated(...ZUPLO), '15000', '600'],
    ['meteroid.com/glossary/graduated-pricing', graduated(...METEROID), '600', '4800'],
    [
      'docs.useautumn.com/documentation/modelling-pricing/graduated-pricing',
      graduated(['1000', '0.01'], ['10000', '0.008'], [null, '0.005']),
      '15000',
      '107',
    ],
    [
      'docs.paymentkit.com/guides/product-catalog/pricing-structures/tiered',
      graduated(['1000', '0.01'], ['5000', '0.008'], [null, '0.005']),
      '3000',
      '26',
    ],
    ['lava.so/docs/monetize/meters', graduated(...LAVA), '5000000', '17'],
    ['docs.zuora.com, rating by billing period', graduated(...ZUORA), '15', '35'],
    ['docs.zuora.com, rating by billing period', graduated(...ZUORA), '21', '55'],
    ['docs.oracle.com, examples for tier based amount', graduated(...ORACLE_FLAT), '1000', '60'],
    ['docs.oracle.com, examples for tier based amount', graduated(...ORACLE_UNIT), '1000', '2250'],
    ['openmeter, tests of graduated tiers', graduated(...OPENMETER), '22', '182'],
    ['openmeter, tests of graduated tiers', graduated(...OPENMETER), '12', '160'],
    ['openmeter, tests of graduated tiers: the first flat fee without use', graduated(...OPENMETER), '0', '100'],
    [
      'getlago.com/docs/guide/plans/charges/charge-models/graduated-percentage, 1st',
      graduated(...LAGO_PERCENT),
      '500',
      '205',
    ],
    [
      'getlago.com/docs/guide/plans/charges/charge-models/graduated-percentage, 1st and 2nd',
      graduated(...LAGO_PERCENT),
      '1050',
      '511',
    ],
    [
      'getlago.com/docs/guide/plans/charges/charge-models/graduated-percentage, all three',
      graduated(...LAGO_PERCENT),
      '5050',
      '591',
    ],

    ['docs.stripe.com/subscriptions/pricing-models/tiered-pricing', volume(...STRIPE), '1', '7'],
    ['docs.stripe.com/subscriptions/pricing-models/tiered-pricing', volume(...STRIPE), '5', '35'],
    ['docs.stripe.com/subscriptions/pricing-models/tiered-pricing', volume(...STRIPE), '6', '39'],
    ['docs.stripe.com/subscriptions/pricing-models/tiered-pricing', volume(...STRIPE), '20', '120'],
    ['docs.stripe.com/subscriptions/pricing-models/tiered-pricing', volume(...STRIPE), '25', '150'],
    ['getlago.com/docs/guide/plans/charges/charge-models/volume', volume(...LAGO_VOLUME), '65000', '49'],
    [
      'community.getlago.com/t/volume-pricing-model-for-charges/49',
      volume(['100', '4'], ['500', '3'], [null, '2']),
      '400',
      '1200',
    ],
    ['docs.withorb.com/product-catalog/price-configuration', volume(['10', '0.50'], [null, '0.40']), '101', '40.4'],
    ['docs.withorb.com/product-catalog/price-configuration', volume(['10', '0.50'], [null, '0.40']), '10', '5'],
    ['zuplo.com/docs/articles/monetization/pricing-models', volume(...ZUPLO), '15000', '150'],
    ['meteroid.com/glossary/graduated-pricing', volume(...METEROID), '600', '3600'],
    [
      'docs.paymentkit.com/guides/product-catalog/pricing-structures/tiered',
      volume(['10', '10'], ['50', '9'], [null, '8']),
      '12',
      '108',
    ],
    ['docs.oracle.com, examples for tier based amount', volume(...ORACLE_FLAT), '1000', '30'],
    ['docs.oracle.com, examples for tier based amount', volume(...ORACLE_UNIT), '1000', '3000'],

    ['chargebee.com/docs/billing/2.0/product-catalog/package-pricing', packages('1000000', '1.25'), '10', '1.25'],
    ['chargebee.com/docs/billing/2.0/product-catalog/package-pricing', packages('1000000', '1.25'), '1000000', '1.25'],
    ['chargebee.com/docs/billing/2.0/product-catalog/package-pricing', packages('1000000', '1.25'), '1500000', '2.5'],
    ['docs.withorb.com/product-catalog/price-configuration: 4 are billed as 10', packages('10', '0.80'), '4', '0.8'],
    ['docs.withorb.com/product-catalog/price-configuration: 11 are billed as 20', packages('10', '0.80'), '11', '1.6'],
    ['docs.flexprice.io/docs/product-catalogue/plans/billing-models/tiered', packages('1000', '1'), '4500', '5'],
  ])('%s', (_source, model, quantity, amount) => {
    expect(flawOfRateModel(model)).toBeUndefined();
    expect(amountOf(model, quantity)).toBe(amount);
  });

  it('getlago.com/docs/guide/plans/charges/charge-models/percentage: 1.2 % of $50 and $0.10', () => {
    expect(amountOf(percentage('1.2', '0.10'), '50', 1n)).toBe('0.7');
  });

  it.each([
    ['resultantai.com/blog/per-client-billing-agencies', '127.43', '30', 16566n],
    ['keito.ai/docs/best-practices/cost-allocation', '0.54', '20', 65n],
    ['openmeter, tests of dynamic prices', '10', '33.333', 1333n],
  ])('%s: %s and %s %%', (_source, cost, percent, cents) => {
    const { amount } = rate(costPlus(percent), { quantity: ZERO, cost: decimal(cost), events: 0n });
    expect(roundHalfUp(amount, 2)).toBe(cents);
  });
});

describe('tiers', () => {
  it.each([
    ['the end of a tier is in it', graduated(['10', '1'], [null, '100']), '10', '10'],
    ['the next one begins right after', graduated(['10', '1'], [null, '100', '5']), '10.01', '16'],
    ['its flat fee is not asked before', graduated(['10', '1'], [null, '100', '5']), '10', '10'],
    ['volume: the end is in it', volume(['10', '1', '3'], [null, '2', '5']), '10', '13'],
    ['volume: right after', volume(['10', '1', '3'], [null, '2', '5']), '10.5', '26'],
    ["volume: the first tier's flat fee without use", volume(['10', '1', '3'], [null, '2', '5']), '0', '3'],
    ['packages: none without use', packages('10', '4'), '0', '0'],
  ])('%s', (_name, model, quantity, amount) => {
    expect(amountOf(model, quantity)).toBe(amount);
  });

  it.each([
    ['none', [], 'at least one'],
    ['an end on the last', [['10', '1']], 'last tier has no end'],
    [
      'no end in between',
      [
        [null, '1'],
        [null, '2'],
      ],
      'Only the last',
    ],
    [
      'ends that fall',
      [
        ['10', '1'],
        ['9', '1'],
        [null, '1'],
      ],
      'Each tier ends after',
    ],
    [
      'an end at zero',
      [
        ['0', '1'],
        [null, '1'],
      ],
      'Each tier ends after',
    ],
  ] as const)('%s: refused', (_name, rows, flaw) => {
    expect(flawOfRateModel(graduated(...rows))).toContain(flaw);
  });
});

it('explains its amount: each step is quantity × price + flat fee', () => {
  for (const model of [
    graduated(...OPENMETER),
    volume(...LAGO_VOLUME),
    packages('3', '7'),
    percentage('5', '1'),
    costPlus('5'),
  ]) {
    const { amount, steps } = rate(model, { quantity: decimal('17.5'), cost: decimal('3.33'), events: 4n });
    expect(compare(amount, sum(steps.map((step) => step.amount)))).toBe(0);
    expect(steps.length).toBeGreaterThan(0);
  }
});

it('refuses packages of nothing and more than all off a cost', () => {
  expect(flawOfRateModel(packages('0', '1'))).toContain('package');
  expect(flawOfRateModel({ kind: 'cost_plus', percent: exact(-101n) })).toContain('100 %');
});
