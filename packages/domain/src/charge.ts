// One charge of a plan: which use it is for, and what that use comes to. The order of calculation, up to the rounding of the
// line (what follows is in `invoice.ts`):
//
//   1. normalize   each event counts once, by its id (`use-group.ts`)
//   2. price       what each event costs by the versions of prices in force at its time (`price-book.ts`)
//   3. allowance   what is free in the period comes off the quantity, or off the cost in a model that looks at costs
//   4. model       the rest by the price model (`rate-model.ts`)
//   5. discount    off the amount
//   6. maximum     the amount is no more than that
//   7. minimum     the commitment: what is missing to it is a line of its own, at the end of the period
//   8. round       each line once, half-up, to the currency's minor unit
//
// All of it is reckoned on the use of the whole period so far, and what was billed of it before comes off the rounded
// amount. So a period in parts comes to the same as the whole, and the same reckoning gives an adjustment for late use.

import { compare, type Exact, exact, greater, lesser, minus, sum, times, ZERO } from './exact.ts';
import { matchesModel } from './model-patterns.ts';
import { isPricedByPiece, type PriceClass } from './price.ts';
import {
  flawOfRateModel,
  hundredths,
  isOfCost,
  type RatedUse,
  type RateModel,
  type RateStep,
  rate,
} from './rate-model.ts';
import type { UseGroup } from './use-group.ts';

export const SPLIT_FIELDS = ['project', 'model', 'class'] as const;
export type SplitField = (typeof SPLIT_FIELDS)[number];

export type Discount =
  | { readonly kind: 'percent'; readonly percent: Exact }
  | { readonly kind: 'amount'; readonly amount: Exact };

export interface Charge {
  /** Of the charge, not of a version of it: what was billed before is found by it. */
  readonly id: string;
  readonly description: string;
  /** Null: all classes. */
  readonly classes: readonly PriceClass[] | null;
  /** Such as `gpt-4o*`; null: every model. */
  readonly modelPattern: string | null;
  readonly projectId: string | null;
  /** `own`: use that no charge before it has. `all`: also what others are for, such as a fee on top of everything. */
  readonly takes: 'own' | 'all';
  /** A line for each project, model or class. Only where it makes no difference to the total. */
  readonly splitBy: readonly SplitField[];
  readonly model: RateModel;
  /** Of what the model looks at. */
  readonly allowance: Exact;
  readonly discount: Discount | null;
  readonly maximum: Exact | null;
  readonly minimum: Exact | null;
}

/** What no charge of a plan is for is billed as the price book has it: nothing that has a price is forgotten. */
export const AS_PRICED: Charge = {
  id: 'usage',
  description: 'Usage',
  classes: null,
  modelPattern: null,
  projectId: null,
  takes: 'own',
  splitBy: ['project', 'model', 'class'],
  model: { kind: 'cost_plus', percent: ZERO },
  allowance: ZERO,
  discount: null,
  maximum: null,
  minimum: null,
};

/** What a charge comes to, with all that led there. In units of the currency, not rounded. */
export interface ChargedUse {
  readonly use: RatedUse;
  /** What was free. */
  readonly allowance: Exact;
  readonly steps: readonly RateStep[];
  readonly rated: Exact;
  readonly discount: Exact;
  /** What the maximum took off. */
  readonly overMaximum: Exact;
  readonly amount: Exact;
}

export function chargeUse(charge: Charge, use: RatedUse): ChargedUse {
  const { model, discount, maximum } = charge;
  const allowance = freeOf(charge, use);
  const { amount: rated, steps } = rate(model, withoutAllowance(model, use, allowance));
  const taken = discount === null ? ZERO : discountOf(discount, rated);
  const discounted = minus(rated, taken);
  const amount = maximum === null ? discounted : lesser(discounted, maximum);
  return { use, allowance, steps, rated, discount: taken, overMaximum: minus(discounted, amount), amount };
}

/** No more than there is. */
function freeOf({ model, allowance }: Charge, { quantity, cost }: RatedUse): Exact {
  return greater(ZERO, lesser(allowance, isOfCost(model) ? cost : quantity));
}

function withoutAllowance(model: RateModel, use: RatedUse, free: Exact): RatedUse {
  return isOfCost(model) ? { ...use, cost: minus(use.cost, free) } : { ...use, quantity: minus(use.quantity, free) };
}

/** Never more than the amount. */
function discountOf(discount: Discount, rated: Exact): Exact {
  if (discount.kind === 'percent') return times(rated, hundredths(discount.percent));
  return greater(ZERO, lesser(discount.amount, rated));
}

export function isFor(charge: Charge, group: UseGroup): boolean {
  return (
    (charge.classes === null || charge.classes.includes(group.class)) &&
    (charge.modelPattern === null || matchesModel(charge.modelPattern, group.model)) &&
    (charge.projectId === null || charge.projectId === group.projectId)
  );
}

export function useOf(groups: readonly UseGroup[]): RatedUse {
  return {
    quantity: sum(groups.map(({ quantity }) => quantity)),
    cost: sum(groups.map(({ cost }) => cost)),
    events: groups.reduce((count, { events }) => count + events, 0n),
  };
}

/** What is wrong with a charge, as a sentence; undefined when nothing is. */
export function flawOfCharge(charge: Charge): string | undefined {
  const { model, classes, splitBy, allowance, discount, maximum, minimum } = charge;
  if (!isOfCost(model) && !hasOneUnit(classes)) {
    return 'A charge by quantity names its classes: token classes, which add up, or one counter or meter.';
  }
  if (model.kind === 'percentage' && model.feePerEvent.value !== 0n && classes?.length !== 1) {
    return 'A fee for each event needs a charge for one class: an event has several, and would be asked for each.';
  }
  if (splitBy.length > 0 && !isAdditive(charge)) {
    return 'Only a charge whose lines add up to the same total can be split: one per unit or of the cost, with nothing that looks at its total (allowance, fixed discount, maximum, minimum).';
  }
  if (
    discount?.kind === 'percent' &&
    (isNegative(discount.percent) || compare(hundredths(discount.percent), ONE) > 0)
  ) {
    return 'A discount is 0 to 100 %.';
  }
  if ([allowance, maximum, minimum].some((amount) => amount !== null && isNegative(amount))) {
    return 'An allowance, a maximum and a minimum are not negative.';
  }
  return flawOfRateModel(model);
}

const ONE = exact(1n);

function hasOneUnit(classes: readonly PriceClass[] | null): boolean {
  return classes !== null && classes.length > 0 && (classes.length === 1 || !classes.some(isPricedByPiece));
}

function isNegative({ value }: Exact): boolean {
  return value < 0n;
}

function isAdditive({ model, allowance, discount, maximum, minimum }: Charge): boolean {
  const isLinear = model.kind === 'per_unit' || model.kind === 'cost_plus' || model.kind === 'percentage';
  return isLinear && allowance.value === 0n && discount?.kind !== 'amount' && maximum === null && minimum === null;
}
