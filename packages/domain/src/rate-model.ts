// Price models: what a quantity, or a cost, comes to. Each is a function of the total of a period, so that how the use came
// (in which order, in how many batches) makes no difference. What was billed before is taken off elsewhere.

import { compare, type Exact, exact, greater, lesser, minus, plus, sum, times, timesNeeded, ZERO } from './exact.ts';

/** From the end of the tier before, which is not in it, up to and with its own end: `(from, to]`. */
export interface Tier {
  /** Null: without end. The last tier's, and only the last one's. */
  readonly upTo: Exact | null;
  readonly unitPrice: Exact;
  /** Asked once when the tier is reached. The first tier is reached by no use at all. */
  readonly flatFee: Exact;
}

export type RateModel =
  /** Quantity × price. */
  | { readonly kind: 'per_unit'; readonly unitPrice: Exact }
  /** Each unit at the price of the tier that it falls into. */
  | { readonly kind: 'graduated'; readonly tiers: readonly Tier[] }
  /** All units at the price of the tier that their total falls into. A total that reaches the next tier can cost less. */
  | { readonly kind: 'volume'; readonly tiers: readonly Tier[] }
  /** Started packages × price. */
  | { readonly kind: 'package'; readonly size: Exact; readonly price: Exact }
  /** Hundredths of a quantity that is money or of what the events cost, and a fee for each event. */
  | {
      readonly kind: 'percentage';
      readonly of: 'quantity' | 'cost';
      readonly percent: Exact;
      readonly feePerEvent: Exact;
    }
  /** What the events cost by the price book and hundredths of it on top. At 0 % the price book's prices as they are. */
  | { readonly kind: 'cost_plus'; readonly percent: Exact };

/** What a model is a function of. */
export interface RatedUse {
  /** Tokens, requests or what a meter measured. */
  readonly quantity: Exact;
  /** What the events cost by the price book, in units of the currency. */
  readonly cost: Exact;
  readonly events: bigint;
}

/** `amount` = `quantity` × `unitPrice` + `flatFee`. */
export interface RateStep {
  /** Counted from 1; null in a model without tiers. */
  readonly tier: number | null;
  /** Units, packages, or money of which hundredths are asked. */
  readonly quantity: Exact;
  readonly unitPrice: Exact;
  readonly flatFee: Exact;
  readonly amount: Exact;
}

const ONE = exact(1n);
const TIERS_MAX = 100;

/** Whether a model looks at what the events cost rather than at how much was used. */
export function isOfCost(model: RateModel): boolean {
  return model.kind === 'cost_plus' || (model.kind === 'percentage' && model.of === 'cost');
}

/** In units of the currency, not rounded: the amounts of the steps add up to it. */
export function rate(model: RateModel, use: RatedUse): { readonly amount: Exact; readonly steps: readonly RateStep[] } {
  const steps = stepsOf(model, use);
  return { amount: sum(steps.map(({ amount }) => amount)), steps };
}

function stepsOf(model: RateModel, { quantity, cost, events }: RatedUse): readonly RateStep[] {
  switch (model.kind) {
    case 'per_unit':
      return [stepOf({ quantity, unitPrice: model.unitPrice })];
    case 'graduated':
      return graduatedSteps(model.tiers, quantity);
    case 'volume':
      return [volumeStep(model.tiers, quantity)];
    case 'package':
      return [stepOf({ quantity: exact(timesNeeded(quantity, model.size)), unitPrice: model.price })];
    case 'percentage': {
      const base = model.of === 'cost' ? cost : quantity;
      const flatFee = times(model.feePerEvent, exact(events));
      return [stepOf({ quantity: base, unitPrice: hundredths(model.percent), flatFee })];
    }
    case 'cost_plus':
      return [stepOf({ quantity: cost, unitPrice: plus(ONE, hundredths(model.percent)) })];
  }
}

function graduatedSteps(tiers: readonly Tier[], quantity: Exact): readonly RateStep[] {
  const steps: RateStep[] = [];
  let from: Exact | null = null;
  for (const [index, { upTo, unitPrice, flatFee }] of tiers.entries()) {
    if (from !== null && compare(quantity, from) <= 0) break;
    const reached = upTo === null ? quantity : lesser(quantity, upTo);
    steps.push(stepOf({ tier: index + 1, quantity: minus(reached, from ?? ZERO), unitPrice, flatFee }));
    from = upTo;
  }
  return steps;
}

function volumeStep(tiers: readonly Tier[], quantity: Exact): RateStep {
  const index = tiers.findIndex(({ upTo }) => upTo === null || compare(quantity, upTo) <= 0);
  const tier = tiers[index];
  if (tier === undefined) throw new Error('the last tier has an end, and the quantity is past it');
  return stepOf({ tier: index + 1, quantity, unitPrice: tier.unitPrice, flatFee: tier.flatFee });
}

function stepOf(step: Pick<RateStep, 'quantity' | 'unitPrice'> & Partial<RateStep>): RateStep {
  const { tier = null, quantity, unitPrice, flatFee = ZERO } = step;
  return { tier, quantity, unitPrice, flatFee, amount: plus(times(quantity, unitPrice), flatFee) };
}

export function hundredths({ value, digits }: Exact): Exact {
  return { value, digits: digits + 2 };
}

/** What is wrong with a model, as a sentence; undefined when nothing is. */
export function flawOfRateModel(model: RateModel): string | undefined {
  switch (model.kind) {
    case 'graduated':
    case 'volume':
      return flawOfTiers(model.tiers);
    case 'package':
      return compare(model.size, ZERO) > 0 ? undefined : 'A package holds more than nothing.';
    case 'cost_plus':
      return compare(model.percent, exact(-100n)) >= 0 ? undefined : 'No more than 100 % can be taken off a cost.';
    case 'per_unit':
    case 'percentage':
      return undefined;
  }
}

function flawOfTiers(tiers: readonly Tier[]): string | undefined {
  const last = tiers.at(-1);
  if (last === undefined) return 'There is at least one tier.';
  if (tiers.length > TIERS_MAX) return `There are ${TIERS_MAX} tiers at most.`;
  if (last.upTo !== null) return 'The last tier has no end.';
  let from = ZERO;
  for (const { upTo } of tiers.slice(0, -1)) {
    if (upTo === null) return 'Only the last tier has no end.';
    if (compare(upTo, from) <= 0) return 'Each tier ends after the one before it, and the first one after 0.';
    from = greater(from, upTo);
  }
  return undefined;
}
