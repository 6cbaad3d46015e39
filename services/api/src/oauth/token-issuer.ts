// Issues access tokens: for an API key as it is now, by the key that signs now.

import type { KeyObject } from 'node:crypto';
import type { AccountRecords, StoredApiKey } from '@tollgate/accounts';
import {
  type AccessToken,
  type KeySeal,
  readPrivateKey,
  signAccessToken,
  signingKeyOf,
  type TokenAuthority,
} from '@tollgate/auth';
import { type Scope, TollgateError } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import { openSigningKey } from '../signing-keys/open-signing-key.ts';

export interface IssuedAccessToken extends AccessToken {
  readonly text: string;
}

interface Grant {
  readonly key: StoredApiKey;
  readonly scopes: readonly Scope[];
  /** The end of the secret that it is obtained with: no token outlives it. Null: it has none. */
  readonly secretExpiresAtMs: number | null;
}

export interface TokenIssuer {
  issue(records: AccountRecords, grant: Grant): Promise<IssuedAccessToken>;
}

export interface TokenIssuerOptions {
  readonly authority: TokenAuthority;
  readonly seal: KeySeal;
  readonly tokenLifeMs: number;
  readonly clock: Clock;
  readonly newId: IdGenerator;
}

export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { authority, seal, tokenLifeMs, clock, newId } = options;
  /** The last one alone: there is one that signs. */
  let opened: { readonly id: string; readonly key: KeyObject } | undefined;

  return {
    async issue(records, { key, scopes, secretExpiresAtMs }) {
      const nowMs = clock.now();
      const signing = signingKeyOf(await records.signingKeys(), nowMs);
      if (signing === undefined) throw notReady();
      if (opened?.id !== signing.id) opened = { id: signing.id, key: readPrivateKey(openSigningKey(signing, seal)) };
      const token: AccessToken = {
        id: newId('tok'),
        signingKeyId: signing.id,
        keyId: key.id,
        customerId: key.customerId,
        projectId: key.projectId,
        scopes,
        ...timesOf({ nowMs, tokenLifeMs, endsMs: [key.expiresAtMs, secretExpiresAtMs] }),
      };
      return {
        ...token,
        text: await signAccessToken(token, { algorithm: signing.algorithm, key: opened.key, authority }),
      };
    },
  };
}

/** In whole seconds, as a token says them. */
function timesOf(life: {
  readonly nowMs: number;
  readonly tokenLifeMs: number;
  readonly endsMs: readonly (number | null)[];
}): Pick<AccessToken, 'issuedAtMs' | 'expiresAtMs'> {
  const issuedAtMs = wholeSeconds(life.nowMs);
  const endsMs = life.endsMs.filter((endMs) => endMs !== null);
  const expiresAtMs = wholeSeconds(Math.min(issuedAtMs + life.tokenLifeMs, ...endsMs));
  if (expiresAtMs > issuedAtMs) return { issuedAtMs, expiresAtMs };
  throw new TollgateError({ code: 'invalid_grant', detail: 'The API key, or its secret, ends within this second.' });
}

function wholeSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1_000) * 1_000;
}

function notReady(): TollgateError {
  return new TollgateError({
    code: 'unavailable',
    detail: 'There is no signing key at this moment. Try again in a moment.',
    retryAfterSeconds: 1,
  });
}
