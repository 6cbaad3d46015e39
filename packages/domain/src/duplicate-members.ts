// Members that a JSON text names twice (RFC 7493 section 2.3): `JSON.parse` keeps the last one, other readers the first.

/** `value` is what `JSON.parse` made of the text, nested so little that the stack holds it. At any depth, however the names are escaped. */
export function hasDuplicateMembers(text: string, value: unknown): boolean {
  // A text that was written with more members than there are had some of them twice.
  return countMembers(value) !== countColons(text);
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
