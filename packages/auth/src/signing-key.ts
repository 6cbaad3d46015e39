// Makes signing keys and signs access tokens with them.

import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '@tollgate/domain';
import { CompactSign, calculateJwkThumbprint } from 'jose';
import type { AccessToken, TokenAuthority } from './access-token.ts';

/** The public half as a JWK (RFC 7517), with nothing in it but what the algorithm needs. */
export type PublicJwk = Readonly<Record<string, string>>;

export interface NewSigningKey {
  /** `kid`: the JWK thumbprint (RFC 7638), so that it names this key and no other. */
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: PublicJwk;
  /** PKCS #8. */
  readonly privateKey: Uint8Array;
}

const RSA_BITS = 2_048;

export async function createSigningKey(algorithm: SigningAlgorithm): Promise<NewSigningKey> {
  const { publicKey, privateKey } = generatePair(algorithm);
  const publicJwk = toPublicJwk(publicKey);
  return {
    id: await calculateJwkThumbprint(publicJwk, 'sha256'),
    algorithm,
    publicJwk,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }),
  };
}

export function readPrivateKey(pkcs8: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8), type: 'pkcs8', format: 'der' });
}

/** The token as text: header, claims, signature (RFC 9068 section 2). */
export async function signAccessToken(
  token: AccessToken,
  signing: { readonly algorithm: SigningAlgorithm; readonly key: KeyObject; readonly authority: TokenAuthority },
): Promise<string> {
  const claims = {
    iss: signing.authority.issuer,
    sub: token.keyId,
    aud: signing.authority.audience,
    exp: toSeconds(token.expiresAtMs),
    iat: toSeconds(token.issuedAtMs),
    jti: token.id,
    client_id: token.keyId,
    scope: token.scopes.join(' '),
    ...(token.customerId === null ? {} : { customer: token.customerId }),
    ...(token.projectId === null ? {} : { project: token.projectId }),
  };
  return await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: signing.algorithm, typ: 'at+jwt', kid: token.signingKeyId })
    .sign(signing.key);
}

function generatePair(algorithm: SigningAlgorithm): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  switch (algorithm) {
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
  }
}

function toPublicJwk(key: KeyObject): PublicJwk {
  const members = Object.entries(key.export({ format: 'jwk' }));
  return Object.fromEntries(members.map(([name, value]) => [name, String(value)]));
}

function toSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1_000);
}
