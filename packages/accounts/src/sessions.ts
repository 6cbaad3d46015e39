// Sessions of people who signed in to the dashboard: what is kept of them, and what is asked of the store.

import type { Scope } from '@tollgate/domain';
import type { PageRequest } from './accounts.ts';

export interface Session {
  readonly id: string;
  /** Whose permissions it has; of a portal session, the operator's key that made the link. */
  readonly keyId: string;
  /** The secret that was exchanged for it; null for a portal session. */
  readonly secretId: string | null;
  /** The customer that it sees; null: the operator's. */
  readonly customerId: string | null;
  /** What of the key's scopes it has; null: all. */
  readonly scopes: readonly Scope[] | null;
  readonly createdAtMs: number;
  readonly usedAtMs: number;
  /** Unused for so long, it has ended. */
  readonly idleMs: number;
  /** At the latest; never after the secret that was exchanged for it. */
  readonly expiresAtMs: number;
  readonly endedAtMs: number | null;
  /** From where, and with what, it was opened. */
  readonly address: string;
  readonly userAgent: string;
}

/** A link by which an operator lets a customer in, once. */
export interface PortalLink {
  readonly id: string;
  readonly keyId: string;
  readonly customerId: string;
  readonly scopes: readonly Scope[];
  /** How long the session lasts that it opens. */
  readonly sessionMs: number;
  readonly expiresAtMs: number;
}

export interface SessionRecords {
  /** Of one key the youngest thousand stay. */
  createSession(session: Session, digest: Uint8Array): Promise<void>;
  /** Also one that has ended. */
  session(id: string): Promise<Session | null>;
  /** As `session`, by the SHA-256 of its token. */
  sessionByDigest(digest: Uint8Array): Promise<Session | null>;
  /** Those that have not ended at this instant. */
  sessions(page: PageRequest & { readonly customerId?: string; readonly nowMs: number }): Promise<readonly Session[]>;
  noteSessionUse(id: string, usedAtMs: number): Promise<void>;
  endSession(id: string, endedAtMs: number): Promise<void>;
  createPortalLink(link: PortalLink, digest: Uint8Array): Promise<void>;
  /** Gives the link and removes it; nobody else gets it. */
  takePortalLink(digest: Uint8Array): Promise<PortalLink | null>;
  /** Removes what no answer can depend on any more. */
  removeExpiredSessions(nowMs: number): Promise<void>;
}
