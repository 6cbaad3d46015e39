// What authentication asks of the accounts store: four questions, not a database.

import type { Scope } from '@tollgate/domain';

export interface StoredKey {
  readonly id: string;
  /** Null for the operator's own keys. */
  readonly customerId: string | null;
  readonly projectId: string | null;
  readonly scopes: readonly Scope[];
  readonly isEnabled: boolean;
  readonly expiresAtMs: number | null;
}

export interface KeyStore {
  keyByDigest(digest: Uint8Array): Promise<StoredKey | null>;
  key(id: string): Promise<StoredKey | null>;
  customer(id: string): Promise<{ readonly id: string } | null>;
  /** As `Accounts.watch`: the id of what changed, or null when changes may have been missed. */
  watch(onChange: (id: string | null) => void): Promise<KeyWatch>;
}

export interface KeyWatch {
  /** Every change committed before this instant (milliseconds since the epoch) has been told. */
  readonly confirmedAtMs: number;
  close(): Promise<void>;
}
