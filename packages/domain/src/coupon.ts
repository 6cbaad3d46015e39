// Coupons take something off the lines of an invoice together, after the lines are rounded and before tax.

import { type Exact, times } from './exact.ts';
import { fromMinor, toMinor } from './money.ts';
import { hundredths } from './rate-model.ts';

export interface Coupon {
  readonly id: string;
  readonly description: string;
  readonly takes:
    | { readonly kind: 'percent'; readonly percent: Exact }
    | { readonly kind: 'amount'; readonly amountMinor: bigint };
}

export interface AppliedCoupon {
  readonly couponId: string;
  readonly description: string;
  /** What was taken off, in minor units: positive. */
  readonly amountMinor: bigint;
}

/**
 * In the order given, each from what the ones before have left, and rounded half-up by itself. What is left is never less
 * than nothing, and nothing is taken off an invoice that is not positive.
 */
export function applyCoupons(of: {
  readonly coupons: readonly Coupon[];
  readonly subtotalMinor: bigint;
  readonly currency: string;
}): readonly AppliedCoupon[] {
  const { coupons, subtotalMinor, currency } = of;
  let left = subtotalMinor > 0n ? subtotalMinor : 0n;
  return coupons.flatMap(({ id, description, takes }) => {
    const wanted =
      takes.kind === 'amount'
        ? takes.amountMinor
        : toMinor(times(fromMinor(left, currency), hundredths(takes.percent)), currency);
    const amountMinor = wanted < left ? wanted : left;
    left -= amountMinor;
    return amountMinor <= 0n ? [] : [{ couponId: id, description, amountMinor }];
  });
}
