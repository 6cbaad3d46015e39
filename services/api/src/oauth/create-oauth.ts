// The OAuth endpoints, put together and described.

import type { Accounts } from '@tollgate/accounts';
import type { Authenticator, TokenAuthority } from '@tollgate/auth';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import { createIntrospectEndpoint } from './introspect-endpoint.ts';
import type { OAuthEndpoint } from './oauth-endpoint.ts';
import { createRevokeEndpoint } from './revoke-endpoint.ts';
import { createTokenEndpoint } from './token-endpoint.ts';
import type { TokenIssuer } from './token-issuer.ts';

interface OAuthOptions {
  readonly accounts: Accounts;
  readonly authenticator: Authenticator;
  readonly authority: TokenAuthority;
  readonly issuer: TokenIssuer;
  readonly refreshFamilyLifeMs: number;
  readonly clock: Clock;
  readonly newId: IdGenerator;
}

const TOKEN = { token: 'An access token or a refresh token.', token_type_hint: 'Not needed, and not looked at.' };

export function createOAuthEndpoints(options: OAuthOptions): readonly OAuthEndpoint[] {
  return [
    {
      path: '/oauth/token',
      operationId: 'issueToken',
      summary: 'Get an access token',
      description:
        'With `client_credentials` the id and the secret of an API key get an access token and a refresh token. With `refresh_token` a refresh token is exchanged for the next pair, once: using an old one ends its whole family. The same client may repeat an exchange within 10 seconds, once, when the answer was lost; what the lost answer held is revoked.',
      parameters: {
        grant_type: '`client_credentials` or `refresh_token`.',
        scope: 'Some of the scopes that the API key holds, with spaces between them; all of them when left out.',
        refresh_token: 'The one to exchange.',
        resource: 'May name the audience of the tokens (RFC 8707).',
        audience: 'The same.',
      },
      errors: ['invalid_grant', 'invalid_scope', 'invalid_target', 'unsupported_grant_type'],
      handle: createTokenEndpoint(options),
    },
    {
      path: '/oauth/revoke',
      operationId: 'revokeToken',
      summary: 'Revoke a token',
      description:
        "An access token is refused everywhere within a second. A refresh token ends its family, with every access token that came with it. The answer is 200 also for a token that is unknown or another client's, which stays as it is. RFC 7009.",
      parameters: TOKEN,
      errors: [],
      handle: createRevokeEndpoint(options),
    },
    {
      path: '/oauth/introspect',
      operationId: 'introspectToken',
      summary: 'Look at a token',
      description:
        "Whether a token is active, and what it may do now. A client sees its own tokens, an operator's key with `admin` all of them. RFC 7662.",
      parameters: TOKEN,
      errors: [],
      handle: createIntrospectEndpoint(options),
    },
  ];
}
