// Authentication by API key secrets and access tokens over watched caches: no I/O and no awaiting while a credential is
// remembered.

import { hash } from 'node:crypto';
import type { Clock } from '@tollgate/runtime';
import { type AccessToken, looksLikeAccessToken, type TokenAuthority } from './access-token.ts';
import { createAccessTokenVerifier } from './access-token-verifier.ts';
import { type AddressList, createAddressList } from './address-list.ts';
import { parseAddressRange } from './address-range.ts';
import { checkKeyUse, checkSecretUse, mayBeUsed } from './admit-key.ts';
import type { Authenticator, Caller, NamedKey, Presented, UsageOwner } from './authenticator.ts';
import { bearerTokenOf, invalidToken } from './bearer-token.ts';
import { digestOfKeySecret, isKeySecret } from './key-secret.ts';
import type { KeyStore, KeyWatch, StoredCustomer, StoredKey, StoredKeyBySecret } from './key-store.ts';
import type { KeyUses } from './key-uses.ts';
import { currentPepperOf, pepperIdOf } from './peppers.ts';
import { createSessionAuthenticator } from './session-authenticator.ts';
import { accessTokenExpired, belongsTo, callersOfTokens } from './token-caller.ts';
import { type Freshness, WatchedCache } from './watched-cache.ts';

export interface AuthenticatorOptions {
  /** The accounts store. */
  readonly accounts: KeyStore;
  /** Under which the digests of secrets are made; not in the database. The current one first. */
  readonly peppers: readonly string[];
  /** Whose access tokens are taken. */
  readonly authority: TokenAuthority;
  readonly clock: Clock;
  /** Is told of every use that is admitted. */
  readonly uses?: readonly Pick<KeyUses, 'note'>[];
  /** Credentials, key owners and customers remembered at most, each. */
  readonly rememberedMax?: number;
}

/** A key as it was found by a secret, with what is handed out for it, made once. */
interface KnownSecret {
  readonly key: StoredKeyBySecret;
  readonly addresses: AddressList | null;
  readonly caller: Caller;
  /** The same once the secret is the old one. */
  readonly oldCaller: Caller;
}

interface KeyOwner {
  /** The key's. */
  readonly id: string;
  readonly owner: UsageOwner | null;
}

const REMEMBERED_MAX = 50_000;

/** Ids come from callers: what cannot be one is neither looked up nor remembered. */
const ID_SHAPE = /^[A-Za-z0-9_-]{1,64}$/;

