// The columns that limits and their defaults have in common.

import type { LimitMetric, LimitWindow } from '@tollgate/domain';
import type { LimitTerms } from './limits.ts';

export interface LimitTermsRow {
  readonly model: string | null;
  readonly metric: LimitMetric;
  readonly window_kind: LimitWindow;
  readonly amount: string;
  readonly mode: 'block' | 'alert';
  readonly thresholds: readonly number[];
  readonly allowance: string | null;
  readonly refuses_events: boolean;
}

/** In the order of the row's columns. */
export function termValues(terms: LimitTerms): readonly unknown[] {
  const { modelPattern, metric, window, amount, mode, thresholds, allowanceWhenUnknown, refusesEvents } = terms;
  return [
    modelPattern,
    metric,
    window,
    String(amount),
    mode,
    thresholds,
    allowanceWhenUnknown === null ? null : String(allowanceWhenUnknown),
    refusesEvents,
  ];
}

export function toTerms(row: LimitTermsRow): LimitTerms {
  return {
    modelPattern: row.model,
    metric: row.metric,
    window: row.window_kind,
    amount: BigInt(row.amount),
    mode: row.mode,
    thresholds: row.thresholds,
    allowanceWhenUnknown: row.allowance === null ? null : BigInt(row.allowance),
    refusesEvents: row.refuses_events,
  };
}
