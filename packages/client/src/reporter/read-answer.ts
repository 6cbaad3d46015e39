// What an answer to a batch means. Only an answer that speaks of every event of the batch settles any of them: whatever a
// proxy answers in between takes nothing.

import { type HttpAnswer, unexpectedAnswer } from '../http.ts';
import { isObject, type JsonObject, objectsOf, textOf } from '../json.ts';
import type { TollgateError } from '../tollgate-error.ts';
import type { Rejection } from './delivery.ts';

export type Verdict =
  /** The rejections by the event's place in the batch; every other event was taken. */
  | { readonly kind: 'settled'; readonly rejections: ReadonlyMap<number, Rejection> }
  /** Something about the batch as a whole, or about one event in it that cannot be told: smaller batches will tell. */
  | { readonly kind: 'blamed'; readonly error: TollgateError }
  /** No event of this client is taken now: a limit that refuses usage is used up. */
  | { readonly kind: 'refused'; readonly error: TollgateError }
  /** The same again, later. */
  | { readonly kind: 'retry'; readonly error: TollgateError };

const SPLIT_STATUSES: ReadonlySet<number> = new Set([400, 413, 422, 500]);
const REFUSAL_CODES: ReadonlySet<string> = new Set(['quota_exceeded', 'spend_limit_exceeded']);

export function readAnswer(answer: HttpAnswer, count: number): Verdict {
  const { status, json, error } = answer;
  const rejections = status === 202 || status === 207 || status === 422 ? rejectionsOf(json, count) : undefined;
  if (rejections !== undefined) return { kind: 'settled', rejections };
  if (error === null) return { kind: 'retry', error: unexpectedAnswer(status) };
  if (status === 429 && REFUSAL_CODES.has(error.code)) return { kind: 'refused', error };
  return { kind: SPLIT_STATUSES.has(status) ? 'blamed' : 'retry', error };
}

export function rejectionOf(error: TollgateError): Rejection {
  return { code: error.code, detail: error.detail, errors: error.errors };
}

/** Undefined when the numbers do not come to the events that were sent. */
function rejectionsOf(json: unknown, count: number): ReadonlyMap<number, Rejection> | undefined {
  if (!isObject(json)) return undefined;
  const { accepted, duplicates } = json;
  if (typeof accepted !== 'number' || typeof duplicates !== 'number' || !Array.isArray(json['rejected']))
    return undefined;
  const rejected = objectsOf(json, 'rejected');
  const rejections = new Map(rejected.map((each) => [each['index'], asRejection(each)]));
  const byIndex = new Map<number, Rejection>();
  for (const [index, rejection] of rejections) {
    if (typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < count)
      byIndex.set(index, rejection);
  }
  return accepted + duplicates + byIndex.size === count ? byIndex : undefined;
}

function asRejection(rejected: JsonObject): Rejection {
  return {
    code: textOf(rejected, 'code') ?? 'invalid_event',
    detail: textOf(rejected, 'detail') ?? '',
    errors: objectsOf(rejected, 'errors').map((error) => ({
      pointer: textOf(error, 'pointer') ?? '',
      detail: textOf(error, 'detail') ?? '',
    })),
  };
}
