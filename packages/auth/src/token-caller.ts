// Who an access token speaks for: its API key as the key is now, never more than the token was given.

import { holdsScope, TollgateError } from '@tollgate/domain';
import type { AccessToken } from './access-token.ts';
import type { Caller } from './authenticator.ts';
import type { StoredKey } from './key-store.ts';

/** A key never changes hands, so a token that says otherwise was not made by us. */
export function belongsTo(token: AccessToken, key: StoredKey): boolean {
  return token.keyId === key.id && token.customerId === key.customerId;
}

/** The scopes of the token that the key still holds. Made once for each token, and again when its key has changed. */
export function callersOfTokens(): (token: AccessToken, key: StoredKey) => Caller {
  const made = new WeakMap<AccessToken, { readonly key: StoredKey; readonly caller: Caller }>();
  return (token, key) => {
    const known = made.get(token);
    if (known?.key === key) return known.caller;
    const { id: keyId, customerId, projectId, allowedModels, allowedIps, rateLimits, expiresAtMs } = key;
    const caller: Caller = {
      keyId,
      customerId,
      projectId,
      allowedModels,
      allowedIps,
      rateLimits,
      expiresAtMs,
      credential: { kind: 'access_token', id: token.id },
      scopes: token.scopes.filter((scope) => holdsScope(key.scopes, scope)),
    };
    made.set(token, { key, caller });
    return caller;
  };
}

export function accessTokenExpired(): TollgateError {
  return new TollgateError({ code: 'token_expired', detail: 'The access token has expired. Ask for another one.' });
}
