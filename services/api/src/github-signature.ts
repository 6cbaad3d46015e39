// The signature of GitHub's secret-scanning reports: ECDSA over P-256 with SHA-256 of the body as it came. The public keys
// are given in a file, as GitHub publishes them, since this service opens no connections to others.

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { ConfigurationError } from '@tollgate/runtime';

export interface SignedBody {
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array | undefined;
}

/** By their identifiers. */
export type GithubKeys = ReadonlyMap<string, KeyObject>;

const SIGNATURE_LENGTH_MAX = 200;

/** What `https://api.github.com/meta/public_keys/secret_scanning` answers, in a file; none without one. */
export async function readGithubKeys(path: string | undefined): Promise<GithubKeys> {
  if (path === undefined) return new Map();
  try {
    const { public_keys: keys } = JSON.parse(await readFile(path, 'utf8'));
    const known = new Map<string, KeyObject>();
    for (const { key_identifier: identifier, key } of keys) known.set(String(identifier), createPublicKey(String(key)));
    return known;
  } catch {
    throw new ConfigurationError([
      `TOLLGATE_GITHUB_KEYS_FILE names ${path}, which cannot be read as GitHub's public keys for secret scanning.`,
    ]);
  }
}

export function isSignedByGithub({ headers, body }: SignedBody, keys: GithubKeys): boolean {
  const key = keys.get(String(headers['github-public-key-identifier'] ?? ''));
  const signature = headers['github-public-key-signature'];
  if (key === undefined || body === undefined || typeof signature !== 'string') return false;
  if (signature.length > SIGNATURE_LENGTH_MAX) return false;
  try {
    return verify('sha256', body, key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
