// The shell of the hot routes: authenticate, read, let the route answer, write. Everything cheap comes first, so that a
// request that will be refused costs as little as possible.

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Authenticator,
  authorizationOf,
  type Caller,
  sourceAddressOf,
  sourceNetworkOf,
  type TrustedProxies,
} from '@tollgate/auth';
import type { TollgateError } from '@tollgate/domain';
import type { Gate } from '@tollgate/limits';
import {
  type Clock,
  type Logger,
  type RefusalRecorder,
  requestIdOf,
  type Span,
  type SpanOutcome,
  type Tracing,
  toTollgateError,
} from '@tollgate/runtime';
import type { Admission } from './admission.ts';
import { contentCodingOf, decodeBody } from './decode-body.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import { checkDeclaredLength, readBody, SenderGone } from './read-body.ts';
import { refuse } from './refuse.ts';

export interface ServeOptions {
  readonly authenticator: Authenticator;
  readonly admission: Admission;
  readonly gate: Gate;
  readonly trustedProxies: TrustedProxies;
  readonly refusals: Pick<RefusalRecorder, 'note'>;
  readonly metrics: IngestMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracing: Tracing;
}

export interface ReceivedRequest {
  readonly req: IncomingMessage;
  readonly caller: Caller;
  /** The body, decompressed; empty for a route that takes none. */
  readonly bytes: Buffer;
  readonly nowMs: number;
  /** Undefined when it is not traced. */
  readonly span: Span | undefined;
  readonly origin: { readonly address: string; readonly requestId: string };
}

export interface Answer {
  readonly status: number;
  readonly mediaType: string;
  /** Undefined: none. */
  readonly body: string | undefined;
  /** What the request was refused with, for the count of refusals, when the answer is a refusal all the same. */
  readonly refusal?: TollgateError | undefined;
  /** For the log line of the request. */
  readonly log: object;
}

export interface HotRoute {
  /** The path that names the route in metrics and logs. */
  readonly name: string;
  /** After decompression; null: the route takes no body. */
  readonly bodyBytesMax: number | null;
  /** Throws `TollgateError` for what can be refused before the body is read. */
  check(req: IncomingMessage, caller: Caller): void;
  /** Fails with `TollgateError`. */
  answer(request: ReceivedRequest): Answer | Promise<Answer>;
}

/** Answers the request; never rejects. */
export async function serveRequest(
  { options, route }: { readonly options: ServeOptions; readonly route: HotRoute },
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const requestId = requestIdOf(req);
  const span = startSpan(options.tracing, route.name, req);
  let keyId: string | undefined;
  const onCaller = (caller: Caller): void => {
    keyId = caller.keyId;
  };
  try {
    const answer = await receive({ options, route, requestId, onCaller, span }, req, res);
    if (answer.refusal !== undefined) noteRefusal(options, req, { error: answer.refusal, keyId });
    write(res, answer, requestId);
    options.metrics.answered(route.name, answer.status);
    span?.end({ attributes: { 'http.response.status_code': answer.status } });
    if (options.logger.isLevelEnabled('debug')) {
      const { status, log } = answer;
      options.logger.debug({ requestId, route: route.name, keyId, status, ...log }, 'took a request');
    }
  } catch (thrown) {
    if (thrown instanceof SenderGone) {
      span?.end({ isFailed: true });
      return;
    }
    const error = toTollgateError(thrown);
    options.metrics.refused(error.code);
    if (error.status < 500) noteRefusal(options, req, { error, keyId });
    options.metrics.answered(route.name, error.status);
    span?.end(refusedAs(error));
    if (error.code === 'internal_error') options.logger.error({ err: error.cause, requestId }, 'a request failed');
    else options.logger.debug({ code: error.code, requestId, route: route.name }, 'refused a request');
    refuse(req, res, error, requestId);
  }
}

function startSpan(tracing: Tracing, route: string, { method, headers }: IncomingMessage): Span | undefined {
  const parent = headers['traceparent'];
  return tracing.start({
    name: `${method} ${route}`,
    kind: 'server',
    parent: typeof parent === 'string' ? parent : undefined,
  });
}

/** What a client did wrong is no failure of the server (OpenTelemetry's conventions for HTTP). */
function refusedAs({ status, code }: TollgateError): SpanOutcome {
  return { attributes: { 'http.response.status_code': status, 'error.type': code }, isFailed: status >= 500 };
}

/** The body is text, since Node then writes head and body as one piece; for bytes it makes two and a dearer system call. */
function write(res: ServerResponse, { status, mediaType, body }: Answer, requestId: string): void {
  if (body === undefined) {
    res.writeHead(status, ['X-Request-Id', requestId]);
    res.end();
    return;
  }
  res.writeHead(status, [
    'Content-Type',
    mediaType,
    'Content-Length',
    `${Buffer.byteLength(body)}`,
    'X-Request-Id',
    requestId,
  ]);
  res.end(body);
}

function noteRefusal(
  { refusals, trustedProxies }: ServeOptions,
  req: IncomingMessage,
  { error, keyId }: { readonly error: TollgateError; readonly keyId: string | undefined },
): void {
  const address = sourceAddressOf(req, trustedProxies);
  refusals.note({ code: error.code, address, keyId: keyId ?? error.keyId ?? null });
}

interface Receiving {
  readonly options: ServeOptions;
  readonly route: HotRoute;
  readonly requestId: string;
  /** Called as soon as it is known who sends. */
  readonly onCaller: (caller: Caller) => void;
  readonly span: Span | undefined;
}

async function receive(
  { options, route, requestId, onCaller, span }: Receiving,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<Answer> {
  const address = sourceAddressOf(req, options.trustedProxies);
  const entered = options.gate.enter({
    source: () => sourceNetworkOf(address),
    authenticate: () => options.authenticator.authenticate({ authorization: authorizationOf(req), address }),
    setHeader: (name, value) => res.setHeader(name, value),
  });
  const caller = entered instanceof Promise ? await entered : entered;
  onCaller(caller);
  route.check(req, caller);
  const { bodyBytesMax } = route;
  const coding = contentCodingOf(req);
  if (bodyBytesMax !== null) checkDeclaredLength(req, bodyBytesMax);
  const ticket = options.admission.enter(caller.keyId);
  try {
    // HTTP/1.0 has no interim answers (RFC 9110, section 10.1.1).
    if (req.headers.expect !== undefined && req.httpVersion === '1.1') res.writeContinue();
    const raw = await readBody({ req, res, ticket, bytesMax: bodyBytesMax ?? 0 });
    const bytes = bodyBytesMax === null ? raw : decodeBody(raw, coding, bodyBytesMax);
    if (bytes !== raw) ticket.take(bytes.byteLength);
    const nowMs = options.clock.now();
    return await route.answer({ req, caller, bytes, nowMs, span, origin: { address, requestId } });
  } finally {
    ticket.release();
  }
}
