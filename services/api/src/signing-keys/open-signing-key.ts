// The private half of a signing key, sealed for the database and opened for signing. Bound to the key's id: a row's secret
// that was put into another row does not open.

import type { SigningKey } from '@tollgate/accounts';
import type { KeySeal } from '@tollgate/auth';
import { ConfigurationError } from '@tollgate/runtime';

export function contextOf(keyId: string): string {
  return `signing-key/${keyId}`;
}

export function openSigningKey({ id, sealedPrivateKey }: SigningKey, seal: KeySeal): Uint8Array {
  if (sealedPrivateKey === null) throw new Error(`the private half of the signing key ${id} was erased`);
  const privateKey = seal.open(sealedPrivateKey, contextOf(id));
  if (privateKey !== null) return privateKey;
  throw new ConfigurationError([
    `TOLLGATE_ENCRYPTION_KEY does not open the signing key ${id}: list the secret that was current when it was made too.`,
  ]);
}
