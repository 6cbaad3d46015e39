// What a signed-in browser holds, and what a portal link carries: opaque and random, told apart by their prefixes.
//
//   session := "tg_session_" | 43 × base64url, 256 random bits
//   portal  := "tg_portal_"  | the same

import { createHash, randomBytes } from 'node:crypto';

const RANDOM_BYTES = 32;
const SESSION_SHAPE = /^tg_session_[A-Za-z0-9_-]{43}$/;
const PORTAL_SHAPE = /^tg_portal_[A-Za-z0-9_-]{43}$/;

export function generateSessionToken(): string {
  return `tg_session_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
}

export function generatePortalToken(): string {
  return `tg_portal_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
}

export function isSessionToken(text: string): boolean {
  return SESSION_SHAPE.test(text);
}

export function isPortalToken(text: string): boolean {
  return PORTAL_SHAPE.test(text);
}

/** What is stored in its place. Nobody guesses 256 bits, so a plain hash is enough, and no secret has to be kept for it. */
export function digestOfSessionToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}
