// What a request asks of every limit that applies to it.

import type { TimeSpan } from './calendar.ts';
import {
  countingStart,
  type LimitDefinition,
  type LimitedUse,
  type LimitSubject,
  limitApplies,
  quantityOf,
} from './limit.ts';
import type { LimitDemand } from './limit-ledger.ts';
import type { LimitWindows } from './limit-windows.ts';

/** A limit as a request meets it. */
export interface LimitRule extends LimitDefinition {
  /** In the metric's unit. */
  readonly amount: bigint;
  readonly mode: 'block' | 'alert';
  /** What it admits in total while its counter is not known; null: nothing. */
  readonly allowanceWhenUnknown: bigint | null;
  /** Until then it refuses nothing; null: it is not suspended. */
  readonly suspendedUntilMs: number | null;
}

export interface TimedDemand<Rule extends LimitRule> {
  readonly rule: Rule;
  readonly demand: LimitDemand;
  /** The window that is under way; null for a bucket, which has none. */
  readonly window: TimeSpan | null;
}

export function demandsOf<Rule extends LimitRule>(request: {
  readonly rules: readonly Rule[];
  readonly windows: LimitWindows;
  readonly subject: LimitSubject;
  /** The worst case of the request. */
  readonly use: LimitedUse;
  readonly nowMs: number;
}): readonly TimedDemand<Rule>[] {
  const { rules, windows, subject, use, nowMs } = request;
  return rules
    .filter((rule) => limitApplies(rule, subject))
    .map((rule) => {
      const window = rule.window === 'minute' ? null : windows.windowAt(rule.window, nowMs);
      const isSuspended = rule.suspendedUntilMs !== null && rule.suspendedUntilMs > nowMs;
      return {
        rule,
        window,
        demand: {
          limit: rule,
          windowStartMs: window === null ? 0 : countingStart(rule, window.startMs),
          amount: rule.amount,
          quantity: quantityOf(rule.metric, use),
          mode: isSuspended ? 'alert' : rule.mode,
          allowanceWhenUnknown: rule.allowanceWhenUnknown,
        },
      };
    });
}
