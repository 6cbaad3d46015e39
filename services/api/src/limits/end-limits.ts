// Limits end with the key or project that they are of.

import type { Limit } from '@tollgate/accounts';
import type { CallContext } from '../route.ts';
import { recordLimitAct } from './limit-audit.ts';

export async function endLimits(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  { scope, nowMs }: { readonly scope: Limit['scope']; readonly nowMs: number },
): Promise<void> {
  for (const limit of await call.records.deleteLimitsOf(scope, nowMs)) {
    await recordLimitAct(call, { action: 'limit.deleted', before: limit, after: null });
  }
}
