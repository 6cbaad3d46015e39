// Private keys, and answers that show secrets, at rest: AES-256-GCM under keys derived from secrets that are not in the database. Several secrets may open,
// the first one seals, so that a secret can be replaced while everything runs.
//
//   sealed := fingerprint of the secret (8 bytes) | nonce (12) | ciphertext | tag (16)

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const FINGERPRINT_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface KeySeal {
  /** `context` is bound to what is sealed: moved to another row, it does not open. */
  seal(bytes: Uint8Array, context: string): Uint8Array;
  /** Null when none of the secrets sealed it. Throws when it was tampered with, or belongs to another context. */
  open(sealed: Uint8Array, context: string): Uint8Array | null;
  /** False for what was sealed under a secret that is on its way out. */
  isCurrent(sealed: Uint8Array): boolean;
}

interface SealKey {
  readonly fingerprint: Buffer;
  readonly key: Buffer;
}

/** The first of the secrets seals; each of them opens. What is sealed for one purpose does not open for another. */
export function createKeySeal(secrets: readonly string[], purpose = 'key-seal'): KeySeal {
  const keys = secrets.map((secret) => deriveKey(secret, purpose));
  const [current] = keys;
  if (current === undefined) throw new Error('there is no secret to seal under');
  const isUnder = (sealed: Uint8Array, { fingerprint }: SealKey): boolean =>
    fingerprint.equals(sealed.subarray(0, FINGERPRINT_BYTES));
  return {
    seal(bytes, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, current.key, nonce).setAAD(Buffer.from(context));
      return Buffer.concat([current.fingerprint, nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed, context) {
      const found = keys.find((key) => isUnder(sealed, key));
      if (found === undefined) return null;
      const nonce = sealed.subarray(FINGERPRINT_BYTES, FINGERPRINT_BYTES + NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, found.key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(context))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      const ciphertext = sealed.subarray(FINGERPRINT_BYTES + NONCE_BYTES, -TAG_BYTES);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    },
    isCurrent: (sealed) => isUnder(sealed, current),
  };
}

/** The secret is long and random (its length is checked where it is read), so it needs no slow derivation. */
function deriveKey(secret: string, purpose: string): SealKey {
  const derive = (info: string, byteCount: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', info, byteCount));
  return {
    fingerprint: derive(`tollgate/${purpose}/fingerprint`, FINGERPRINT_BYTES),
    key: derive(`tollgate/${purpose}/key`, 32),
  };
}
