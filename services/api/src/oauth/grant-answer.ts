// What the two grants have in common: the key behind the client as it is now, and the answer.

import type { AccountRecords, Accounts, StoredApiKey } from '@tollgate/accounts';
import type { JsonObject } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import type { SecretCaller } from './authenticate-client.ts';
import { invalidClient } from './client-credential.ts';
import type { OAuthCall } from './oauth-endpoint.ts';
import type { IssuedAccessToken, TokenIssuer } from './token-issuer.ts';

export interface GrantOptions {
  readonly accounts: Accounts;
  readonly issuer: TokenIssuer;
  readonly refreshFamilyLifeMs: number;
  readonly clock: Clock;
  readonly newId: IdGenerator;
}

export interface GrantContext extends GrantOptions, OAuthCall {
  readonly records: AccountRecords;
}

export interface ClientNow {
  readonly key: StoredApiKey;
  /** Of the secret that the client showed; null: it has no end. */
  readonly secretExpiresAtMs: number | null;
  /** By which the key may be used now. */
  readonly secretIds: ReadonlySet<string>;
}

/** Locks the key, so that nothing is granted while it is disabled. What was just read from memory may be a second old. */
export async function clientNow({ records, client, clock }: GrantContext): Promise<ClientNow> {
  const key = await records.lockKey(client.keyId);
  const nowMs = clock.now();
  const secrets = await records.keySecrets([client.keyId]);
  const living = secrets.filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > nowMs);
  const shown = living.find(({ id }) => id === client.credential.id);
  if (key === null || shown === undefined || !isUsable(key, nowMs)) throw noLonger(client);
  return { key, secretExpiresAtMs: shown.expiresAtMs, secretIds: new Set(living.map(({ id }) => id)) };
}

function isUsable(key: StoredApiKey, nowMs: number): boolean {
  const isOver = key.expiresAtMs !== null && key.expiresAtMs <= nowMs;
  return key.isEnabled && key.deletedAtMs === null && !key.isCustomerSuspended && !isOver;
}

function noLonger({ keyId }: SecretCaller): Error {
  return invalidClient(`The API key ${keyId} may not be used any more.`);
}

export function grantAnswer(issued: IssuedAccessToken, refreshToken: string): JsonObject {
  return {
    access_token: issued.text,
    token_type: 'Bearer',
    expires_in: (issued.expiresAtMs - issued.issuedAtMs) / 1_000,
    scope: issued.scopes.join(' '),
    refresh_token: refreshToken,
  };
}
