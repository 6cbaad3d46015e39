// A limit as it is made: of terms, for one whose use it is about.

import type { Limit, LimitSetBy, LimitTerms } from '@tollgate/accounts';

export function newLimit(of: {
  readonly id: string;
  readonly whose: Pick<Limit, 'scope' | 'customerId'>;
  readonly terms: LimitTerms;
  readonly setBy: LimitSetBy;
  readonly nowMs: number;
}): Limit {
  const { id, whose, terms, setBy, nowMs } = of;
  const { modelPattern, metric, window, amount, mode, thresholds, allowanceWhenUnknown, refusesEvents } = terms;
  return {
    id,
    ...whose,
    ...{ modelPattern, metric, window, amount, mode, thresholds, allowanceWhenUnknown, refusesEvents },
    setBy,
    countsFromMs: 0,
    suspendedUntilMs: null,
    revision: 1,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}
