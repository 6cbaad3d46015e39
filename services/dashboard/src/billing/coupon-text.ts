// What a coupon takes off, for people.

import { billedMoney } from '../format/number.ts';

interface Taking {
  readonly percent: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
}

export function couponText({ percent, amount, currency }: Taking): string {
  if (percent !== null) return `${percent} %`;
  return amount === null || currency === null ? '–' : billedMoney(amount, currency);
}
