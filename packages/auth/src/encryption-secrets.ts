// What secrets are sealed under in the database, from the environment: read the same by every service that opens any.

import type { EnvironmentReader } from '@tollgate/runtime';

const SECRET_LENGTH_MIN = 32;
const SECRETS_MAX = 5;

/** The first one seals, each of them opens. */
export function readEncryptionSecrets(read: EnvironmentReader): readonly string[] {
  return read.list('TOLLGATE_ENCRYPTION_KEY', {
    countMin: 1,
    countMax: SECRETS_MAX,
    flawOf: (secret) =>
      secret.length < SECRET_LENGTH_MIN ? `each secret must have at least ${SECRET_LENGTH_MIN} characters.` : undefined,
  });
}
