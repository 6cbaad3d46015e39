// `DELETE /v1/authorizations/{id}`: gives back what a request held that will not be made. When it answers, nothing is held under
// that id any more, whether it was released now, settled, expired, or never held anything; so it may be sent again.

import type { IncomingMessage } from 'node:http';
import type { Authenticator, Caller } from '@tollgate/auth';
import { customerOfReservation, TollgateError } from '@tollgate/domain';
import type { LimitCounters } from '@tollgate/limits';
import type { HotRoute } from '../serve-request.ts';
import { ORGANIZATION } from './limit-book.ts';
import { requireLimitsScope } from './post-authorizations.ts';

export const AUTHORIZATION_PATH = '/v1/authorizations/';

export function deleteAuthorization(options: {
  readonly authenticator: Authenticator;
  readonly counters: LimitCounters;
}): HotRoute {
  const { authenticator, counters } = options;
  return {
    name: `${AUTHORIZATION_PATH}{id}`,
    bodyBytesMax: null,
    check: (_req, caller) => requireLimitsScope(caller),
    async answer({ req, caller }) {
      const reservationId = reservationIn(req);
      const customerId = customerOfReservation(reservationId);
      if (customerId === null || !mayRelease(caller, customerId)) throw notFound();
      if ((await authenticator.namedCustomer(customerId)) === null) throw notFound();
      try {
        await Promise.all([customerId, ORGANIZATION].map((owner) => counters.release(owner, reservationId)));
      } catch (cause) {
        throw limitsUnavailable(cause);
      }
      return { status: 204, mediaType: '', body: undefined, log: { reservationId } };
    },
  };
}

function mayRelease({ customerId }: Caller, ofCustomer: string): boolean {
  return customerId === null || customerId === ofCustomer;
}

function reservationIn({ url = '' }: IncomingMessage): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.slice(AUTHORIZATION_PATH.length);
}

function notFound(): TollgateError {
  return new TollgateError({ code: 'not_found', detail: 'There is no reservation of this id.' });
}

function limitsUnavailable(cause: unknown): TollgateError {
  const detail = 'The counters of limits do not answer. Try again in a moment; what nobody releases expires.';
  return new TollgateError({ code: 'limits_unavailable', detail, retryAfterSeconds: 1, cause });
}
