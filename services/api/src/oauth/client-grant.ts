// The grant `client_credentials` (RFC 6749 section 4.4): the first pair of tokens of a family.

import { digestOfRefreshToken, generateRefreshToken } from '@tollgate/auth';
import type { JsonObject } from '@tollgate/domain';
import { clientNow, type GrantContext, grantAnswer } from './grant-answer.ts';
import { grantScopes } from './grant-scopes.ts';

export async function grantToClient(context: GrantContext): Promise<JsonObject> {
  const { records, client, clock, newId } = context;
  const now = await clientNow(context);
  const scopes = grantScopes(context.form.get('scope'), now.key.scopes);
  const issued = await context.issuer.issue(records, { ...now, scopes });
  const refreshToken = generateRefreshToken();
  await records.createRefreshFamily(
    {
      id: newId('rft'),
      keyId: client.keyId,
      secretId: client.credential.id,
      scopes,
      expiresAtMs: clock.now() + context.refreshFamilyLifeMs,
      currentDigest: digestOfRefreshToken(refreshToken),
      previousDigest: null,
      exchangedAtMs: null,
      wasForgiven: false,
      exchanges: 0,
    },
    issued,
  );
  return grantAnswer(issued, refreshToken);
}
