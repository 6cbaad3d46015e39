// Who is calling, and for whom may it report: answered from memory when warm, so that the data plane does no I/O.

import type { Scope } from '@tollgate/domain';

/** A verified caller. */
export interface Caller {
  readonly keyId: string;
  /** Null for the operator's own keys, which act for any customer. */
  readonly customerId: string | null;
  readonly projectId: string | null;
  readonly scopes: readonly Scope[];
  /** Patterns in which `*` stands for any run of characters; null: every model. */
  readonly allowedModels: readonly string[] | null;
  /** Canonical CIDR ranges, one of which the caller's address is in; null: any address. */
  readonly allowedIps: readonly string[] | null;
  readonly rateLimits: RateLimits;
  /** When the key ends; null: it does not. */
  readonly expiresAtMs: number | null;
  readonly credential: Credential;
}

/** Null: none. */
export interface RateLimits {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
}

/** What the caller showed. Other kinds stand beside it. */
export interface Credential {
  readonly kind: 'secret';
  readonly id: string;
  /** True while the secret is in its grace, after it was rotated. */
  readonly isOld: boolean;
}

/** Whose usage an event is. */
export interface UsageOwner {
  readonly customerId: string;
  readonly projectId: string | null;
  readonly keyId: string | null;
}

type MaybePromise<Value> = Value | Promise<Value>;

/** What of a request says who sends it. */
export interface Presented {
  /** The value of the `Authorization` header. */
  readonly authorization: string | undefined;
  /** Where the request comes from; null where that is not known, which is refused for a key with a list of addresses. */
  readonly address: string | null;
}

export interface Authenticator {
  /**
   * Synchronous when the credential is remembered. Fails (throws, or rejects) with `TollgateError` `missing_token`,
   * `invalid_token`, `key_disabled`, `token_expired`, `customer_suspended` or `ip_not_allowed`.
   */
  authenticate(presented: Presented): MaybePromise<Caller>;
  /**
   * The owner of an API key id, or null when there is no such key. Usage that a key has had is taken even if the key is
   * disabled or deleted now, or its customer suspended.
   */
  ownerOfKey(keyId: string): MaybePromise<UsageOwner | null>;
  /** The customer as an owner, or null when there is none of this id. */
  ownerOfCustomer(customerId: string): MaybePromise<UsageOwner | null>;
  close(): Promise<void>;
}
