// Errors on the wire: RFC 9457 `application/problem+json` with our stable `code`.

import type { ServerResponse } from 'node:http';
import { ERROR_STATUS, TollgateError } from '@tollgate/domain';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly request_id: string;
}

/** Anything that is not a `TollgateError` becomes `internal_error`, with nothing of its text: that is for the log. */
export function toTollgateError(thrown: unknown): TollgateError {
  if (thrown instanceof TollgateError) return thrown;
  return new TollgateError({
    code: 'internal_error',
    detail:
      'Something went wrong on our side. Nothing of the request was kept; quote the request id when you report it.',
    cause: thrown,
  });
}

export function toProblem(error: TollgateError, requestId: string): Problem {
  return {
    type: `urn:tollgate:error:${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: ERROR_STATUS[error.code],
    code: error.code,
    detail: error.detail,
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
    request_id: requestId,
  };
}

/** Answers with the error and ends the response. Does nothing when an answer was begun already. */
export function sendProblem(res: ServerResponse, error: TollgateError, requestId: string): void {
  const body = beginProblem(res, error, requestId);
  if (body !== undefined) res.end(body);
}

/**
 * Sets the status and the headers and returns the body that belongs to them, for a caller that has its own reason when
 * to end the response. Undefined when an answer was begun already.
 */
export function beginProblem(res: ServerResponse, error: TollgateError, requestId: string): Buffer | undefined {
  if (res.headersSent || res.writableEnded) return undefined;
  const body = Buffer.from(JSON.stringify(toProblem(error, requestId)));
  res.statusCode = error.status;
  res.setHeader('Content-Type', PROBLEM_MEDIA_TYPE);
  res.setHeader('Content-Length', body.byteLength);
  res.setHeader('X-Request-Id', requestId);
  res.setHeader('Cache-Control', 'no-store');
  if (error.retryAfterSeconds !== undefined) res.setHeader('Retry-After', Math.ceil(error.retryAfterSeconds));
  if (error.status === 401) res.setHeader('WWW-Authenticate', `Bearer realm="tollgate", error="${error.code}"`);
  return body;
}
