// Cursors of lists: where the last page ended and which question it answered, as opaque text. A cursor that was altered, or
// is used with another question, is refused rather than answered with a wrong page.

import { createHash } from 'node:crypto';
import { TollgateError } from '@tollgate/domain';

const FINGERPRINT_LENGTH = 12;
const CURSOR_LENGTH_MAX = 8_192;

export type CursorKey = readonly (string | number)[];

export function encodeCursor(question: unknown, key: CursorKey): string {
  return Buffer.from(JSON.stringify([fingerprintOf(question), ...key])).toString('base64url');
}

/** Throws `invalid_request` unless the cursor came from a page of the same question. */
export function decodeCursor(question: unknown, cursor: string): CursorKey {
  const [fingerprint, ...key] = parse(cursor);
  if (fingerprint !== fingerprintOf(question)) throw invalidCursor();
  return key;
}

function parse(cursor: string): CursorKey {
  if (cursor.length > CURSOR_LENGTH_MAX) throw invalidCursor();
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw invalidCursor();
  }
  if (!Array.isArray(value) || !value.every(isKeyPart)) throw invalidCursor();
  return value;
}

function isKeyPart(part: unknown): part is string | number {
  return typeof part === 'string' || Number.isSafeInteger(part);
}

function fingerprintOf(question: unknown): string {
  const text = JSON.stringify(question, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  return createHash('sha256').update(text).digest('base64url').slice(0, FINGERPRINT_LENGTH);
}

export function invalidCursor(): TollgateError {
  return new TollgateError({
    code: 'invalid_request',
    detail: 'The cursor is not one of this list. Take `next_cursor` from the page before, with the same parameters.',
  });
}