export async function createAuthenticator(options: AuthenticatorOptions): Promise<Authenticator> {
  const { accounts, peppers, authority, clock, uses = [], rememberedMax: valuesMax = REMEMBERED_MAX } = options;
  const noteUse = (caller: Caller, address: string | null): void => {
    for (const each of uses) each.note(caller, address);
  };
  let watch: KeyWatch | undefined;
  const freshness: Freshness = {
    now: () => clock.now(),
    confirmedAtMs: () => watch?.confirmedAtMs ?? Number.NEGATIVE_INFINITY,
  };
  const idsOf = ({ id }: { readonly id: string }): readonly string[] => [id];
  const secrets = new WatchedCache<KnownSecret>({
    freshness,
    valuesMax,
    idsOf: ({ key }) => idsOfKey(key),
  });
  const keys = new WatchedCache<NamedKey>({ freshness, valuesMax, idsOf: ({ key }) => idsOfKey(key) });
  const tokens = createAccessTokenVerifier({ store: accounts, authority, freshness, valuesMax });
  const callerOf = callersOfTokens();
  const keyOwners = new WatchedCache<KeyOwner>({ freshness, valuesMax, idsOf });
  const customers = new WatchedCache<StoredCustomer>({ freshness, valuesMax, idsOf });
  const sessions = createSessionAuthenticator({
    ...{ store: accounts, clock, freshness, valuesMax },
    keyOf: (keyId) => keyOf(keyId),
    customerOf: (customerId) => namedCustomer(customerId),
  });
  watch = await accounts.watch((id) => {
    for (const cache of [secrets, keys, tokens, sessions, keyOwners, customers]) cache.forget(id);
  });
  const { close } = watch;

  const admit = (known: KnownSecret | null, address: string | null): Caller => {
    if (known === null) throw invalidToken();
    const { key, addresses, caller, oldCaller } = known;
    const nowMs = clock.now();
    checkSecretUse(key, nowMs);
    checkKeyUse({ key, addresses, address, nowMs });
    const { retiresAtMs } = key.secret;
    const admitted = retiresAtMs !== null && retiresAtMs <= nowMs ? oldCaller : caller;
    noteUse(admitted, address);
    return admitted;
  };

  const current = currentPepperOf(peppers);
  const pepperId = pepperIdOf(current);
  const loadSecret = async (secret: string): Promise<KnownSecret | null> => {
    const digests = peppers.map((pepper) => digestOfKeySecret(secret, pepper));
    const key = await accounts.keyByDigest(digests);
    if (key === null) return null;
    // Only who shows a secret lets its digest be made anew. If that fails, the next use does it: it is no reason to refuse.
    if (key.secret.pepperId !== pepperId) {
      const digest = digestOfKeySecret(secret, current);
      await accounts.moveSecret({ id: key.secret.id, digest, pepperId }).catch(() => undefined);
    }
    return toKnownSecret(key);
  };

  const authenticateSecret = (secret: string, address: string | null): Caller | Promise<Caller> => {
    const cacheKey = cacheKeyOf(secret);
    const known = secrets.recall(cacheKey);
    if (known !== undefined) return admit(known, address);
    if (!isKeySecret(secret)) throw invalidToken();
    return secrets.read(cacheKey, () => loadSecret(secret)).then((found) => admit(found, address));
  };

  const admitToken = (token: AccessToken | null, known: NamedKey | null, address: string | null): Caller => {
    if (token === null || known === null || !belongsTo(token, known.key)) throw invalidToken();
    const nowMs = clock.now();
    if (token.expiresAtMs <= nowMs) throw accessTokenExpired();
    checkKeyUse({ ...known, address, nowMs });
    const admitted = callerOf(token, known.key);
    noteUse(admitted, address);
    return admitted;
  };

  const keyOf = (keyId: string): NamedKey | null | Promise<NamedKey | null> => {
    const known = keys.recall(keyId);
    if (known !== undefined) return known;
    return keys.read(keyId, async () => {
      const key = await accounts.key(keyId);
      return key === null ? null : { key, addresses: addressesOf(key) };
    });
  };

  const namedCustomer = (customerId: string): StoredCustomer | null | Promise<StoredCustomer | null> => {
    if (!ID_SHAPE.test(customerId)) return null;
    const known = customers.recall(customerId);
    if (known !== undefined) return known;
    return customers.read(customerId, async () => {
      const customer = await accounts.customer(customerId);
      return customer === null ? null : { id: customerId, suspendedAtMs: customer.suspendedAtMs };
    });
  };

  const readToken = async (text: string, cacheKey: string, address: string | null): Promise<Caller> => {
    const token = await tokens.read(text, cacheKey);
    return admitToken(token, token === null ? null : await keyOf(token.keyId), address);
  };

  const authenticateToken = (text: string, address: string | null): Caller | Promise<Caller> => {
    const cacheKey = cacheKeyOf(text);
    const token = tokens.recall(cacheKey);
    const known = token == null ? token : keys.recall(token.keyId);
    if (token === undefined || known === undefined) return readToken(text, cacheKey, address);
    return admitToken(token, known, address);
  };

  return {
    authenticate({ authorization, address }: Presented) {
      const credential = bearerTokenOf(authorization);
      if (looksLikeAccessToken(credential)) return authenticateToken(credential, address);
      return authenticateSecret(credential, address);
    },
    async authenticateSession(token, address) {
      const caller = await sessions.authenticate(token, address);
      noteUse(caller, address);
      return caller;
    },
    async inspectToken(text) {
      const token = await tokens.read(text, cacheKeyOf(text));
      if (token === null || token.expiresAtMs <= clock.now()) return null;
      // Asked anew: whoever revokes a token and then looks at it has not waited for the news of it.
      const [isRevoked, key] = await Promise.all([accounts.isTokenRevoked(token.id), accounts.key(token.keyId)]);
      if (isRevoked || key === null || !belongsTo(token, key)) return null;
      const isUsable = mayBeUsed({ key, addresses: null, address: null, nowMs: clock.now() });
      return { token, caller: isUsable ? callerOf(token, key) : null };
    },
    ownerOfKey(keyId) {
      if (!ID_SHAPE.test(keyId)) return null;
      const known = keyOwners.recall(keyId);
      if (known !== undefined) return known?.owner ?? null;
      const load = async (): Promise<KeyOwner | null> => {
        const key = await accounts.key(keyId);
        return key === null ? null : { id: keyId, owner: ownerOf(key) };
      };
      return keyOwners.read(keyId, load).then((found) => found?.owner ?? null);
    },
    ownerOfCustomer(customerId) {
      const known = namedCustomer(customerId);
      return known instanceof Promise ? known.then(ownerFor) : ownerFor(known);
    },
    namedKey: (keyId) => (ID_SHAPE.test(keyId) ? keyOf(keyId) : null),
    namedCustomer,
    close,
  };
}

/** Remembered by a hash, so that a dump of the memory holds no list of secrets. */
function cacheKeyOf(credential: string): string {
  return hash('sha256', credential, 'base64');
}

/** What is told of when the key, or its customer, changes. */
function idsOfKey({ id, customerId }: StoredKey): readonly string[] {
  return customerId === null ? [id] : [id, customerId];
}

function toKnownSecret(key: StoredKeyBySecret): KnownSecret {
  const { customerId, projectId, scopes, allowedModels, allowedIps, rateLimits, expiresAtMs } = key;
  const permissions = { customerId, projectId, scopes, allowedModels, allowedIps, rateLimits, expiresAtMs };
  const callerWith = (isOld: boolean): Caller => ({
    keyId: key.id,
    ...permissions,
    credential: { kind: 'secret', id: key.secret.id, isOld },
  });
  return {
    key,
    addresses: addressesOf(key),
    caller: callerWith(false),
    oldCaller: callerWith(true),
  };
}

/** The operator's own keys have no customer, so no usage can be theirs. */
function ownerOf({ id, customerId, projectId }: StoredKey): UsageOwner | null {
  return customerId === null ? null : { customerId, projectId, keyId: id };
}

function ownerFor(customer: StoredCustomer | null): UsageOwner | null {
  return customer === null ? null : { customerId: customer.id, projectId: null, keyId: null };
}

/** A range that this version cannot read admits nobody. */
function addressesOf({ allowedIps }: StoredKey): AddressList | null {
  if (allowedIps === null) return null;
  return createAddressList(
    allowedIps.flatMap((text) => {
      const parsed = parseAddressRange(text);
      return parsed.kind === 'range' ? [parsed.range] : [];
    }),
  );
}
