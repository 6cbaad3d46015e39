// One request to Tollgate and its answer: the token, a timeout, and errors with their code. Nothing is repeated here.

import { isObject, type JsonObject, objectsOf, parseJson, textOf } from './json.ts';
import { TollgateError } from './tollgate-error.ts';

/** An API key's secret or an access token; or a function that says the one to use now, asked before every request. */
export type TokenSource = string | (() => string | Promise<string>);

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: string;
  /** JSON. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Undefined when the answer is no JSON. */
  readonly json: unknown;
  /** The answer as an error; null for 2xx. */
  readonly error: TollgateError | null;
}

/** Rejects with a `TollgateError` when no answer came, and with the signal's reason when the caller gave up. */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

export function createHttp(options: { readonly token: TokenSource; readonly fetch: Fetch }): Http {
  return async ({ method, url, body, headers = {}, timeoutMs, signal }) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signals = signal === undefined ? [timeout] : [timeout, signal];
    try {
      const token = typeof options.token === 'string' ? options.token : await options.token();
      const res = await options.fetch(url, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          Accept: 'application/json',
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
        // The token is for this address alone.
        redirect: 'error',
        signal: AbortSignal.any(signals),
      });
      const json = parseJson(await res.text());
      return { status: res.status, json, error: res.ok ? null : errorOf(res, json) };
    } catch (cause) {
      if (signal?.aborted === true) throw signal.reason;
      if (cause instanceof TollgateError) throw cause;
      const detail = 'Tollgate did not answer';
      if (timeout.aborted) throw new TollgateError({ code: 'timeout', detail: `${detail} in ${timeoutMs} ms.`, cause });
      throw new TollgateError({ code: 'unreachable', detail: `${detail}: ${reasonOf(cause)}.`, cause });
    }
  };
}

/** The answer is not one of Tollgate's, whatever its status. */
export function unexpectedAnswer(status: number): TollgateError {
  const detail = `What answered with status ${status} is not Tollgate; check the address, and what stands in between.`;
  return new TollgateError({ code: 'unexpected_answer', detail, status });
}

function errorOf(res: Response, json: unknown): TollgateError {
  const problem = isObject(json) ? json : {};
  const { code, detail } = unexpectedAnswer(res.status);
  return new TollgateError({
    code: textOf(problem, 'code') ?? code,
    detail: textOf(problem, 'detail') ?? detail,
    status: res.status,
    errors: objectsOf(problem, 'errors').map(fieldErrorOf),
    retryAfterMs: retryAfterOf(res.headers.get('Retry-After')),
    requestId: res.headers.get('X-Request-Id'),
  });
}

function fieldErrorOf(error: JsonObject): { readonly pointer: string; readonly detail: string } {
  return { pointer: textOf(error, 'pointer') ?? '', detail: textOf(error, 'detail') ?? '' };
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
function retryAfterOf(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - Date.now());
}

/** `fetch` says "fetch failed" alone, and in the cause what happened. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'an unknown failure';
  return thrown.cause instanceof Error ? thrown.cause.message || thrown.message : thrown.message;
}
