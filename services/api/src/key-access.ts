// Which keys a caller can see and change. Others' keys, and those that were deleted, are not there.

import type { StoredApiKey } from '@tollgate/accounts';
import type { CallContext } from './route.ts';
import { mustBeSeen } from './tenancy.ts';

type Access = Pick<CallContext, 'caller' | 'records'>;

export async function seenKey(id: string | undefined, { caller, records }: Access): Promise<StoredApiKey> {
  return mustBeHere(caller, await records.key(id ?? ''));
}

/** As `seenKey`, and nobody else changes it before the transaction ends. */
export async function lockedKey(id: string | undefined, { caller, records }: Access): Promise<StoredApiKey> {
  return mustBeHere(caller, await records.lockKey(id ?? ''));
}

function mustBeHere(caller: Access['caller'], key: StoredApiKey | null): StoredApiKey {
  const present = key?.deletedAtMs === null ? key : null;
  return mustBeSeen(caller, present, ({ customerId }) => customerId);
}
