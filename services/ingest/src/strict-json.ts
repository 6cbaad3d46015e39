// Reads a request body as strict JSON, once: UTF-8 without a byte-order mark, bounded depth, and none of the flaws of
// `json-flaws.ts`. Each element keeps the place of its bytes, so that what came can be passed on as it came.

import { isAscii, isUtf8 } from 'node:buffer';
import { type FieldError, TollgateError } from '@tollgate/domain';
import { findFlaw, looksSound } from './json-flaws.ts';
import { type JsonLimits, type Span, scanJson } from './json-scan.ts';

export interface JsonElement {
  readonly value: unknown;
  /** The element's bytes: a view into the body. */
  readonly bytes: Buffer;
  /** The JSON pointer of the element in the body: empty for the whole body. */
  readonly pointer: string;
  /** Set when the element is JSON and yet not sound. */
  readonly flaw: FieldError | undefined;
}

export interface JsonDocument {
  readonly isArray: boolean;
  /** The elements of an array, or the one document. */
  readonly elements: readonly JsonElement[];
}

/** Throws `TollgateError` `malformed_json`, or `batch_too_large` when the array has too many elements. */
export function parseStrictJson(body: Buffer, limits: JsonLimits): JsonDocument {
  const isPlain = isAscii(body);
  if (!isPlain && !isUtf8(body)) throw malformed('The body is not valid UTF-8.');
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) {
    throw malformed('The body begins with a byte-order mark; send UTF-8 without one.');
  }
  const latin1 = body.toString('latin1');
  const scan = scanJson(latin1, limits);
  if (scan.hasTooMany) throw batchTooLarge(limits.elementsMax);
  if (scan.tooDeepAt !== undefined) {
    const pointer = scan.isArray ? `/${scan.tooDeepAt}` : '';
    const detail = `The body nests deeper than ${limits.depthMax} levels.`;
    throw malformed(detail, [{ pointer, detail }]);
  }
  const parsed = parse(isPlain ? latin1 : body.toString('utf8'));
  const values: readonly unknown[] = scan.isArray && Array.isArray(parsed) ? parsed : [parsed];
  const mayHoldEscapes = latin1.includes('\\u');
  const elements = scan.spans.map((span, index) =>
    toElement({ body, span, value: values[index], pointer: scan.isArray ? `/${index}` : '', mayHoldEscapes }),
  );
  return { isArray: scan.isArray, elements };
}

interface ElementSource {
  readonly body: Buffer;
  readonly span: Span;
  readonly value: unknown;
  readonly pointer: string;
  readonly mayHoldEscapes: boolean;
}

function toElement({ body, span, value, pointer, mayHoldEscapes }: ElementSource): JsonElement {
  const bytes = body.subarray(span.start, span.end);
  const isSound = looksSound(value, span.members, mayHoldEscapes, () => bytes.toString('latin1'));
  return { value, bytes, pointer, flaw: isSound ? undefined : findFlaw(bytes.toString('utf8'), pointer) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trim() === '') throw malformed('The body is empty; send one event or an array of events.');
    throw malformed(`The body is not JSON${placeOf(error)}.`);
  }
}

/** The parser's message repeats the text itself, so only the position is taken from it. */
function placeOf(error: unknown): string {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? '' : ` (at character ${position})`;
}

function malformed(detail: string, errors: readonly FieldError[] = []): TollgateError {
  return new TollgateError({ code: 'malformed_json', detail, errors });
}

function batchTooLarge(max: number): TollgateError {
  const detail = `The array has more than ${max} elements; send it in several requests.`;
  return new TollgateError({ code: 'batch_too_large', detail });
}
