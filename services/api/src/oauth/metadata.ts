// What a client finds by discovery: the metadata of the authorization server (RFC 8414), made once.

import type { TokenAuthority } from '@tollgate/auth';
import { SCOPES } from '@tollgate/domain';
import { toJsonText } from '../json-text.ts';
import { filePage, type Page } from '../page.ts';
import { GRANT_TYPES } from './token-endpoint.ts';

const PATH = '/.well-known/oauth-authorization-server';
const CACHE_CONTROL = 'public, max-age=300';
const CLIENT_AUTHENTICATION = ['client_secret_basic', 'client_secret_post'];

export function metadataPages({ issuer }: TokenAuthority): readonly Page[] {
  const body = toJsonText({
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    scopes_supported: [...SCOPES],
    // Required by RFC 8414; there is no authorization endpoint, so there are none.
    response_types_supported: [],
    grant_types_supported: [...GRANT_TYPES],
    token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    introspection_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    service_documentation: `${issuer}/docs`,
  });
  // Section 3.1: an issuer with a path has its metadata at the well-known path followed by its own.
  const { pathname } = new URL(issuer);
  const paths = pathname === '/' ? [PATH] : [PATH, `${PATH}${pathname}`];
  return paths.map((path) => {
    const page = filePage(path, 'application/json', body);
    return { ...page, headers: { ...page.headers, 'Cache-Control': CACHE_CONTROL } };
  });
}
