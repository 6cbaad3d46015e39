// JSON as RFC 7493 wants it, for the two small objects of an access token: one object, UTF-8, no member written twice.

import { hasDuplicateMembers } from '@tollgate/domain';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null for anything that two readers could understand differently (RFC 8725 section 2.4), at any depth. */
export function parseStrictObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return null;
    return hasDuplicateMembers(text, value) ? null : value;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
