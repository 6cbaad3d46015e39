// The shell of the two hot routes: authenticate, read, decide, append, answer. Everything cheap comes first, so that a
// request that will be refused costs as little as possible.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { authorizationOf, type Caller, sourceAddressOf, sourceNetworkOf, type TrustedProxies } from '@tollgate/auth';
import { EVENTS_BODY_BYTES_MAX, holdsScope, TollgateError } from '@tollgate/domain';
import type { Gate } from '@tollgate/limits';
import { type Clock, type Logger, type RefusalRecorder, requestIdOf, toTollgateError } from '@tollgate/runtime';
import type { Admission } from './admission.ts';
import { refusalOf, sendOutcome } from './answer.ts';
import { type BodyFormat, bodyFormatOf } from './body-format.ts';
import { contentCodingOf, decodeBody } from './decode-body.ts';
import { checkDeclaredLength, readBody, SenderGone } from './read-body.ts';
import type { ReadElements } from './read-elements.ts';
import { refuse } from './refuse.ts';
import { type Outcome, type SettleOptions, settle } from './settle.ts';

export interface TakeOptions extends SettleOptions {
  readonly admission: Admission;
  readonly gate: Gate;
  readonly trustedProxies: TrustedProxies;
  readonly refusals: Pick<RefusalRecorder, 'note'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface RequestBody {
  readonly req: IncomingMessage;
  readonly caller: Caller;
  readonly format: BodyFormat;
  readonly bytes: Buffer;
  readonly nowMs: number;
  readonly origin: { readonly address: string; readonly requestId: string };
}

export interface TakeRoute {
  /** The path that names the route in metrics and logs. */
  readonly name: string;
  /** Pure. Throws `TollgateError` when nothing of the body can be taken. */
  read(body: RequestBody): ReadElements;
}

/** Answers the request; never rejects. */
export async function takeRequest(
  { options, route }: { readonly options: TakeOptions; readonly route: TakeRoute },
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const requestId = requestIdOf(req);
  let keyId: string | undefined;
  const onCaller = (caller: Caller): void => {
    keyId = caller.keyId;
  };
  try {
    const outcome = await take({ options, route, requestId, onCaller }, req, res);
    const refusal = refusalOf(outcome);
    if (refusal !== undefined) noteRefusal(options, req, { error: refusal, keyId });
    const status = sendOutcome(res, outcome, requestId);
    options.metrics.settled(outcome);
    options.metrics.answered(route.name, status);
    if (options.logger.isLevelEnabled('debug')) {
      const { accepted, duplicates, rejections } = outcome;
      const counts = { accepted, duplicates, rejected: rejections.length };
      options.logger.debug({ requestId, route: route.name, keyId, status, ...counts }, 'took a request');
    }
  } catch (thrown) {
    if (thrown instanceof SenderGone) return;
    const error = toTollgateError(thrown);
    options.metrics.refused(error.code);
    if (error.status < 500) noteRefusal(options, req, { error, keyId });
    options.metrics.answered(route.name, error.status);
    if (error.code === 'internal_error') options.logger.error({ err: error.cause, requestId }, 'a request failed');
    else options.logger.debug({ code: error.code, requestId, route: route.name }, 'refused a request');
    refuse(req, res, error, requestId);
  }
}

function noteRefusal(
  { refusals, trustedProxies }: TakeOptions,
  req: IncomingMessage,
  { error, keyId }: { readonly error: TollgateError; readonly keyId: string | undefined },
): void {
  const address = sourceAddressOf(req, trustedProxies);
  refusals.note({ code: error.code, address, keyId: keyId ?? error.keyId ?? null });
}

interface Taking {
  readonly options: TakeOptions;
  readonly route: TakeRoute;
  readonly requestId: string;
  /** Called as soon as it is known who sends. */
  readonly onCaller: (caller: Caller) => void;
}

async function take(
  { options, route, requestId, onCaller }: Taking,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<Outcome> {
  const address = sourceAddressOf(req, options.trustedProxies);
  const entered = options.gate.enter({
    source: () => sourceNetworkOf(address),
    authenticate: () => options.authenticator.authenticate({ authorization: authorizationOf(req), address }),
    setHeader: (name, value) => res.setHeader(name, value),
  });
  const caller = entered instanceof Promise ? await entered : entered;
  onCaller(caller);
  requireScope(caller);
  const format = bodyFormatOf(req);
  const coding = contentCodingOf(req);
  checkDeclaredLength(req, EVENTS_BODY_BYTES_MAX);
  const ticket = options.admission.enter(caller.keyId);
  try {
    // HTTP/1.0 has no interim answers (RFC 9110, section 10.1.1).
    if (req.headers.expect !== undefined && req.httpVersion === '1.1') res.writeContinue();
    const raw = await readBody({ req, res, ticket, bytesMax: EVENTS_BODY_BYTES_MAX });
    const bytes = decodeBody(raw, coding, EVENTS_BODY_BYTES_MAX);
    if (bytes !== raw) ticket.take(bytes.byteLength);
    const nowMs = options.clock.now();
    const { drafts, rejections } = route.read({ req, caller, format, bytes, nowMs, origin: { address, requestId } });
    return await settle(options, { caller, receivedAtMs: nowMs, drafts, rejections });
  } finally {
    ticket.release();
  }
}

/** A customer's key reports for its customer, whatever its scopes; only an operator's key may be allowed any. */
function requireScope({ customerId, scopes }: Caller): void {
  const scope = customerId === null ? 'usage:write:any' : 'usage:write';
  if (holdsScope(scopes, scope)) return;
  throw new TollgateError({ code: 'insufficient_scope', detail: `The API key lacks the scope \`${scope}\`.` });
}
