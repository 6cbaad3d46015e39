import { expect, it } from 'vitest';
import { AS_PRICED, type Charge } from './charge.ts';
import { exact } from './exact.ts';
import { type MeasuredMeter, meterUse } from './meter-use.ts';

const rate: NonNullable<MeasuredMeter['rate']> = {
  ...{ class: 'meter:seats', amountMicros: 1_500_000n, markup: null },
  price: {
    ...{ id: 'prc_1', customerId: null, provider: '*', model: '*', effectiveFromMs: 0, effectiveToMs: null },
    ...{ knownFromMs: 0, createdAtMs: 0, createdBy: null, note: null, class: 'meter:seats', serviceTier: 'standard' },
    ...{ context: null, region: null, currency: 'USD', amountMicros: 1_500_000n, source: null },
  },
};
const measured: MeasuredMeter = {
  ...{ slug: 'seats', projectId: null, value: exact(25n, 1), events: 4n, rate, charges: [], zone: 'Asia/Tokyo' },
  span: { startMs: Date.UTC(2026, 9, 31, 15), endMs: Date.UTC(2026, 10, 30, 15) },
};
const perSeat: Charge = {
  ...{ ...AS_PRICED, id: 'seats', classes: ['meter:seats'], splitBy: [] },
  model: { kind: 'per_unit', unitPrice: exact(2n) },
};

it('bills a meter with a price by its value', () => {
  expect(meterUse(measured)).toMatchObject({
    ...{ class: 'meter:seats', quantity: exact(25n, 1), cost: exact(37_500_000n, 7), priceIds: ['prc_1'] },
    ...{ unpricedEvents: 0n, days: [{ date: '2026-11-30', events: 4n }] },
  });
});

it.each<readonly [string, readonly Charge[], bigint | null]>([
  ['a meter with neither price nor charge is not billed', [], null],
  ['nor for a charge that takes everything', [{ ...AS_PRICED, id: 'on_top', takes: 'all' }], null],
  ['a charge by quantity needs no price', [perSeat], 0n],
  ['a charge by cost does', [{ ...perSeat, model: AS_PRICED.model }], 4n],
])('%s', (_name, charges, unpriced) => {
  expect(meterUse({ ...measured, rate: null, charges })?.unpricedEvents ?? null).toBe(unpriced);
});
