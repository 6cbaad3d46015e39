// JSON with whole numbers of any size. `JSON.stringify` refuses bigint, and a number type that rounds is no count.

import type { JsonValue } from '@tollgate/domain';

export type { JsonValue };

/** As `JSON.stringify`, with bigint as an integer of as many digits as it takes. Members that are undefined are left out. */
export function toJsonText(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (isList(value)) return `[${value.map(toJsonText).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${JSON.stringify(name)}:${toJsonText(member)}`);
  return `{${members.join(',')}}`;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** What came out of a JSON column is JSON; this says so to the compiler, by looking. */
export function asJson(value: unknown): JsonValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asJson(member)]));
}
