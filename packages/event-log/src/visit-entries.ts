// Visiting stored records one by one until a budget is spent.

import type { StoredEntry } from './delivery.ts';
import { unpackEntry } from './entry.ts';
import { type DeliveredRecord, positionOf } from './event-log.ts';

export interface VisitBudget {
  visit(record: DeliveredRecord): void;
  isSpent(): boolean;
}

/** Returns false when the budget ran out before the last record. */
export function visitEntries(partition: number, entries: readonly StoredEntry[], budget: VisitBudget): boolean {
  for (const { offset, value } of entries) {
    for (const [index, record] of unpackEntry(value).entries()) {
      if (budget.isSpent()) return false;
      budget.visit({ partition, position: positionOf(offset, index), value: record });
    }
  }
  return true;
}
