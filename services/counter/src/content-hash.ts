// What an event says, as a number: two copies of an event that differ in it are a conflict. The time and the id are left
// out, the order of members and white space do not matter, and text is part of it.

import { hash } from 'node:crypto';
import type { JsonObject } from './members.ts';

const HASH_HEX_DIGITS = 16;

/** The first 64 bits of the SHA-256 of the canonical form. */
export function contentHashOf(event: JsonObject): bigint {
  const { id: _id, time: _time, ...content } = event;
  return hashOf(canonicalJson(content));
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
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}
