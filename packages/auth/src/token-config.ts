// Whose access tokens a deployment takes, from the environment. Read the same by every service: they must agree.

import type { EnvironmentReader } from '@tollgate/runtime';
import type { TokenAuthority } from './access-token.ts';

/** Where the api of a local stack answers. The same for every service, whatever its own port: else they would disagree. */
const ISSUER_DEFAULT = 'http://localhost:8081';

export function readTokenAuthority(read: EnvironmentReader): TokenAuthority {
  // RFC 8414 section 2: neither query nor fragment. Without the slash at its end, so that paths can follow.
  const issuer = read
    .url('TOLLGATE_ISSUER', { schemes: ['http:', 'https:'], default: ISSUER_DEFAULT })
    .replace(/\/$/, '');
  return { issuer, audience: read.text('TOLLGATE_AUDIENCE', { default: issuer }) };
}
