// `POST /oauth/introspect` (RFC 7662): what a token is worth now. Of a token that is not valid, or not the client's to
// see, nothing is said but that it is not active.

import type { Accounts } from '@tollgate/accounts';
import {
  type Authenticator,
  digestOfRefreshToken,
  type InspectedToken,
  isRefreshToken,
  type TokenAuthority,
} from '@tollgate/auth';
import type { JsonObject } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import { mayHandle } from './may-handle.ts';
import type { HandleOAuth, OAuthCall } from './oauth-endpoint.ts';
import { tokenOf } from './token-parameter.ts';

interface IntrospectOptions {
  readonly accounts: Accounts;
  readonly authenticator: Authenticator;
  readonly authority: TokenAuthority;
  readonly clock: Clock;
}

const INACTIVE: JsonObject = { active: false };

export function createIntrospectEndpoint(options: IntrospectOptions): HandleOAuth {
  return async (call) => {
    const text = tokenOf(call.form);
    if (isRefreshToken(text)) return await describeRefreshToken(options, call, digestOfRefreshToken(text));
    const inspected = await options.authenticator.inspectToken(text);
    if (inspected === null || !mayHandle(call.client, inspected.token.keyId)) return INACTIVE;
    return describeAccessToken(inspected, options.authority);
  };
}

function describeAccessToken({ token, caller }: InspectedToken, { issuer, audience }: TokenAuthority): JsonObject {
  if (caller === null) return INACTIVE;
  return {
    active: true,
    // As much as the key still holds: that is what the token can do.
    scope: caller.scopes.join(' '),
    client_id: token.keyId,
    token_type: 'Bearer',
    exp: token.expiresAtMs / 1_000,
    iat: token.issuedAtMs / 1_000,
    sub: token.keyId,
    aud: audience,
    iss: issuer,
    jti: token.id,
    ...(token.customerId === null ? {} : { customer: token.customerId }),
    ...(token.projectId === null ? {} : { project: token.projectId }),
  };
}

async function describeRefreshToken(
  options: IntrospectOptions,
  call: OAuthCall,
  digest: Uint8Array,
): Promise<JsonObject> {
  const { accounts, authority, clock } = options;
  const family = await accounts.transaction((records) => records.refreshFamily(digest));
  if (family === null || !mayHandle(call.client, family.keyId)) return INACTIVE;
  const isCurrent = Buffer.from(digest).equals(family.currentDigest);
  if (!isCurrent || clock.now() >= family.expiresAtMs) return INACTIVE;
  return {
    active: true,
    scope: family.scopes.join(' '),
    client_id: family.keyId,
    exp: Math.floor(family.expiresAtMs / 1_000),
    sub: family.keyId,
    iss: authority.issuer,
  };
}
