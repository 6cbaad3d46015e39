// What is written of each act on a key, in the transaction of the act: an entry of the audit log and, where owners want
// to know, a fact for the outbox.

import type { ApiKey } from '@tollgate/accounts';
import type { JsonObject, WebhookType } from '@tollgate/domain';
import { auditOf } from './audit.ts';
import { nameKey } from './key-json.ts';
import type { CallContext } from './route.ts';

interface KeyAct {
  readonly action: string;
  readonly key: ApiKey;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  /** What the owner is told besides which key it is. */
  readonly told?: { readonly type: WebhookType; readonly data?: JsonObject };
}

export async function recordKeyAct(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  act: KeyAct,
): Promise<void> {
  const { action, key, before, after, told } = act;
  const { customerId } = key;
  const subject = { type: 'key', id: key.id };
  await call.records.appendAudit(auditOf(call, { action, customerId, subject, before, after }));
  if (told === undefined) return;
  await call.records.tell({ type: told.type, customerId, data: { key: nameKey(key), ...told.data } });
}
