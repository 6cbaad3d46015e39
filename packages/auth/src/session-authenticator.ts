// Who a session speaks for: its API key as the key is now, never more than the session was given. Remembered, and told of
// its end, like every other credential.

import { holdsScope, TollgateError } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import { checkKeyUse, customerSuspended } from './admit-key.ts';
import type { Caller, NamedKey } from './authenticator.ts';
import { invalidToken } from './bearer-token.ts';
import type { SessionStore, StoredCustomer, StoredKey, StoredSession } from './key-store.ts';
import { digestOfSessionToken, isSessionToken } from './session-token.ts';
import { type Freshness, WatchedCache } from './watched-cache.ts';

interface SessionAuthenticatorOptions {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly freshness: Freshness;
  readonly valuesMax: number;
  readonly keyOf: (keyId: string) => NamedKey | null | Promise<NamedKey | null>;
  readonly customerOf: (customerId: string) => StoredCustomer | null | Promise<StoredCustomer | null>;
}

export interface SessionAuthenticator {
  authenticate(token: string, address: string | null): Promise<Caller>;
  forget(id: string | null): void;
}

/** A session and when this process last wrote down that it is used. */
interface KnownSession {
  readonly session: StoredSession;
  usedAtMs: number;
}

const NOTED_EVERY_MS = 30_000;

export function createSessionAuthenticator(options: SessionAuthenticatorOptions): SessionAuthenticator {
  const { store, clock, freshness, valuesMax, keyOf, customerOf } = options;
  const sessions = new WatchedCache<KnownSession>({
    freshness,
    valuesMax,
    // A key's id is told when one of its secrets changes, with which the session may end.
    idsOf: ({ session: { id, keyId } }) => [id, keyId],
  });

  const read = (token: string): Promise<KnownSession | null> => {
    const digest = digestOfSessionToken(token);
    const cacheKey = Buffer.from(digest).toString('base64');
    const known = sessions.recall(cacheKey);
    if (known !== undefined) return Promise.resolve(known);
    return sessions.read(cacheKey, async () => {
      const session = await store.sessionByDigest(digest);
      return session === null ? null : { session, usedAtMs: session.usedAtMs };
    });
  };

  /** Another process may have seen it used: what looks idle is read again before it is refused. */
  const find = async (token: string, nowMs: number): Promise<KnownSession> => {
    const known = await read(token);
    if (known === null) throw invalidToken();
    if (!isIdle(known, nowMs)) return known;
    sessions.forget(known.session.id);
    const again = await read(token);
    if (again === null || isIdle(again, nowMs)) throw sessionEnded(known.session.keyId);
    return again;
  };

  const noteUse = (known: KnownSession, nowMs: number): void => {
    if (nowMs - known.usedAtMs < NOTED_EVERY_MS) return;
    known.usedAtMs = nowMs;
    // Not waited for: if it fails, the next use in half a minute says the same.
    store.noteSessionUse(known.session.id, nowMs).catch(() => undefined);
  };

  return {
    async authenticate(token, address) {
      if (!isSessionToken(token)) throw invalidToken();
      const nowMs = clock.now();
      const known = await find(token, nowMs);
      const { session } = known;
      if (session.endedAtMs !== null || session.expiresAtMs <= nowMs) throw sessionEnded(session.keyId);
      const named = await keyOf(session.keyId);
      if (named === null || named.key.deletedAtMs !== null) throw sessionEnded(session.keyId);
      // The operator's addresses are not those of the customer whom the operator lets in.
      const addresses = session.scopes === null ? named.addresses : null;
      checkKeyUse({ key: named.key, addresses, address, nowMs });
      if (session.scopes !== null && session.customerId !== null) {
        const customer = await customerOf(session.customerId);
        if (customer === null) throw sessionEnded(session.keyId);
        if (customer.suspendedAtMs !== null) throw customerSuspended(session.keyId);
      }
      noteUse(known, nowMs);
      return callerOf(session, named.key);
    },
    forget: (id) => sessions.forget(id),
  };
}

function isIdle({ session, usedAtMs }: KnownSession, nowMs: number): boolean {
  return nowMs - usedAtMs >= session.idleMs;
}

function callerOf(session: StoredSession, key: StoredKey): Caller {
  const { id: keyId, projectId, scopes, allowedModels, allowedIps, rateLimits, expiresAtMs } = key;
  const credential = { kind: 'session', id: session.id } as const;
  const granted = session.scopes;
  if (granted === null) {
    const { customerId } = key;
    return { keyId, customerId, projectId, scopes, allowedModels, allowedIps, rateLimits, expiresAtMs, credential };
  }
  return {
    keyId,
    customerId: session.customerId,
    projectId: null,
    scopes: granted.filter((scope) => holdsScope(scopes, scope)),
    allowedModels,
    allowedIps: null,
    rateLimits,
    expiresAtMs,
    credential,
  };
}

function sessionEnded(keyId: string): TollgateError {
  return new TollgateError({ code: 'token_expired', keyId, detail: 'The session has ended. Sign in again.' });
}
