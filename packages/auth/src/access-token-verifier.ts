// Verified access tokens, remembered by a hash until they expire: what is asked again each time is only whether the
// signing key still vouches for it and whether it was revoked, both from memory while the watch is heard.

import type { AccessToken, TokenAuthority } from './access-token.ts';
import { type DecodedToken, decodeAccessToken } from './decode-access-token.ts';
import { createSigningKeyRing, type StoredSigningKey } from './signing-key-ring.ts';
import { type Freshness, WatchedCache } from './watched-cache.ts';

/** What verifying asks of the accounts store. */
export interface TokenStore {
  publicSigningKeys(): Promise<readonly StoredSigningKey[]>;
  isTokenRevoked(id: string): Promise<boolean>;
}

export interface AccessTokenVerifier {
  /** Null: not valid. Undefined: not known, `read` it. That it may have expired is for the caller to see. Never waits. */
  recall(cacheKey: string): AccessToken | null | undefined;
  read(text: string, cacheKey: string): Promise<AccessToken | null>;
  forget(id: string | null): void;
}

export function createAccessTokenVerifier(options: {
  readonly store: TokenStore;
  readonly authority: TokenAuthority;
  readonly freshness: Freshness;
  readonly valuesMax: number;
}): AccessTokenVerifier {
  const { store, authority, freshness, valuesMax } = options;
  const ring = createSigningKeyRing({ load: () => store.publicSigningKeys(), freshness });
  const tokens = new WatchedCache<AccessToken>({ freshness, valuesMax, idsOf: ({ id }) => [id] });

  const verify = async (text: string, { algorithm, token }: DecodedToken): Promise<AccessToken | null> => {
    if (!(await ring.verify(text, { keyId: token.signingKeyId, algorithm }))) return null;
    return (await store.isTokenRevoked(token.id)) ? null : token;
  };

  return {
    recall(cacheKey) {
      const token = tokens.recall(cacheKey);
      if (token == null) return token;
      const isVouchedFor = ring.vouches(token.signingKeyId);
      if (isVouchedFor === undefined) return undefined;
      return isVouchedFor ? token : null;
    },
    async read(text, cacheKey) {
      const decoded = decodeAccessToken(text, { authority, nowMs: freshness.now() });
      if (decoded === null) return null;
      const known = tokens.recall(cacheKey);
      const token = known === undefined ? await tokens.read(cacheKey, () => verify(text, decoded)) : known;
      return token !== null && (await ring.confirms(token.signingKeyId)) ? token : null;
    },
    forget(id) {
      ring.forget(id);
      tokens.forget(id);
    },
  };
}
