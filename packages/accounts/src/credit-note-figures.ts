// The figures of a credit note as a column holds them: amounts and percentages as text, since numbers of JSON are not exact.

import { type CreditNoteFigures, exactText } from '@tollgate/domain';
import { fromNumeric } from './exact-column.ts';

export interface StoredFigures {
  readonly lines: readonly { readonly lineId: string; readonly amount: string }[];
  readonly subtotal: string;
  readonly coupons: readonly { readonly couponId: string; readonly description: string; readonly amount: string }[];
  readonly net: string;
  readonly taxes: readonly {
    readonly rateId: string;
    readonly name: string;
    readonly percent: string;
    readonly base: string;
    readonly amount: string;
  }[];
  readonly total: string;
}

export function storedFigures(figures: CreditNoteFigures): StoredFigures {
  return {
    lines: figures.lines.map(({ lineId, amountMinor }) => ({ lineId, amount: amountMinor.toString() })),
    subtotal: figures.subtotalMinor.toString(),
    coupons: figures.coupons.map(({ couponId, description, amountMinor }) => ({
      ...{ couponId, description, amount: amountMinor.toString() },
    })),
    net: figures.netMinor.toString(),
    taxes: figures.taxes.map(({ rateId, name, percent, baseMinor, amountMinor }) => ({
      ...{ rateId, name, percent: exactText(percent), base: baseMinor.toString(), amount: amountMinor.toString() },
    })),
    total: figures.totalMinor.toString(),
  };
}

export function figuresOf(stored: StoredFigures): CreditNoteFigures {
  return {
    lines: stored.lines.map(({ lineId, amount }) => ({ lineId, amountMinor: BigInt(amount) })),
    subtotalMinor: BigInt(stored.subtotal),
    coupons: stored.coupons.map(({ couponId, description, amount }) => ({
      ...{ couponId, description, amountMinor: BigInt(amount) },
    })),
    netMinor: BigInt(stored.net),
    taxes: stored.taxes.map(({ rateId, name, percent, base, amount }) => ({
      ...{ rateId, name, percent: fromNumeric(percent), baseMinor: BigInt(base), amountMinor: BigInt(amount) },
    })),
    totalMinor: BigInt(stored.total),
  };
}
