// What is written of each act on the terms that customers are billed by, in the transaction of the act.

import type { JsonObject } from '@tollgate/domain';
import { auditOf } from '../audit.ts';
import type { CallContext } from '../route.ts';

interface TermAct {
  /** `plan.created`: the kind of thing before the point is the subject's type. */
  readonly action: string;
  readonly customerId: string | null;
  readonly id: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  readonly reason?: string | undefined;
}

export async function recordTermAct(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  { action, customerId, id, before, after, reason }: TermAct,
): Promise<void> {
  const [type = action] = action.split('.');
  const subject = { type, id };
  await call.records.appendAudit(
    auditOf(call, { action, customerId, subject, before, after, ...(reason === undefined ? {} : { reason }) }),
  );
}
