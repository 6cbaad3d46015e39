// Reading JSON whose shape is not known.

export type JsonObject = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function textOf(object: JsonObject | undefined, name: string): string | undefined {
  const value = object?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function objectOf(value: unknown, ...path: readonly string[]): JsonObject | undefined {
  let inner: unknown = value;
  for (const name of path) inner = isObject(inner) ? inner[name] : undefined;
  return isObject(inner) ? inner : undefined;
}

export function objectsOf(object: JsonObject | undefined, name: string): readonly JsonObject[] {
  const list = object?.[name];
  return Array.isArray(list) ? list.filter(isObject) : [];
}
