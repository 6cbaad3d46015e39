// `/.well-known/jwks.json` (RFC 7517): the public keys of every token that is valid or soon can be. Anybody may ask, so
// the database is not asked each time.

import type { Accounts } from '@tollgate/accounts';
import { signingKeyState } from '@tollgate/auth';
import type { Clock } from '@tollgate/runtime';
import { toJsonText } from '../json-text.ts';
import type { Page } from '../page.ts';

/** A new key is published much longer before it signs. */
const REMEMBERED_MS = 1_000;

export function jwksPage(options: {
  readonly accounts: Pick<Accounts, 'publicSigningKeys'>;
  readonly cacheMs: number;
  readonly clock: Clock;
}): Page {
  const { accounts, clock } = options;
  let last: { readonly atMs: number; readonly text: Promise<string> } | undefined;

  const read = async (): Promise<string> => {
    const keys = (await accounts.publicSigningKeys()).filter((key) => signingKeyState(key, clock.now()) !== 'retired');
    return toJsonText({
      keys: keys.map(({ id, algorithm, publicJwk }) => ({ ...publicJwk, kid: id, alg: algorithm, use: 'sig' })),
    });
  };

  return {
    path: '/.well-known/jwks.json',
    headers: {
      'Content-Type': 'application/jwk-set+json',
      'Cache-Control': `public, max-age=${Math.floor(options.cacheMs / 1_000)}`,
    },
    async body() {
      const nowMs = clock.now();
      const ageMs = last === undefined ? Number.POSITIVE_INFINITY : nowMs - last.atMs;
      if (last !== undefined && ageMs >= 0 && ageMs < REMEMBERED_MS) return await last.text;
      const asked = { atMs: nowMs, text: read() };
      last = asked;
      try {
        return await asked.text;
      } catch (error) {
        if (last === asked) last = undefined;
        throw error;
      }
    },
  };
}
