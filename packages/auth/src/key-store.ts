// What authentication asks of the accounts store: a few questions, not a database.

import type { Scope } from '@tollgate/domain';
import type { TokenStore } from './access-token-verifier.ts';
import type { RateLimits } from './authenticator.ts';

export interface StoredKey {
  readonly id: string;
  /** Null for the operator's own keys. */
  readonly customerId: string | null;
  readonly projectId: string | null;
  readonly scopes: readonly Scope[];
  /** Patterns in which `*` stands for any run of characters; null: every model. */
  readonly allowedModels: readonly string[] | null;
  /** Canonical CIDR ranges; null: from everywhere. */
  readonly allowedIps: readonly string[] | null;
  readonly rateLimits: RateLimits;
  readonly isEnabled: boolean;
  readonly expiresAtMs: number | null;
  /** A key that was deleted is refused; usage that it has had is still its own. */
  readonly deletedAtMs: number | null;
  readonly isCustomerSuspended: boolean;
}

/** A key with the one of its secrets by which it was found. */
export interface StoredKeyBySecret extends StoredKey {
  readonly secret: StoredSecret;
}

export interface StoredSecret {
  readonly id: string;
  /** From when it counts as the old secret; null: it is the current one. */
  readonly retiresAtMs: number | null;
  /** From when it is refused: the end of its grace. */
  readonly expiresAtMs: number | null;
  /** Stands for the pepper that its digest was made under; null where that was not kept. */
  readonly pepperId: string | null;
}

export interface MovedSecret {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly pepperId: string;
}

export interface StoredCustomer {
  readonly id: string;
  /** Since when its keys are refused; null: they are not. */
  readonly suspendedAtMs: number | null;
}

/** A session of somebody who signed in to the dashboard. */
export interface StoredSession {
  readonly id: string;
  readonly keyId: string;
  /** The customer that it sees; null: the operator's. */
  readonly customerId: string | null;
  /** What of the key's scopes it has; null: all. Only a portal session, which the operator opened for the customer, has less. */
  readonly scopes: readonly Scope[] | null;
  readonly usedAtMs: number;
  /** Unused for so long, it has ended. */
  readonly idleMs: number;
  readonly expiresAtMs: number;
  readonly endedAtMs: number | null;
}

export interface SessionStore {
  /** Also one that has ended. */
  sessionByDigest(digest: Uint8Array): Promise<StoredSession | null>;
  noteSessionUse(id: string, usedAtMs: number): Promise<void>;
}

export interface KeyStore extends TokenStore, SessionStore {
  /** By any of the digests that a secret has, one under each pepper; they are looked for at one instant. */
  keyByDigest(digests: readonly Uint8Array[]): Promise<StoredKeyBySecret | null>;
  /** Keeps another digest of the same secret in place of the one there was. */
  moveSecret(secret: MovedSecret): Promise<void>;
  /** Also a key that was deleted. */
  key(id: string): Promise<StoredKey | null>;
  customer(id: string): Promise<StoredCustomer | null>;
  /** As `Accounts.watch`: the id of what changed, or null when changes may have been missed. */
  watch(onChange: (id: string | null) => void): Promise<KeyWatch>;
}

export interface KeyWatch {
  /** Every change committed before this instant (milliseconds since the epoch) has been told. */
  readonly confirmedAtMs: number;
  close(): Promise<void>;
}
