// A key that is made gets the limits that its customer's defaults say, in the same transaction: none is ever without them.

import type { Limit, LimitSetBy } from '@tollgate/accounts';
import type { IdGenerator } from '@tollgate/runtime';
import type { CallContext } from '../route.ts';
import { checkRoom } from './limit-access.ts';
import { recordLimitAct } from './limit-audit.ts';
import { newLimit } from './new-limit.ts';

/** Of one customer. */
export const DEFAULTS_MAX = 10;

export async function giveDefaultLimits(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  to: {
    readonly key: { readonly id: string; readonly customerId: string | null };
    readonly newId: IdGenerator;
    readonly nowMs: number;
  },
): Promise<readonly Limit[]> {
  const { key, newId, nowMs } = to;
  const { customerId } = key;
  if (customerId === null) return [];
  const whose = { scope: { kind: 'key', id: key.id }, customerId } as const;
  const defaults = await call.records.limitDefaults({ customerId, limit: DEFAULTS_MAX });
  const limits = defaults.map((terms) => newLimit({ id: newId('lim'), whose, terms, setBy: terms.setBy, nowMs }));
  for (const side of ['operator', 'customer'] satisfies LimitSetBy[]) {
    const more = limits.filter(({ setBy }) => setBy === side).length;
    if (more > 0) await checkRoom(call, { customerId, setBy: side, more });
  }
  for (const limit of limits) {
    await call.records.createLimit(limit);
    await recordLimitAct(call, { action: 'limit.created', before: null, after: limit });
  }
  return limits;
}
