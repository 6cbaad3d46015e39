// The words of the port about API keys: a key, its secrets, their use.

import type { Scope } from '@tollgate/domain';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** Null for the operator's own keys. */
  readonly customerId: string | null;
  readonly projectId: string | null;
  readonly mode: 'live' | 'test';
  readonly scopes: readonly Scope[];
  /** Patterns in which `*` stands for any run of characters; null: every model. */
  readonly allowedModels: readonly string[] | null;
  /** Canonical CIDR ranges, v4 and v6; null: from everywhere. */
  readonly allowedIps: readonly string[] | null;
  readonly rateLimits: RateLimits;
  readonly isEnabled: boolean;
  /** Why it was disabled, where nobody chose to. Enabling it takes this away; nothing else writes it. */
  readonly disabledReason?: 'leaked' | null;
  readonly expiresAtMs: number | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAtMs: number;
}

/** Null: none. */
export interface RateLimits {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
}

/** A key as it is found, with what decides beside its own row. */
export interface StoredApiKey extends ApiKey {
  /** A key that was deleted is still found by its id: its usage has an owner. */
  readonly deletedAtMs: number | null;
  readonly isCustomerSuspended: boolean;
}

/** A key as it is found by one of its secrets. */
export interface KeyBySecret extends StoredApiKey {
  readonly secret: {
    readonly id: string;
    /** From when it counts as the old secret; null: it is the current one. */
    readonly retiresAtMs: number | null;
    /** From when it is refused. */
    readonly expiresAtMs: number | null;
    /** As `NewKeySecret`; null where it was not kept. */
    readonly pepperId: string | null;
  };
}

/** What is stored of a new secret. The secret itself is never handed in. */
export interface NewKeySecret {
  readonly id: string;
  /** Its HMAC under the pepper. */
  readonly digest: Uint8Array;
  /** Stands for the pepper. */
  readonly pepperId: string;
  /** Its last four characters. */
  readonly hint: string;
  readonly createdAtMs: number;
}

/** What is shown of a secret. */
export interface KeySecret {
  readonly id: string;
  readonly keyId: string;
  /** Null where it was not kept. */
  readonly hint: string | null;
  readonly createdAtMs: number;
  readonly retiresAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly lastUse: LastUse | null;
}

export interface LastUse {
  readonly atMs: number;
  /** Null where it is not known. */
  readonly address: string | null;
}

/** One credential's last use, as a process gathered it. */
export interface CredentialUse extends LastUse {
  readonly keyId: string;
  /** The id of the secret; the key's own for its access tokens. */
  readonly credentialId: string;
}

export interface KeyFilter {
  readonly customerId?: string;
  readonly projectId?: string;
  readonly isEnabled?: boolean;
}

export interface KeyRotation {
  readonly keyId: string;
  readonly secret: NewKeySecret;
  /** From when the secret that was current counts as the old one. */
  readonly retiresAtMs: number;
  /** From when it is refused. */
  readonly expiresAtMs: number;
}

/** A digest of a secret that is known, made anew under another pepper. */
export interface MovedSecret {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly pepperId: string;
}

/** Secrets that may be used, by the pepper that their digests were made under; null: not known. */
export interface PepperUse {
  readonly pepperId: string | null;
  readonly secrets: number;
}
