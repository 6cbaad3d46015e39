// The hashes that chain the audit log: each entry's is made over the one before it and everything the entry says, under a
// key that is not in the database. Whoever can write to the database alone cannot make them.

import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { canonicalJson } from '@tollgate/domain';

/** What is hashed of an entry: all of it, with `before` and `after` as the text that is stored. */
export interface ChainedEntry {
  readonly sequence: bigint;
  readonly atMs: number;
  readonly action: string;
  readonly actorKeyId: string | null;
  readonly customerId: string | null;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string | null;
  readonly fact: string | null;
}

/** Keys by their fingerprints. New entries are chained under the first; the others are known for verifying. */
export interface ChainKeys {
  readonly current: ChainKey;
  readonly byFingerprint: ReadonlyMap<string, ChainKey>;
}

interface ChainKey {
  readonly fingerprint: string;
  readonly bytes: Uint8Array;
}

const KEY_BYTES = 32;
const FINGERPRINT_DIGITS = 16;

/** `secrets`: the current one first, then those that it took the place of. */
export function chainKeysOf(secrets: readonly string[]): ChainKeys | undefined {
  const keys = secrets.map(chainKeyOf);
  const [current] = keys;
  if (current === undefined) return undefined;
  return { current, byFingerprint: new Map(keys.map((key) => [key.fingerprint, key])) };
}

function chainKeyOf(secret: string): ChainKey {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'tollgate/audit-log', KEY_BYTES));
  const fingerprint = createHash('sha256').update(bytes).digest('hex').slice(0, FINGERPRINT_DIGITS);
  return { fingerprint, bytes };
}

export function chainHash(previous: Uint8Array, entry: ChainedEntry, { bytes }: ChainKey): Buffer {
  return createHmac('sha256', bytes)
    .update(previous)
    .update(canonicalJson({ ...entry }))
    .digest();
}
