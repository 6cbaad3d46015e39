// The two routes that take events: decide what each element is, append what can be taken, answer.

import type { IncomingMessage } from 'node:http';
import type { Caller } from '@tollgate/auth';
import { EVENTS_BODY_BYTES_MAX, holdsScope, TollgateError } from '@tollgate/domain';
import { answerOf } from './answer.ts';
import { type BodyFormat, bodyFormatOf } from './body-format.ts';
import type { ReadElements } from './read-elements.ts';
import type { EventRefuser } from './refuse-events.ts';
import type { HotRoute, ReceivedRequest } from './serve-request.ts';
import { type SettleOptions, settle } from './settle.ts';

export interface RequestBody extends ReceivedRequest {
  readonly format: BodyFormat;
}

export interface TakeRoute {
  /** The path that names the route in metrics and logs. */
  readonly name: string;
  /** Pure. Throws `TollgateError` when nothing of the body can be taken. */
  read(body: RequestBody): ReadElements;
}

export interface TakeOptions extends SettleOptions {
  readonly eventRefuser: EventRefuser;
}

export function takeRequests(options: TakeOptions, route: TakeRoute): HotRoute {
  return {
    name: route.name,
    bodyBytesMax: EVENTS_BODY_BYTES_MAX,
    check(req: IncomingMessage, caller: Caller) {
      requireScope(caller);
      bodyFormatOf(req);
    },
    async answer(request) {
      const { drafts, rejections } = route.read({ ...request, format: bodyFormatOf(request.req) });
      const { caller, nowMs, span } = request;
      const checked = options.eventRefuser.check(caller, drafts, nowMs);
      if (checked instanceof Promise) await checked;
      const outcome = await settle(options, { caller, receivedAtMs: nowMs, drafts, rejections, span });
      options.metrics.settled(outcome);
      return answerOf(outcome, request.origin.requestId);
    },
  };
}

/** A customer's key reports for its customer, whatever its scopes; only an operator's key may be allowed any. */
function requireScope({ customerId, scopes }: Caller): void {
  const scope = customerId === null ? 'usage:write:any' : 'usage:write';
  if (holdsScope(scopes, scope)) return;
  throw new TollgateError({ code: 'insufficient_scope', detail: `The API key lacks the scope \`${scope}\`.` });
}
