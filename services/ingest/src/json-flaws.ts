// What JSON's grammar allows and two readers of it may understand differently (RFC 7493, I-JSON): members written
// twice, numbers that a double cannot hold, halves of surrogate pairs, and `__proto__`, which is a trap in JavaScript.
// `looksSound` is the quick question asked of every event, `findFlaw` the exact and slower answer for the few it doubts.

import type { FieldError } from '@tollgate/domain';
import { endOfString } from './json-scan.ts';

const SURROGATE_ESCAPE = /\\u[dD][89abABcdefCDEF]/;

/**
 * True when `value`, parsed from text that had `members` members, has none of the flaws; false means: look closely.
 * The text is asked for halves of surrogate pairs, since only an escape can bring one in.
 */
export function looksSound(value: unknown, members: number, mayHoldEscapes: boolean, text: () => string): boolean {
  if (countMembers(value) !== members) return false;
  return !mayHoldEscapes || !SURROGATE_ESCAPE.test(text());
}

/** The members of all objects in it; NaN where one of its numbers or names is not sound. */
function countMembers(value: unknown): number {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) count += countMembers(element);
    return count;
  }
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') return Number.NaN;
    count += 1 + countMembers(member);
  }
  return count;
}

/** The first flaw of a text that `JSON.parse` accepts, with its place below `pointer`. */
export function findFlaw(text: string, pointer: string): FieldError | undefined {
  return new FlawFinder(text).find(pointer);
}

const SEPARATOR = /[\s,:]/;
const END_OF_SCALAR = /[\s,\]}]|$/g;

/** Walks the tokens of the text; the grammar is known to hold. */
class FlawFinder {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  find(pointer: string): FieldError | undefined {
    const token = this.#next();
    if (token === '{') return this.#findInObject(pointer);
    if (token === '[') return this.#findInArray(pointer);
    if (token.startsWith('"')) return flawOfString(token, pointer);
    return flawOfScalar(token, pointer);
  }

  #findInObject(pointer: string): FieldError | undefined {
    const names = new Set<string>();
    while (this.#peek() !== '}') {
      const token = this.#next();
      const name = String(JSON.parse(token));
      const place = `${pointer}/${escapePointer(name)}`;
      const flaw = flawOfString(token, pointer) ?? flawOfName(name, names, place) ?? this.find(place);
      if (flaw !== undefined) return flaw;
      names.add(name);
    }
    this.#next();
    return undefined;
  }

  #findInArray(pointer: string): FieldError | undefined {
    for (let index = 0; this.#peek() !== ']'; index++) {
      const flaw = this.find(`${pointer}/${index}`);
      if (flaw !== undefined) return flaw;
    }
    this.#next();
    return undefined;
  }

  #peek(): string {
    const at = this.#at;
    const token = this.#next();
    this.#at = at;
    return token;
  }

  #next(): string {
    const text = this.#text;
    while (SEPARATOR.test(text.charAt(this.#at))) this.#at++;
    const start = this.#at;
    const first = text.charAt(start);
    if (first === '') throw new Error('The text to look at for flaws is not JSON.');
    this.#at = endOfToken(text, start);
    return text.slice(start, this.#at);
  }
}

function endOfToken(text: string, start: number): number {
  const first = text.charAt(start);
  if ('{}[]'.includes(first)) return start + 1;
  if (first === '"') return endOfString(text, start) + 1;
  END_OF_SCALAR.lastIndex = start;
  return END_OF_SCALAR.exec(text)?.index ?? text.length;
}

function flawOfName(name: string, seen: ReadonlySet<string>, pointer: string): FieldError | undefined {
  if (name === '__proto__') return { pointer, detail: 'A member may not be named `__proto__`.' };
  if (seen.has(name)) return { pointer, detail: 'This member is written twice; which of the two is meant is unclear.' };
  return undefined;
}

function flawOfString(token: string, pointer: string): FieldError | undefined {
  if (!token.includes('\\u')) return undefined;
  // With the `u` flag a class of surrogates matches lone halves alone, never a pair.
  if (!/[\ud800-\udfff]/u.test(String(JSON.parse(token)))) return undefined;
  return { pointer, detail: 'This text holds half of a surrogate pair (a `\\u` escape without its other half).' };
}

function flawOfScalar(token: string, pointer: string): FieldError | undefined {
  const value: unknown = JSON.parse(token);
  if (typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return undefined;
  const detail = 'This number is beyond ±9007199254740991 and cannot be held exactly; send it as a string.';
  return { pointer, detail };
}

/** RFC 6901, section 3. */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
