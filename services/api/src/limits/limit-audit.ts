// What is written of each act on a limit, in the transaction of the act.

import type { Limit } from '@tollgate/accounts';
import { auditOf } from '../audit.ts';
import type { CallContext } from '../route.ts';
import { describeLimit } from './limit-json.ts';

interface LimitAct {
  readonly action: string;
  readonly before: Limit | null;
  readonly after: Limit | null;
  readonly reason?: string;
}

export async function recordLimitAct(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  { before, after, ...act }: LimitAct,
): Promise<void> {
  const limit = after ?? before;
  if (limit === null) throw new Error('an act on a limit is about one');
  await call.records.appendAudit(
    auditOf(call, {
      ...act,
      customerId: limit.customerId,
      subject: { type: 'limit', id: limit.id },
      before: before === null ? null : describeLimit(before),
      after: after === null ? null : describeLimit(after),
    }),
  );
}
