// A customer that pays ahead is held to its credit by a limit of its own; one that does not any more is not.

import type { AccountRecords, BuyerTerms, Customer, LimitTerms } from '@tollgate/accounts';
import { billingPeriodAt, THRESHOLDS_DEFAULT } from '@tollgate/domain';
import { recordLimitAct } from '../limits/limit-audit.ts';
import { newLimit } from '../limits/new-limit.ts';
import type { CallContext } from '../route.ts';
import type { BillingTermOptions } from './billing-term-routes.ts';

const TERMS: LimitTerms = {
  modelPattern: null,
  metric: 'cost',
  window: 'lifetime',
  // What it admits is said by the credit, as soon as it is bound.
  amount: 0n,
  mode: 'block',
  thresholds: THRESHOLDS_DEFAULT,
  allowanceWhenUnknown: null,
  refusesEvents: false,
};

/** The customer is locked. */
export async function keepPrepaidLimit(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  of: BillingTermOptions & { readonly customer: Customer; readonly terms: BuyerTerms },
): Promise<void> {
  const { customer, terms, clock, newId } = of;
  const { records } = call;
  const bound = await records.prepaidLimit(customer.id);
  if (terms.isPrepaidOnly === (bound !== null)) return;
  const nowMs = clock.now();
  if (bound !== null) {
    const before = await records.lockLimit(bound.limitId);
    await records.releasePrepaidLimit(customer.id);
    await records.deleteLimit(bound.limitId, nowMs);
    if (before !== null) await recordLimitAct(call, { action: 'limit.deleted', before, after: null });
    return;
  }
  const sinceMs = await firstUnbilled(customer.id, nowMs, records);
  const whose = { customerId: customer.id, scope: { kind: 'customer', id: customer.id } } as const;
  const made = newLimit({ id: newId('lim'), whose, terms: TERMS, setBy: 'operator', nowMs });
  await records.createLimit({ ...made, countsFromMs: sinceMs });
  await records.bindPrepaidLimit({ customerId: customer.id, limitId: made.id, sinceMs });
  const after = await records.limit(made.id);
  await recordLimitAct(call, { action: 'limit.created', before: null, after: after ?? made });
}

/** What is used since then is on no invoice that has taken its credit. */
async function firstUnbilled(customerId: string, nowMs: number, records: AccountRecords): Promise<number> {
  const [drafts, open, owner] = [
    await records.invoicesIn(customerId, { startMs: 0, endMs: nowMs }),
    await records.openPeriod(customerId),
    await records.limitSet(customerId),
  ];
  if (owner === null) throw new Error(`the customer ${customerId} has no calendar`);
  const starts = drafts.filter(({ state }) => state === 'draft').map(({ period }) => period.startMs);
  return Math.min(open?.period.startMs ?? billingPeriodAt(owner.calendar, nowMs).startMs, ...starts);
}
