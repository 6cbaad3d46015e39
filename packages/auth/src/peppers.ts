// The peppers of a deployment, under which the digests of secrets are made. Several may find a secret, the first one makes
// digests, so that a pepper can be replaced while everything runs.

import { hkdfSync } from 'node:crypto';
import type { EnvironmentReader } from '@tollgate/runtime';

const LENGTH_MIN = 32;
const PEPPERS_MAX = 5;
const ID_BYTES = 8;

/** `TOLLGATE_KEY_PEPPER`: the current one first, then those that it takes the place of. */
export function readPeppers(read: EnvironmentReader): readonly string[] {
  return read.list('TOLLGATE_KEY_PEPPER', {
    countMin: 1,
    countMax: PEPPERS_MAX,
    flawOf: (pepper) =>
      pepper.length < LENGTH_MIN ? `each pepper must have at least ${LENGTH_MIN} characters.` : undefined,
  });
}

/** What a digest's row says of the pepper that it was made under: enough to tell it from others, and nothing of it. */
export function pepperIdOf(pepper: string): string {
  return Buffer.from(hkdfSync('sha256', pepper, '', 'tollgate/pepper-id', ID_BYTES)).toString('hex');
}

/** The one that digests are made under. */
export function currentPepperOf(peppers: readonly string[]): string {
  const [current] = peppers;
  if (current === undefined) throw new Error('there is no pepper');
  return current;
}
