// Each document of a series holds the hash of the one before it: whoever changes, drops or swaps one breaks all that follow.

import { createHash } from 'node:crypto';

/** SHA-256 in hexadecimal. */
export function chainedHash(previousHash: string, content: string): string {
  return createHash('sha256').update(previousHash).update(content).digest('hex');
}
