// JSON as RFC 7493 wants it, for the two small objects of an access token: one object, UTF-8, no member written twice.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null for anything that two readers could understand differently (RFC 8725 section 2.4), at any depth. */
export function parseStrictObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return null;
    // `JSON.parse` keeps the last of two members of one name, so a text that was written with more of them than there
    // are had duplicates, however their names were escaped.
    return countMembers(value) === countColons(text) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members: readonly unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : members.length;
  return members.reduce<number>((count, member) => count + countMembers(member), own);
}

const STRING_OR_COLON = /"(?:[^"\\]|\\.)*"|:/g;

/** The colons outside strings of a text that is JSON: one for each member. */
function countColons(text: string): number {
  let count = 0;
  for (const [token] of text.matchAll(STRING_OR_COLON)) if (token === ':') count += 1;
  return count;
}
