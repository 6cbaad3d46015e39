// A new secret of a key: the text that is shown once, and what is stored in its place.

import type { NewKeySecret } from '@tollgate/accounts';
import { digestOfKeySecret, generateKeySecret, hintOfKeySecret, type KeyMode, pepperIdOf } from '@tollgate/auth';
import type { IdGenerator } from '@tollgate/runtime';

export interface SecretMaking {
  readonly mode: KeyMode;
  readonly pepper: string;
  readonly newId: IdGenerator;
  readonly nowMs: number;
}

export function newSecret({ mode, pepper, newId, nowMs }: SecretMaking): {
  readonly secret: string;
  readonly stored: NewKeySecret;
} {
  const secret = generateKeySecret(mode);
  const stored = {
    id: newId('sec'),
    digest: digestOfKeySecret(secret, pepper),
    pepperId: pepperIdOf(pepper),
    hint: hintOfKeySecret(secret),
    createdAtMs: nowMs,
  };
  return { secret, stored };
}
