// One element of a request that was not taken, and why. The others of the request are none the worse for it.

import type { ErrorCode, FieldError } from '@tollgate/domain';

/** A longer one is not an id, and an answer must not grow with what is wrong with the request. */
const ID_LENGTH_SHOWN = 512;

export interface Rejection {
  /** The element's index in the array that was sent; 0 for a single one. */
  readonly index: number;
  /** The id that the element carries, where it has one. */
  readonly id: string | null;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors: readonly FieldError[];
}

export function rejectionOf(
  { index, id }: { readonly index: number; readonly id: string | null },
  code: ErrorCode,
  errors: readonly FieldError[],
): Rejection {
  const detail = errors.map((error) => sentenceOf(error)).join(' ');
  return { index, id: id !== null && id.length > ID_LENGTH_SHOWN ? null : id, code, detail, errors };
}

function sentenceOf({ pointer, detail }: FieldError): string {
  return pointer === '' ? detail : `${pointer}: ${detail}`;
}
