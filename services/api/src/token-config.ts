// How access tokens are issued, from the environment.

import { readEncryptionSecrets, readTokenAuthority, TOKEN_LIFE_MAX_MS } from '@tollgate/auth';
import { SIGNING_ALGORITHMS } from '@tollgate/domain';
import type { EnvironmentReader } from '@tollgate/runtime';

const DAY_S = 86_400;
const YEAR_S = 365 * DAY_S;

export function readTokenConfig(read: EnvironmentReader) {
  const seconds = (name: string, limits: { readonly default: number; readonly min: number; readonly max: number }) =>
    read.integer(name, limits) * 1_000;
  return {
    authority: readTokenAuthority(read),
    /** Under which private keys lie in the database: the first one seals, each of them opens. */
    encryptionSecrets: readEncryptionSecrets(read),
    signing: {
      algorithm: read.choice('TOLLGATE_SIGNING_ALGORITHM', { choices: SIGNING_ALGORITHMS, default: 'EdDSA' }),
      tokenLifeMs: seconds('TOLLGATE_ACCESS_TOKEN_SECONDS', { default: 900, min: 1, max: TOKEN_LIFE_MAX_MS / 1_000 }),
      jwksCacheMs: seconds('TOLLGATE_JWKS_CACHE_SECONDS', { default: 300, min: 0, max: DAY_S }),
      keyLifeMs: seconds('TOLLGATE_SIGNING_KEY_SECONDS', { default: 30 * DAY_S, min: 1, max: YEAR_S }),
    },
    refreshFamilyLifeMs: seconds('TOLLGATE_REFRESH_TOKEN_SECONDS', { default: 30 * DAY_S, min: 1, max: YEAR_S }),
  };
}
