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
  if (typeof value === 'number') return isSoundNumber(value) ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) count += countMembers(element);
    return count;
  }
  const members = value as Readonly<Record<string, unknown>>;
  for (const name in members) {
    if (name === PROTO) return Number.NaN;
    count += 1 + countMembers(members[name]);
  }
  return count;
}

/** The first flaw of a text that `JSON.parse` accepts, with its place below `pointer`. */
export function findFlaw(text: string, pointer: string): FieldError | undefined {
  const finder = new FlawFinder(text);
  const detail = finder.find();
  return detail === undefined ? undefined : { pointer: pointer + finder.pointer, detail };
}

const PROTO = '__proto__';
const QUOTE = 0x22;
const DIGIT_9 = 0x39;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const END_OF_SCALAR = /[\s,\]}]|$/g;

/**
 * Walks the tokens of the text, whose grammar is known to hold. A text may be hostile as well as long, so nothing is
 * made for a token that is sound: the place is put together once a flaw is found.
 */
class FlawFinder {
  readonly #text: string;
  /** The names and indexes that lead to where the walk stands. */
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get pointer(): string {
    return this.#path.map((step) => `/${escapePointer(`${step}`)}`).join('');
  }

  /** What is wrong with the value at hand; the walk then stands where it is wrong. */
  find(): string | undefined {
    const first = this.#nextCode();
    if (first === OPEN_OBJECT) return this.#findInObject();
    if (first === OPEN_ARRAY) return this.#findInArray();
    if (first === QUOTE) return flawOfString(this.#takeString());
    return this.#findInScalar(first);
  }

  #findInObject(): string | undefined {
    const names = new Set<string>();
    this.#at++;
    while (this.#nextCode() !== CLOSE_OBJECT) {
      const token = this.#takeString();
      const name = decodeString(token);
      const flawOfToken = flawOfString(token);
      if (flawOfToken !== undefined) return flawOfToken;
      this.#path.push(name);
      const flaw = flawOfName(name, names) ?? this.find();
      if (flaw !== undefined) return flaw;
      this.#path.pop();
      names.add(name);
    }
    this.#at++;
    return undefined;
  }

  #findInArray(): string | undefined {
    this.#at++;
    for (let index = 0; this.#nextCode() !== CLOSE_ARRAY; index++) {
      this.#path.push(index);
      const flaw = this.find();
      if (flaw !== undefined) return flaw;
      this.#path.pop();
    }
    this.#at++;
    return undefined;
  }

  #findInScalar(first: number): string | undefined {
    END_OF_SCALAR.lastIndex = this.#at;
    const start = this.#at;
    this.#at = END_OF_SCALAR.exec(this.#text)?.index ?? this.#text.length;
    // Where there is no scalar the walk would stand still for ever.
    if (this.#at === start) throw notJson();
    if (first > DIGIT_9 || isSoundNumber(Number(this.#text.slice(start, this.#at)))) return undefined;
    return 'This number is beyond ±9007199254740991 and cannot be held exactly; send it as a string.';
  }

  /** Goes to the next token and gives its first character. */
  #nextCode(): number {
    let code = this.#text.charCodeAt(this.#at);
    while (code <= 0x20 || code === 0x2c || code === 0x3a) code = this.#text.charCodeAt(++this.#at);
    if (Number.isNaN(code)) throw notJson();
    return code;
  }

  #takeString(): string {
    const start = this.#at;
    this.#at = endOfString(this.#text, start) + 1;
    return this.#text.slice(start, this.#at);
  }
}

function notJson(): Error {
  return new Error('The text to look at for flaws is not JSON.');
}

function isSoundNumber(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function decodeString(token: string): string {
  return token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
}

function flawOfName(name: string, seen: ReadonlySet<string>): string | undefined {
  if (name === PROTO) return 'A member may not be named `__proto__`.';
  return seen.has(name) ? 'This member is written twice; which of the two is meant is unclear.' : undefined;
}

function flawOfString(token: string): string | undefined {
  // With the `u` flag a class of surrogates matches lone halves alone, never a pair.
  if (!token.includes('\\u') || !/[\ud800-\udfff]/u.test(decodeString(token))) return undefined;
  return 'This text holds half of a surrogate pair (a `\\u` escape without its other half).';
}

/** RFC 6901, section 3; long names are cut, since an answer must not grow with what is wrong with the request. */
export function escapePointer(name: string): string {
  const short = name.length <= NAME_LENGTH_SHOWN ? name : `${name.slice(0, NAME_LENGTH_SHOWN)}…`;
  return short.replaceAll('~', '~0').replaceAll('/', '~1');
}

const NAME_LENGTH_SHOWN = 128;
