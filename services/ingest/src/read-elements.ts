// A body of one element or an array of them, taken apart: what cannot be told apart is refused as a whole, the rest is
// read one by one.

import { EVENTS_PER_REQUEST_MAX, type FieldError, TollgateError } from '@tollgate/domain';
import type { Draft } from './draft.ts';
import type { Rejection } from './rejection.ts';
import { type JsonElement, parseStrictJson } from './strict-json.ts';

const LIMITS = { depthMax: 64, elementsMax: EVENTS_PER_REQUEST_MAX };

export type Reading = { readonly draft: Draft } | { readonly rejection: Rejection };

export interface ReadElements {
  readonly drafts: readonly Draft[];
  readonly rejections: readonly Rejection[];
}

/** Throws when the body is malformed or empty. A flaw is an element's own in an array, and the body's when it is alone. */
export function parseBody(bytes: Buffer): readonly JsonElement[] {
  const { isArray, elements } = parseStrictJson(bytes, LIMITS);
  const [first] = elements;
  if (first === undefined) {
    throw new TollgateError({ code: 'invalid_request', detail: 'The array is empty; send at least one element.' });
  }
  if (!isArray && first.flaw !== undefined) throw malformed(first.flaw);
  return elements;
}

/** The value of a body that is one document, be it an array. */
export function singleOf(bytes: Buffer): unknown {
  const { isArray, elements } = parseStrictJson(bytes, { ...LIMITS, elementsMax: bytes.byteLength });
  const flaw = elements.find((element) => element.flaw !== undefined)?.flaw;
  if (flaw !== undefined) throw malformed(flaw);
  return isArray ? elements.map(({ value }) => value) : elements[0]?.value;
}

export function readAll(
  elements: readonly JsonElement[],
  read: (element: JsonElement, index: number) => Reading,
): ReadElements {
  const drafts: Draft[] = [];
  const rejections: Rejection[] = [];
  for (const [index, element] of elements.entries()) {
    const reading = read(element, index);
    if ('draft' in reading) drafts.push(reading.draft);
    else rejections.push(reading.rejection);
  }
  return { drafts, rejections };
}

function malformed(flaw: FieldError): TollgateError {
  const place = flaw.pointer === '' ? '' : ` (at ${flaw.pointer})`;
  return new TollgateError({
    code: 'malformed_json',
    detail: `The body is not strict JSON${place}. ${flaw.detail}`,
    errors: [flaw],
  });
}
