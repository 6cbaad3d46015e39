// Whose tokens a client may look at and revoke.

import type { Caller } from '@tollgate/auth';
import { holdsScope } from '@tollgate/domain';

/** Its own; an operator's key with `admin`, all. */
export function mayHandle(client: Caller, keyId: string): boolean {
  return client.keyId === keyId || (client.customerId === null && holdsScope(client.scopes, 'admin'));
}
