// Where a request may carry its credential: in one `Authorization` header, and nowhere else.

import type { IncomingMessage } from 'node:http';
import { TollgateError } from '@tollgate/domain';

const NAME = 'authorization';

/**
 * The value of the header. Fails with `invalid_request` when there are two (Node.js would silently take the first, a proxy
 * perhaps the second) or when a token stands in the query, where logs and histories would keep it (RFC 9700 section 4.3.2).
 */
export function authorizationOf(req: Pick<IncomingMessage, 'rawHeaders' | 'url'>): string | undefined {
  let found: string | undefined;
  const { rawHeaders, url = '' } = req;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length !== NAME.length || name.toLowerCase() !== NAME) continue;
    if (found !== undefined) throw refused('Send exactly one Authorization header.');
    found = rawHeaders[at + 1];
  }
  const mark = url.indexOf('?');
  if (mark !== -1 && new URLSearchParams(url.slice(mark + 1)).has('access_token')) {
    throw refused('A token does not belong into the address, where it is logged. Send it in the Authorization header.');
  }
  return found;
}

function refused(detail: string): TollgateError {
  return new TollgateError({ code: 'invalid_request', detail });
}
