// A request's JSON body, checked against its route's schema.

import { type FieldError, hasDuplicateMembers, TollgateError } from '@tollgate/domain';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { toFieldErrors } from './validation-errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Keeps a byte-order mark, which is no JSON (RFC 8259 section 8.1): what one reader skips is another one's error. */
const utf8OfJson = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Deeper values serve nobody, and would be a way to exhaust the stack. */
const DEPTH_MAX = 20;

export type BodyDecoder<Body> = (bytes: Uint8Array | undefined, mediaType: string) => Body;

/** By media type: the value that a text stands for. */
export type BodyReaders = Readonly<Record<string, (text: string) => unknown>>;

export function createBodyDecoder<Body>(schema: TSchema, readers: BodyReaders = {}): BodyDecoder<Body> {
  const check = createBodyCheck<Body>(schema);
  return (bytes, mediaType) => {
    const read = Object.hasOwn(readers, mediaType) ? readers[mediaType] : undefined;
    if (read !== undefined) return check(read(toText(bytes)));
    return check(bytes === undefined || bytes.byteLength === 0 ? {} : parseJson(bytes));
  };
}

function toText(bytes: Uint8Array | undefined): string {
  try {
    return utf8.decode(bytes ?? new Uint8Array());
  } catch (error) {
    throw new TollgateError({ code: 'invalid_request', detail: 'The body is not text in UTF-8.', cause: error });
  }
}

/** For what a body comes to, such as a thing with the changes that the body asks for. */
export function createBodyCheck<Body>(schema: TSchema): (value: unknown) => Body {
  const validator = Compile(schema);
  const isValid = (value: unknown): value is Body => validator.Check(value);
  return (value) => {
    const flaws = findFlaws(value);
    if (flaws.length > 0) throw invalidBody(flaws);
    if (!isValid(value)) throw invalidBody(toFieldErrors(validator.Errors(value)));
    return value;
  };
}

function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = utf8OfJson.decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    throw malformed('The body is not JSON in UTF-8. Send one JSON object.', error);
  }
  // Past the depth that is taken, the flaw of nesting is told instead.
  if (isWithinDepth(value, DEPTH_MAX) && hasDuplicateMembers(text, value)) {
    throw malformed('A member is written twice in one object. Send each once.');
  }
  return value;
}

function isWithinDepth(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((member) => isWithinDepth(member, depth - 1));
}

function malformed(detail: string, cause?: unknown): TollgateError {
  return new TollgateError({ code: 'malformed_json', detail, cause });
}

/** What JSON can say and we could not give back: text that no database stores, numbers that change, endless nesting. */
function findFlaws(root: unknown): readonly FieldError[] {
  const flaws: FieldError[] = [];
  const visit = (value: unknown, pointer: string, depth: number): void => {
    if (typeof value === 'string') {
      if (!isStorable(value))
        flaws.push({ pointer, detail: 'holds a lone surrogate or a NUL, which cannot be stored.' });
      return;
    }
    if (typeof value === 'number' && !keepsItsDigits(value)) {
      flaws.push({ pointer, detail: 'is a number too large to be kept exactly. Send it as text.' });
    }
    if (typeof value !== 'object' || value === null) return;
    if (depth === DEPTH_MAX) {
      flaws.push({ pointer, detail: `is nested more than ${DEPTH_MAX} deep.` });
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      if (!isStorable(name)) flaws.push({ pointer, detail: 'has a name with a lone surrogate or a NUL.' });
      // Whoever copies it member by member changes an object's prototype.
      else if (name === '__proto__') flaws.push({ pointer: `${pointer}/__proto__`, detail: 'is no name of a member.' });
      else visit(member, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
    }
  };
  visit(root, '', 0);
  return flaws.slice(0, 50);
}

/** False for what was read as infinite (`1e400`), and for whole numbers past 2^53. */
function keepsItsDigits(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/** With the `u` flag, a surrogate that is half of a pair is no surrogate: only lone ones match. */
const LONE_SURROGATE = /\p{Surrogate}/u;

export function isStorable(text: string): boolean {
  return !LONE_SURROGATE.test(text) && !text.includes('\u0000');
}

function invalidBody(errors: readonly FieldError[]): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: 'The body does not have the form that this route takes. See `errors`.',
    errors,
  });
}
