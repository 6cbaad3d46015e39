// The secret of an API key: a prefix that scanners know, 30 random characters, and a checksum, so that a mistyped key is
// told from an unknown one without a look-up.
//
//   secret := ("tg_live_" | "tg_test_") | 30 × base62 | 6 × base62, the CRC-32 of all that precedes it

import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from './crc32.ts';

export type KeyMode = 'live' | 'test';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = ALPHABET.length;
const RANDOM_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
const HINT_LENGTH = 4;

const SHAPE = /^tg_(?:live|test)_[0-9A-Za-z]{36}$/;

export const KEY_SECRET_LENGTH = 'tg_live_'.length + RANDOM_LENGTH + CHECKSUM_LENGTH;

/** A new secret with 178 bits of randomness. `random` gives that many unpredictable bytes. */
export function generateKeySecret(mode: KeyMode, random: (byteCount: number) => Uint8Array = randomBytes): string {
  const secret = `tg_${mode}_${randomCharacters(random)}`;
  return secret + checksumOf(secret);
}

/** True for a text that `generateKeySecret` can have made: right prefix, alphabet, length and checksum. */
export function isKeySecret(text: string): boolean {
  if (text.length !== KEY_SECRET_LENGTH || !SHAPE.test(text)) return false;
  const end = text.length - CHECKSUM_LENGTH;
  return checksumOf(text.slice(0, end)) === text.slice(end);
}

/**
 * What is stored in place of the secret: its HMAC-SHA-256 under the pepper. The secret is random enough not to be
 * guessed, so no slow hash is needed; the pepper makes a stolen database useless on its own.
 */
export function digestOfKeySecret(secret: string, pepper: string): Uint8Array {
  return createHmac('sha256', pepper).update(secret).digest();
}

/** What people tell secrets apart by: the last four characters. They are of the checksum, and leave 154 bits unknown. */
export function hintOfKeySecret(secret: string): string {
  return secret.slice(-HINT_LENGTH);
}

function randomCharacters(random: (byteCount: number) => Uint8Array): string {
  let characters = '';
  while (characters.length < RANDOM_LENGTH) {
    for (const byte of random(RANDOM_LENGTH)) {
      // 248 is the largest multiple of 62 in a byte: the rest is thrown away, or some characters would be likelier.
      if (byte < BASE * 4 && characters.length < RANDOM_LENGTH) characters += ALPHABET.charAt(byte % BASE);
    }
  }
  return characters;
}

function checksumOf(text: string): string {
  let rest = crc32(text);
  let checksum = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    checksum = ALPHABET.charAt(rest % BASE) + checksum;
    rest = Math.floor(rest / BASE);
  }
  return checksum;
}
