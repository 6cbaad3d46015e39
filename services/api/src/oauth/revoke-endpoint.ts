// `POST /oauth/revoke` (RFC 7009): a token of the client's own, or any when an operator asks. Whatever was sent, the
// token is not valid afterwards, or was none of the client's: both are 200.

import type { AccountRecords, Accounts } from '@tollgate/accounts';
import { type Authenticator, digestOfRefreshToken, isRefreshToken } from '@tollgate/auth';
import { auditOf } from '../audit.ts';
import { mayHandle } from './may-handle.ts';
import type { HandleOAuth, OAuthCall } from './oauth-endpoint.ts';
import { tokenOf } from './token-parameter.ts';

interface RevokeOptions {
  readonly accounts: Accounts;
  readonly authenticator: Authenticator;
}

export function createRevokeEndpoint({ accounts, authenticator }: RevokeOptions): HandleOAuth {
  return async (call) => {
    const text = tokenOf(call.form);
    if (isRefreshToken(text)) {
      await accounts.transaction((records) => revokeFamily(records, call, digestOfRefreshToken(text)));
      return null;
    }
    const inspected = await authenticator.inspectToken(text);
    if (inspected === null || !mayHandle(call.client, inspected.token.keyId)) return null;
    const { id, keyId, customerId, expiresAtMs } = inspected.token;
    await accounts.transaction(async (records) => {
      await records.revokeToken({ id, expiresAtMs });
      await audit(records, call, { type: 'access_token', id, keyId, customerId });
    });
    return null;
  };
}

/** With it go the access tokens that came with its refresh tokens (RFC 7009 section 2.1). */
async function revokeFamily(records: AccountRecords, call: OAuthCall, digest: Uint8Array): Promise<void> {
  const family = await records.refreshFamily(digest);
  if (family === null || !mayHandle(call.client, family.keyId)) return;
  await records.endRefreshFamily(family.id);
  const { id, keyId } = family;
  const key = await records.key(keyId);
  await audit(records, call, { type: 'refresh_family', id, keyId, customerId: key?.customerId ?? null });
}

interface Revoked {
  readonly type: 'access_token' | 'refresh_family';
  readonly id: string;
  readonly keyId: string;
  readonly customerId: string | null;
}

async function audit(
  records: AccountRecords,
  call: OAuthCall,
  { type, id, keyId, customerId }: Revoked,
): Promise<void> {
  await records.appendAudit(
    auditOf(
      { caller: call.client, origin: call.origin },
      { action: `${type}.revoked`, customerId, subject: { type, id }, before: { key: keyId }, after: null },
    ),
  );
}
