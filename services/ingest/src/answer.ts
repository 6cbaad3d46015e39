// The answer to a request whose elements were looked at one by one: 202 when nothing was rejected, 207 when some were,
// 422 when all were. A 422 is a problem like any other error, with the same members beside.

import { TollgateError } from '@tollgate/domain';
import { PROBLEM_MEDIA_TYPE, toProblem } from '@tollgate/runtime';
import type { Rejection } from './rejection.ts';
import type { Answer } from './serve-request.ts';
import type { Outcome } from './settle.ts';

export const JSON_MEDIA_TYPE = 'application/json';
/** Each rejection has its own errors; those of the first few stand at the top of a problem as well. */
const REJECTIONS_REPEATED = 10;
/** The answer to most requests: one event, taken. */
const ONE_ACCEPTED = '{"accepted":1,"duplicates":0,"rejected":[]}';

export function answerOf(outcome: Outcome, requestId: string): Answer {
  const status = statusOf(outcome);
  const { accepted, duplicates, rejections } = outcome;
  return {
    status,
    mediaType: status === 422 ? PROBLEM_MEDIA_TYPE : JSON_MEDIA_TYPE,
    body: bodyOf(outcome, status, requestId),
    refusal: refusalOf(outcome),
    log: { accepted, duplicates, rejected: rejections.length },
  };
}

/** What a request is refused with when nothing of it was taken. */
function refusalOf({ accepted, duplicates, rejections }: Outcome): TollgateError | undefined {
  return accepted + duplicates === 0 && rejections.length > 0 ? problemOf(rejections) : undefined;
}

function statusOf({ accepted, duplicates, rejections }: Outcome): 202 | 207 | 422 {
  if (rejections.length === 0) return 202;
  return accepted + duplicates === 0 ? 422 : 207;
}

function bodyOf(outcome: Outcome, status: number, requestId: string): string {
  const { accepted, duplicates, rejections } = outcome;
  if (accepted === 1 && duplicates === 0 && rejections.length === 0) return ONE_ACCEPTED;
  const result = { accepted, duplicates, rejected: rejections.map(toJson) };
  if (status !== 422) return JSON.stringify(result);
  return JSON.stringify({ ...toProblem(problemOf(rejections), requestId), ...result });
}

function toJson({ errors, ...rejection }: Rejection): object {
  return errors.length === 0 ? rejection : { ...rejection, errors };
}

function problemOf(rejections: readonly Rejection[]): TollgateError {
  const areAllOutOfRange = rejections.every(({ code }) => code === 'timestamp_out_of_range');
  const first = rejections[0]?.detail ?? '';
  return new TollgateError({
    code: areAllOutOfRange ? 'timestamp_out_of_range' : 'invalid_event',
    detail: rejections.length === 1 ? first : `None of the ${rejections.length} events was taken; the first: ${first}`,
    errors: rejections.slice(0, REJECTIONS_REPEATED).flatMap(({ errors }) => errors),
  });
}
