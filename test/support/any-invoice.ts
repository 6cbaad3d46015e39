// Any invoice, as fast-check makes them: events of a month in a zone, rated by a plan of several price models, with coupons,
// taxes, credit notes and credits, as the canonical JSON that all files are made of.

import {
  AS_PRICED,
  type CanonicalInvoice,
  type Charge,
  calculateInvoice,
  canonicalInvoice,
  dateSpan,
  exact,
  gatherUse,
  type InvoiceLine,
  type InvoiceToCalculate,
  type RateModel,
  ratePeriod,
  type UsageRow,
} from '@tollgate/domain';
import fc from 'fast-check';

const DAY_MS = 86_400_000;

const event = fc.record({
  day: fc.integer({ min: 0, max: 29 }),
  model: fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'o3', '=cmd|"x",\r\n'),
  projectId: fc.constantFrom(null, 'prj_1', 'prj_2'),
  type: fc.constantFrom('llm.chat', 'llm.chat', 'llm.chat', 'pages'),
  tokens: fc.record({ input: fc.bigInt({ min: 0n, max: 5_000_000n }), output: fc.bigInt({ min: 0n, max: 90_000n }) }),
  webSearches: fc.bigInt({ min: 0n, max: 2n }),
});

/** Micros of the currency for a million tokens, one price for each model. */
const PRICES = { 'gpt-4o': 2_500_000n, 'gpt-4o-mini': 150_000n, o3: 0n, '=cmd|"x",\r\n': 1_234_567n } as const;

type AnyEvent = typeof event extends fc.Arbitrary<infer Event> ? Event : never;

function rowOf(
  { day, model, projectId, type, tokens, webSearches }: AnyEvent,
  index: number,
  startMs: number,
): UsageRow {
  const price = PRICES[model as keyof typeof PRICES];
  const isMeter = type === 'pages';
  const costByClass = isMeter
    ? { meter: 123_456_789n }
    : {
        ...{ input: tokens.input * price, output: tokens.output * price * 4n },
        web_searches: webSearches * 10_000_000_000n,
      };
  return {
    ...{ epoch: 0, partition: 0, position: BigInt(index), customerId: 'cus_1', projectId, keyId: 'key_1' },
    ...{ eventId: `evt_${index}`, timeMs: startMs + day * DAY_MS, receivedAtMs: startMs, contentHash: 0n, type },
    ...{ provider: isMeter ? '' : 'openai', model: isMeter ? '' : model, serviceTier: 'standard', status: 'completed' },
    ...{ isStream: false, latencyMs: null, tokens: isMeter ? {} : tokens, provenance: { input: 'reported' } },
    ...{ requests: isMeter ? 0n : 1n, webSearches: isMeter ? 0n : webSearches, rule: '', textInputTokens: null },
    ...{ textOutputTokens: null, region: '', currency: 'USD', costByClass, cacheSavingsPico: 0n, unpricedReason: '' },
    costPico: Object.values(costByClass).reduce((sum, cost) => sum + cost, 0n),
    ...{
      priceIds: [`prc_${model.slice(0, 3)}`],
      flags: [],
      reservation: '',
      metadata: {},
      reportedUsage: '',
      data: '',
    },
  };
}

const small = fc.record({ value: fc.bigInt({ min: 0n, max: 9_999n }), digits: fc.integer({ min: 4, max: 9 }) });
const fee = fc.bigInt({ min: 0n, max: 900n }).map((value) => exact(value, 2));
const tiers = fc.tuple(small, small, fee).map(([one, other, flatFee]) => [
  { upTo: exact(1_000_000n), unitPrice: one, flatFee: exact(0n) },
  { upTo: null, unitPrice: other, flatFee },
]);
const model: fc.Arbitrary<RateModel> = fc.oneof(
  fc.record({ kind: fc.constant('per_unit' as const), unitPrice: small }),
  fc.record({ kind: fc.constant('graduated' as const), tiers }),
  fc.record({ kind: fc.constant('volume' as const), tiers }),
  fc.record({ kind: fc.constant('package' as const), size: fc.constant(exact(100_000n)), price: fee }),
  fc.record({
    ...{ kind: fc.constant('percentage' as const), of: fc.constant('cost' as const), percent: small },
    feePerEvent: fc.constant(exact(0n)),
  }),
  fc.record({
    kind: fc.constant('cost_plus' as const),
    percent: fc.bigInt({ min: -300n, max: 300n }).map((value) => exact(value, 1)),
  }),
);
const charge = fc
  .record({
    model,
    classes: fc.constantFrom<Charge['classes']>(['input'], ['input', 'output'], ['requests']),
    takes: fc.constantFrom('own' as const, 'all' as const),
    allowance: fc.constantFrom(exact(0n), exact(0n), exact(500_000n), exact(3n, 1)),
    maximum: fc.constantFrom(null, null, exact(5n)),
    minimum: fc.constantFrom(null, exact(30n)),
    discount: fc.constantFrom(null, { kind: 'percent' as const, percent: exact(125n, 1) }),
  })
  .map((given): Charge => ({ ...AS_PRICED, description: '@charge', splitBy: [], ...given, id: 'chg' }));

