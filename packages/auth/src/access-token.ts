// What an access token is (RFC 9068): its claims, its times and how it is told from a key's secret.

import type { Scope } from '@tollgate/domain';

/** No token lives longer, whatever is configured. */
export const TOKEN_LIFE_MAX_MS = 3_600_000;
/** By how much the clocks of two processes of one deployment may differ. */
export const CLOCK_SKEW_MS = 5_000;

/** Whose tokens these are: both claims are compared character by character. */
export interface TokenAuthority {
  /** `iss`: the public URL of the api, without a slash at its end. */
  readonly issuer: string;
  /** `aud`. */
  readonly audience: string;
}

export interface AccessToken {
  /** `jti`. */
  readonly id: string;
  /** `kid`: the signing key that vouches for it. */
  readonly signingKeyId: string;
  /** `sub` and `client_id`: the API key that it was issued to. */
  readonly keyId: string;
  readonly customerId: string | null;
  readonly projectId: string | null;
  readonly scopes: readonly Scope[];
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** True for what can only be meant as a JWT: no key's secret has a dot. */
export function looksLikeAccessToken(token: string): boolean {
  return token.includes('.');
}
