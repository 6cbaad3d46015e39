// Reading the members of JSON that was validated at the door but comes out of a log, where anything may stand.

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text, or the fallback when the member is absent, null, empty or something else. */
export function textOf(object: JsonObject, member: string, fallback: string): string {
  const value = object[member];
  return typeof value === 'string' && value !== '' ? value : fallback;
}
