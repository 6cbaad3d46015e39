// The `Authorization` header: one token under the `Bearer` scheme, RFC 6750 section 2.1, and nothing else.

import { TollgateError } from '@tollgate/domain';

/** Longer values are refused unread: no credential of ours comes near it. */
const HEADER_LENGTH_MAX = 4_096;

// RFC 9110 section 11.1: the scheme's name is case-insensitive. RFC 6750 section 2.1: the token is a `b64token`.
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** Fails with `missing_token` when there is no header and with `invalid_token` when it is not one bearer token. */
export function bearerTokenOf(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw new TollgateError({
      code: 'missing_token',
      detail: 'Send an API key, or an access token, as `Authorization: Bearer …`.',
    });
  }
  const token = authorization.length <= HEADER_LENGTH_MAX ? BEARER.exec(authorization)?.[1] : undefined;
  if (token === undefined) throw invalidToken();
  return token;
}

/** The same answer for whatever is wrong with a credential, so that nobody learns which secrets are close to real ones. */
export function invalidToken(keyId?: string): TollgateError {
  return new TollgateError({
    code: 'invalid_token',
    ...(keyId === undefined ? {} : { keyId }),
    detail:
      'The API key or access token is not valid. Check that it was copied whole, and that it belongs to this deployment.',
  });
}
