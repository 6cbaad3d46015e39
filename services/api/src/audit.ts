// Who did it and from where, for the audit log: the same of every act, so that no handler writes it itself.

import type { AuditEntry } from '@tollgate/accounts';
import type { CallContext } from './route.ts';

type Act = Omit<AuditEntry, 'actor' | 'origin'>;

export function auditOf({ caller, origin }: Pick<CallContext, 'caller' | 'origin'>, act: Act): AuditEntry {
  return { ...act, actor: { keyId: caller.keyId }, origin };
}
