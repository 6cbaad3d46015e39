// Whether a key may be used at this moment, from this address: a pure decision, the same for each kind of credential.

import { TollgateError } from '@tollgate/domain';
import type { AddressList } from './address-list.ts';
import { invalidToken } from './bearer-token.ts';
import type { StoredKey, StoredKeyBySecret } from './key-store.ts';

export interface KeyUse {
  readonly key: StoredKey;
  /** The key's `allowedIps`, made once; null where it has none. */
  readonly addresses: AddressList | null;
  readonly address: string | null;
  readonly nowMs: number;
}

/** Fails with the code that says why the key is refused. */
export function checkKeyUse({ key, addresses, address, nowMs }: KeyUse): void {
  // Nobody learns that there once was such a key.
  if (key.deletedAtMs !== null) throw invalidToken(key.id);
  if (!key.isEnabled) throw keyDisabled(key.id);
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) throw tokenExpired(key.id);
  if (key.isCustomerSuspended) throw customerSuspended(key.id);
  if (addresses !== null && (address === null || !addresses.has(address))) throw ipNotAllowed(key.id);
}

/** Why the key itself, from wherever it is used, is refused at this moment; null: it is not. */
export function refusalOfKey(key: StoredKey, nowMs: number): TollgateError | null {
  try {
    checkKeyUse({ key, addresses: null, address: null, nowMs });
    return null;
  } catch (error) {
    if (error instanceof TollgateError) return error;
    throw error;
  }
}

/** As `checkKeyUse`, without the reason. */
export function mayBeUsed(use: KeyUse): boolean {
  try {
    checkKeyUse(use);
    return true;
  } catch (error) {
    if (error instanceof TollgateError) return false;
    throw error;
  }
}

/** Fails with `invalid_token` from the very instant at which the secret's grace ends. */
export function checkSecretUse({ id, secret: { expiresAtMs } }: StoredKeyBySecret, nowMs: number): void {
  if (expiresAtMs !== null && expiresAtMs <= nowMs) throw invalidToken(id);
}

function keyDisabled(keyId: string): TollgateError {
  return new TollgateError({
    code: 'key_disabled',
    keyId,
    detail: 'The API key is disabled. Enable it, or use another one.',
  });
}

function tokenExpired(keyId: string): TollgateError {
  return new TollgateError({ code: 'token_expired', keyId, detail: 'The API key has expired. Use another one.' });
}

export function customerSuspended(keyId: string): TollgateError {
  return new TollgateError({
    code: 'customer_suspended',
    keyId,
    detail: 'The customer of this API key is suspended. Ask the operator.',
  });
}

function ipNotAllowed(keyId: string): TollgateError {
  return new TollgateError({
    code: 'ip_not_allowed',
    keyId,
    detail: 'The API key may not be used from this address. Send from an allowed one, or have its list changed.',
  });
}
