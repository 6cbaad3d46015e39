// Who is calling, and for whom may it report: answered from memory when warm, so that the data plane does no I/O.

import type { Scope } from '@tollgate/domain';
import type { AccessToken } from './access-token.ts';
import type { AddressList } from './address-list.ts';
import type { StoredCustomer, StoredKey } from './key-store.ts';

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

/** What the caller showed. */
export type Credential =
  | {
      readonly kind: 'secret';
      readonly id: string;
      /** True while the secret is in its grace, after it was rotated. */
      readonly isOld: boolean;
    }
  | {
      readonly kind: 'access_token';
      /** `jti`. */
      readonly id: string;
    }
  | {
      readonly kind: 'session';
      readonly id: string;
    };

/** Whose usage an event is. */
export interface UsageOwner {
  readonly customerId: string;
  readonly projectId: string | null;
  readonly keyId: string | null;
}

/** A key that a request names. It may be one that is refused: see `refusalOfKey`. */
export interface NamedKey {
  readonly key: StoredKey;
  /** Null: it may be used from everywhere. */
  readonly addresses: AddressList | null;
}

export interface InspectedToken {
  readonly token: AccessToken;
  /** Whom it speaks for now; null when its API key may not be used. */
  readonly caller: Caller | null;
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
   * A key's secret or an access token. Synchronous when the credential is remembered. Fails (throws, or rejects) with `TollgateError` `missing_token`,
   * `invalid_token`, `key_disabled`, `token_expired`, `customer_suspended` or `ip_not_allowed`.
   */
  authenticate(presented: Presented): MaybePromise<Caller>;
  /**
   * The session of somebody who signed in to the dashboard, by the token in its cookie. Rejects like `authenticate`; with
   * `token_expired` where the session was good once.
   */
  authenticateSession(token: string, address: string | null): Promise<Caller>;
  /** Null: not issued here, altered, expired or revoked. From where it is used is not asked. */
  inspectToken(text: string): Promise<InspectedToken | null>;
  /**
   * The owner of an API key id, or null when there is no such key. Usage that a key has had is taken even if the key is
   * disabled or deleted now, or its customer suspended.
   */
  ownerOfKey(keyId: string): MaybePromise<UsageOwner | null>;
  /** The customer as an owner, or null when there is none of this id. */
  ownerOfCustomer(customerId: string): MaybePromise<UsageOwner | null>;
  /** The API key of this id as it stands, or null when there is none. */
  namedKey(keyId: string): MaybePromise<NamedKey | null>;
  /** The customer of this id as it stands, or null when there is none. */
  namedCustomer(customerId: string): MaybePromise<StoredCustomer | null>;
  close(): Promise<void>;
}
