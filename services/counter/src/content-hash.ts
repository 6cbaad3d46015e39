// What an event says, as a number: two copies of an event that differ in it are a conflict. The time and the id are left
// out, the order of members and white space do not matter, and text is part of it.

import { hash } from 'node:crypto';
import { isObject, type JsonObject } from './members.ts';

const HASH_HEX_DIGITS = 16;

const NOTHING: ReadonlySet<string> = new Set();
const NOT_CONTENT: ReadonlySet<string> = new Set(['id', 'time']);

/** The first 64 bits of the SHA-256 of the canonical form. */
export function contentHashOf(event: JsonObject): bigint {
  return hashOf(canonicalObject(event, NOT_CONTENT));
}

/** For what is no event: the bytes themselves. */
export function contentHashOfBytes(bytes: Uint8Array): bigint {
  return hashOf(bytes);
}

function hashOf(data: string | Uint8Array): bigint {
  return BigInt(`0x${hash('sha256', data).slice(0, HASH_HEX_DIGITS)}`);
}

/** JSON with the members of every object in order. Throws a `RangeError` at a nesting that exhausts the stack. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  return isObject(value) ? canonicalObject(value, NOTHING) : JSON.stringify(value);
}

function canonicalObject(object: JsonObject, leftOut: ReadonlySet<string>): string {
  let members = '';
  for (const name of Object.keys(object).sort()) {
    if (!leftOut.has(name)) members += `${JSON.stringify(name)}:${canonicalJson(object[name])},`;
  }
  return `{${members}}`;
}
