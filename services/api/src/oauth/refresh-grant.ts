// The grant `refresh_token` (RFC 6749 section 6, RFC 9700 section 4.14): each token is exchanged once, and the use of an
// old one ends its family.

import type { RefreshFamily } from '@tollgate/accounts';
import { digestOfRefreshToken, generateRefreshToken, isRefreshToken } from '@tollgate/auth';
import { holdsScope, type JsonObject, TollgateError } from '@tollgate/domain';
import { auditOf } from '../audit.ts';
import { decideRefresh } from './decide-refresh.ts';
import { type ClientNow, clientNow, type GrantContext, type GrantOptions, grantAnswer } from './grant-answer.ts';
import { grantScopes } from './grant-scopes.ts';
import type { OAuthCall } from './oauth-endpoint.ts';

/** What has to end ends in the transaction, and is refused after its commit: a refusal inside would undo it. */
export async function exchangeRefreshToken(options: GrantOptions, call: OAuthCall): Promise<JsonObject> {
  const refreshToken = call.form.get('refresh_token');
  if (refreshToken === undefined) {
    throw new TollgateError({ code: 'invalid_request', detail: 'Send the refresh_token that is to be exchanged.' });
  }
  const digest = isRefreshToken(refreshToken) ? digestOfRefreshToken(refreshToken) : null;
  const answer =
    digest === null
      ? null
      : await options.accounts.transaction((records) => exchange({ ...options, ...call, records }, digest));
  if (answer === null) throw invalidGrant();
  return answer;
}

async function exchange(context: GrantContext, digest: Uint8Array): Promise<JsonObject | null> {
  const { records, client, clock } = context;
  const now = await clientNow(context);
  const decision = decideRefresh({
    digest,
    family: await records.refreshFamily(digest),
    keyId: client.keyId,
    secretIds: now.secretIds,
    nowMs: clock.now(),
  });
  switch (decision.kind) {
    case 'refused':
      return null;
    case 'ended':
      await records.endRefreshFamily(decision.family.id);
      return null;
    case 'reused':
      await endReused(context, decision.family, now);
      return null;
    case 'exchange': {
      const exchangedAtMs = clock.now();
      const previousDigest = decision.family.currentDigest;
      return await goOn(context, { ...decision.family, previousDigest, exchangedAtMs, wasForgiven: false }, now);
    }
    case 'forgive': {
      const answer = await goOn(context, { ...decision.family, wasForgiven: true }, now);
      // What the lost answer held is in nobody's hands, or in the wrong ones. Its refresh token is an old one from here on.
      await records.revokeTokenIssuedWith(decision.family.currentDigest);
      return answer;
    }
  }
}

async function goOn(context: GrantContext, family: RefreshFamily, now: ClientNow): Promise<JsonObject> {
  const { records, client } = context;
  // Narrowed for this token alone (RFC 6749 section 6): the family keeps what it was granted.
  const held = family.scopes.filter((scope) => holdsScope(now.key.scopes, scope));
  const scopes = grantScopes(context.form.get('scope'), held);
  const issued = await context.issuer.issue(records, { ...now, scopes });
  const refreshToken = generateRefreshToken();
  const next: RefreshFamily = {
    ...family,
    secretId: client.credential.id,
    currentDigest: digestOfRefreshToken(refreshToken),
    exchanges: family.exchanges + 1,
  };
  await records.continueRefreshFamily(next, issued);
  return grantAnswer(issued, refreshToken);
}

/** Its owner is told: somebody else has had one of the tokens. */
async function endReused(context: GrantContext, family: RefreshFamily, { key }: ClientNow): Promise<void> {
  const { records, client, origin } = context;
  await records.endRefreshFamily(family.id);
  const act = {
    action: 'refresh_token.reused',
    customerId: key.customerId,
    subject: { type: 'api_key', id: key.id },
    before: null,
    after: { refresh_family: family.id, scopes: family.scopes },
  };
  await records.appendAudit(auditOf({ caller: client, origin }, act));
  await records.tell({
    type: 'key.unusual_use',
    customerId: key.customerId,
    data: { key: key.id, reason: 'refresh_token_reused', address: origin.address },
  });
}

/** The same answer for a token that is unknown, old, expired, or another client's. */
function invalidGrant(): TollgateError {
  return new TollgateError({
    code: 'invalid_grant',
    detail: 'The refresh token is not valid, or not any more. Ask for a new one with client_credentials.',
  });
}