const taxRate = fc.constantFrom(exact(0n), exact(19n), exact(81n, 1));
const tax: fc.Arbitrary<InvoiceToCalculate['tax']> = fc.oneof(
  fc.record({
    kind: fc.constant('taxed' as const),
    rates: fc
      .array(taxRate, { minLength: 1, maxLength: 2 })
      .map((list) => list.map((percent, index) => ({ id: `txr_${index}`, name: '=VAT', percent }))),
    prices: fc.constantFrom('included' as const, 'added' as const),
  }),
  fc.constant({ kind: 'reverse_charge' as const, text: 'Reverse charge' }),
);

const BUYER = {
  ...{
    id: 'cus_1',
    name: '+ACME "Größe", Ltd.',
    address: ['1 Road', 'Floor 2', 'Hall', 'Block', 'Town'],
    country: 'DE',
  },
  ...{ tax_ids: [], email: '@finance' },
};
const SELLER = { ...BUYER, id: 'org', name: 'Seller', email: null };

/** A fraction of the month's lines was billed before, so that some lines are less than what they are for. */
export const anyInvoice: fc.Arbitrary<CanonicalInvoice> = fc
  .record({
    ...{ events: fc.array(event, { maxLength: 25 }), charges: fc.array(charge, { maxLength: 1 }), tax },
    currency: fc.constantFrom('USD', 'JPY', 'BHD'),
    zone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Tokyo'),
    feeMinor: fc.bigInt({ min: -500n, max: 5_000n }),
    commitmentMinor: fc.constantFrom(0n, 9_000n),
    couponMinor: fc.constantFrom(0n, 250n),
    ...{ noteMinor: fc.constantFrom(0n, 111n), creditMinor: fc.constantFrom(0n, 333n) },
    adjustmentMinor: fc.bigInt({ min: -9_000n, max: 900n }),
    billed: fc.constantFrom('nothing' as const, 'half' as const),
    isDraft: fc.boolean(),
  })
  .map(({ events, charges, currency, zone, ...given }) => {
    const span = { startMs: dateSpan('2026-11-01', zone).startMs, endMs: dateSpan('2026-12-01', zone).startMs };
    const rows = events.map((each, index) => rowOf(each, index, span.startMs + 7_200_000));
    const terms = {
      charges,
      fees: [{ id: 'fee', description: '-Platform, month', amountMinor: given.feeMinor }],
      commitment: { id: 'min', description: 'Minimum', amountMinor: given.commitmentMinor, chargeIds: null },
    };
    const rated = (part: Partial<Parameters<typeof ratePeriod>[0]>): readonly InvoiceLine[] => {
      const result = ratePeriod({
        ...{ terms, currency, span, use: gatherUse(rows, zone), billed: [], commitments: 'due' },
        ...part,
      });
      if (result.kind === 'unpriced') throw new Error('some use has no price');
      return result.lines;
    };
    const middleMs = dateSpan('2026-11-16', zone).startMs;
    const lines =
      given.billed === 'nothing'
        ? rated({})
        : rated({
            span: { startMs: middleMs, endMs: span.endMs },
            billed: rated({
              ...{ span: { startMs: span.startMs, endMs: middleMs }, commitments: 'not_yet' },
              use: gatherUse(
                rows.filter(({ timeMs }) => timeMs < middleMs),
                zone,
              ),
            }),
          });
    const figures = calculateInvoice({
      ...{ currency, tax: given.tax, atMs: span.endMs },
      lines: [...lines, adjustmentOf(given.adjustmentMinor, span.startMs)],
      coupons: [
        { id: 'cpn_1', description: '=Welcome', takes: { kind: 'amount', amountMinor: given.couponMinor } },
        { id: 'cpn_2', description: 'Tenth', takes: { kind: 'percent', percent: exact(10n) } },
      ],
      creditNotes: [{ id: 'crn_1', leftMinor: given.noteMinor }],
      grants: [
        {
          ...{ id: 'crg_1', kind: 'promotional', priority: 0, effectiveFromMs: 0, expiresAtMs: null, chargeIds: null },
          createdAtMs: 0,
        },
      ],
      balances: new Map([['crg_1', given.creditMinor]]),
    });
    return canonicalInvoice(
      {
        ...{ id: 'inv_1', number: given.isDraft ? null : 'INV-1', issuedAtMs: given.isDraft ? null : span.endMs },
        ...{
          dueAtMs: given.isDraft ? null : span.endMs + 14 * DAY_MS,
          period: span,
          zone,
          seller: SELLER,
          buyer: BUYER,
        },
        ...{ paymentDetails: null, purchaseOrder: null, note: null },
      },
      figures,
    );
  });

function adjustmentOf(amountMinor: bigint, endMs: number): InvoiceLine {
  return {
    ...{ id: 'inv_0/usage', subject: 'usage', kind: 'adjustment', chargeId: 'usage', description: 'Late use' },
    ...{ period: { startMs: endMs - 30 * DAY_MS, endMs }, amountMinor, usage: null, originInvoiceId: 'inv_0' },
  };
}
