// Refresh tokens: opaque and random, told from other texts by their prefix and length.
//
//   token := "tg_refresh_" | 43 × base64url, 256 random bits

import { createHash, randomBytes } from 'node:crypto';

const RANDOM_BYTES = 32;
const SHAPE = /^tg_refresh_[A-Za-z0-9_-]{43}$/;

export function generateRefreshToken(): string {
  return `tg_refresh_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
}

export function isRefreshToken(text: string): boolean {
  return SHAPE.test(text);
}

/** What is stored in its place. Nobody guesses 256 bits, so a plain hash is enough, and no secret has to be kept for it. */
export function digestOfRefreshToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}
