// RFC 7396: what a PATCH makes of a JSON value. A member that is null is taken away; an object is merged; anything else,
// lists included, takes the place of what was there.

type Members = Readonly<Record<string, unknown>>;

export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const members = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, mergePatch(members.get(name), value));
  }
  // `fromEntries` defines members, so that one named `__proto__` is a member like any other.
  return Object.fromEntries(members);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
