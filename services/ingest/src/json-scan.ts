// One pass over the bytes of a JSON document that finds what `JSON.parse` does not tell: where each element of the
// outermost array lies, how deep it nests and how many members it was written with. It does not check the grammar and
// must survive text that breaks it: it runs before the parser, whose time on deeply nested text is not bounded.

/** Where an element lies in the document, in bytes, without the white space around it. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** How many members its objects were written with, itself and all below: more than it has means duplicates. */
  readonly members: number;
}

export interface Scan {
  readonly isArray: boolean;
  /** The elements of the outermost array; the document itself when it is none. */
  readonly spans: readonly Span[];
  /** Where the document first nests deeper than allowed: the index of its element. */
  readonly tooDeepAt: number | undefined;
  /** True when the array has more elements than allowed; the scan stopped there. */
  readonly hasTooMany: boolean;
}

export interface JsonLimits {
  readonly depthMax: number;
  readonly elementsMax: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/**
 * `latin1` holds one character for each byte of the document, so that positions are byte offsets; no byte of a longer
 * UTF-8 sequence looks like one of JSON's own characters.
 */
export function scanJson(latin1: string, { depthMax, elementsMax }: JsonLimits): Scan {
  const first = skipWhiteSpace(latin1, 0);
  const isArray = latin1.charCodeAt(first) === OPEN_ARRAY;
  const spans: Span[] = [];
  let depth = isArray ? 1 : 0;
  const outerDepth = depth;
  let start = -1;
  let end = first;
  let members = 0;
  for (let at = isArray ? first + 1 : first; at < latin1.length; at++) {
    const code = latin1.charCodeAt(at);
    if (code <= SPACE) continue;
    if (code === COMMA && depth === outerDepth) {
      spans.push({ start: start === -1 ? at : start, end, members });
      if (spans.length > elementsMax) break;
      start = -1;
      members = 0;
      continue;
    }
    if (code === CLOSE_ARRAY && depth === 1 && isArray) break;
    if (start === -1) start = at;
    if (code === QUOTE) {
      at = endOfString(latin1, at);
    } else if (code === COLON) {
      members++;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth++;
      if (depth > depthMax) return { isArray, spans, tooDeepAt: spans.length, hasTooMany: false };
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      depth--;
    }
    end = at + 1;
  }
  if (start !== -1) spans.push({ start, end, members });
  return { isArray, spans, tooDeepAt: undefined, hasTooMany: spans.length > elementsMax };
}

function skipWhiteSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= SPACE) at++;
  return at;
}

/** The index of the quote that ends the string which begins at `open`; the last index where there is none. */
export function endOfString(text: string, open: number): number {
  let quote = text.indexOf('"', open + 1);
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length - 1 : quote;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before--;
  return (at - before) % 2 === 0;
}
