// Who is calling, and for whom may it report: answered from memory when warm, so that the data plane does no I/O.

import type { Scope } from '@tollgate/domain';

/** A verified caller. */
export interface Caller {
  readonly keyId: string;
  /** Null for the operator's own keys, which act for any customer. */
  readonly customerId: string | null;
  readonly projectId: string | null;
  readonly scopes: readonly Scope[];
}

/** Whose usage an event is. */
export interface UsageOwner {
  readonly customerId: string;
  readonly projectId: string | null;
  readonly keyId: string | null;
}

type MaybePromise<Value> = Value | Promise<Value>;

export interface Authenticator {
  /**
   * Verifies the value of an `Authorization` header. Synchronous when the credential is remembered. Fails (throws, or
   * rejects) with `TollgateError` `missing_token`, `invalid_token`, `key_disabled` or `token_expired`.
   */
  authenticate(authorization: string | undefined): MaybePromise<Caller>;
  /** The owner of an API key id, or null when there is no such key. Usage that a key has had is taken even if it is disabled now. */
  ownerOfKey(keyId: string): MaybePromise<UsageOwner | null>;
  /** The customer as an owner, or null when there is none of this id. */
  ownerOfCustomer(customerId: string): MaybePromise<UsageOwner | null>;
  close(): Promise<void>;
}
