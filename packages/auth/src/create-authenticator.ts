// Authentication by API key secrets over a watched cache: no I/O and no awaiting while a credential is remembered.

import { hash } from 'node:crypto';
import { TollgateError } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import type { Authenticator, Caller, UsageOwner } from './authenticator.ts';
import { bearerTokenOf, invalidToken } from './bearer-token.ts';
import { digestOfKeySecret, isKeySecret } from './key-secret.ts';
import type { KeyStore, KeyWatch, StoredKey } from './key-store.ts';
import { type Freshness, WatchedCache } from './watched-cache.ts';

export interface AuthenticatorOptions {
  /** The accounts store. */
  readonly accounts: KeyStore;
  /** Under which the digests of secrets were made; not in the database. */
  readonly pepper: string;
  readonly clock: Clock;
  /** Credentials, key owners and customers remembered at most, each. */
  readonly rememberedMax?: number;
}

/** A key with what is handed out for it, made once. */
interface Credential {
  readonly key: StoredKey;
  readonly caller: Caller;
}

interface Owner {
  /** The id it is known by: the key's, or the customer's. */
  readonly id: string;
  readonly owner: UsageOwner | null;
}

const REMEMBERED_MAX = 50_000;

/** Ids come from callers: what cannot be one is neither looked up nor remembered. */
const ID_SHAPE = /^[A-Za-z0-9_-]{1,64}$/;

export async function createAuthenticator(options: AuthenticatorOptions): Promise<Authenticator> {
  const { accounts, pepper, clock, rememberedMax: valuesMax = REMEMBERED_MAX } = options;
  let watch: KeyWatch | undefined;
  const freshness: Freshness = {
    now: () => clock.now(),
    confirmedAtMs: () => watch?.confirmedAtMs ?? Number.NEGATIVE_INFINITY,
  };
  const idOf = ({ id }: Owner): string => id;
  const credentials = new WatchedCache<Credential>({ freshness, valuesMax, idOf: ({ key }) => key.id });
  const keyOwners = new WatchedCache<Owner>({ freshness, valuesMax, idOf });
  const customers = new WatchedCache<Owner>({ freshness, valuesMax, idOf });
  watch = await accounts.watch((id) => {
    for (const cache of [credentials, keyOwners, customers]) cache.forget(id);
  });
  const { close } = watch;

  const admit = (credential: Credential | null): Caller => {
    if (credential === null) throw invalidToken();
    const { key, caller } = credential;
    if (!key.isEnabled) throw keyDisabled();
    if (key.expiresAtMs !== null && key.expiresAtMs <= clock.now()) throw tokenExpired();
    return caller;
  };

  return {
    authenticate(authorization) {
      // A token of another shape than a key's secret (an access token) is told apart here.
      const secret = bearerTokenOf(authorization);
      // Remembered by a hash, so that a dump of the memory holds no list of secrets.
      const cacheKey = hash('sha256', secret, 'base64');
      const known = credentials.recall(cacheKey);
      if (known !== undefined) return admit(known);
      if (!isKeySecret(secret)) throw invalidToken();
      const load = async (): Promise<Credential | null> => {
        const key = await accounts.keyByDigest(digestOfKeySecret(secret, pepper));
        return key === null ? null : { key, caller: toCaller(key) };
      };
      return credentials.read(cacheKey, load).then(admit);
    },
    ownerOfKey(keyId) {
      if (!ID_SHAPE.test(keyId)) return null;
      const known = keyOwners.recall(keyId);
      if (known !== undefined) return known?.owner ?? null;
      const load = async (): Promise<Owner | null> => {
        const key = await accounts.key(keyId);
        return key === null ? null : { id: keyId, owner: ownerOf(key) };
      };
      return keyOwners.read(keyId, load).then((found) => found?.owner ?? null);
    },
    ownerOfCustomer(customerId) {
      if (!ID_SHAPE.test(customerId)) return null;
      const known = customers.recall(customerId);
      if (known !== undefined) return known?.owner ?? null;
      const load = async (): Promise<Owner | null> => {
        const customer = await accounts.customer(customerId);
        return customer === null ? null : { id: customerId, owner: { customerId, projectId: null, keyId: null } };
      };
      return customers.read(customerId, load).then((found) => found?.owner ?? null);
    },
    close,
  };
}

function toCaller({ id, customerId, projectId, scopes }: StoredKey): Caller {
  return { keyId: id, customerId, projectId, scopes };
}

/** The operator's own keys have no customer, so no usage can be theirs. */
function ownerOf({ id, customerId, projectId }: StoredKey): UsageOwner | null {
  return customerId === null ? null : { customerId, projectId, keyId: id };
}

function keyDisabled(): TollgateError {
  return new TollgateError({
    code: 'key_disabled',
    detail: 'The API key is disabled. Enable it, or use another one.',
  });
}

function tokenExpired(): TollgateError {
  return new TollgateError({ code: 'token_expired', detail: 'The API key has expired. Use another one.' });
}
