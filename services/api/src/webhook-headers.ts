// Headers that an owner has sent with every webhook: which there may be. They must neither change what the request is nor
// stand for what we say in it.

import { type FieldError, TollgateError } from '@tollgate/domain';

export const HEADERS_MAX = 20;
export const HEADER_VALUE_LENGTH_MAX = 1_024;

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Of the connection and the message (RFC 9110 and 9112), and what proxies say. */
const RESERVED = new Set([
  ...[
    'accept-encoding',
    'connection',
    'content-encoding',
    'content-length',
    'content-type',
    'date',
    'expect',
    'forwarded',
  ],
  ...['host', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'user-agent', 'via'],
]);
const RESERVED_PREFIX = /^(?:webhook-|tollgate-|proxy-|x-forwarded-|sec-)/;

/** Fails with `validation_failed`, and says where. Names become lower case, as they are sent. */
export function checkHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const errors = Object.entries(headers).flatMap(([name, value]): readonly FieldError[] => {
    const flaw = flawOf(name.toLowerCase(), value);
    return flaw === undefined
      ? []
      : [{ pointer: `/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, detail: flaw }];
  });
  if (Object.keys(headers).length > HEADERS_MAX)
    errors.push({ pointer: '/headers', detail: `has more than ${HEADERS_MAX}.` });
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (errors.length === 0) return sent;
  throw new TollgateError({
    code: 'validation_failed',
    detail: 'Not all of the headers can be sent. See `errors`.',
    errors,
  });
}

function flawOf(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return 'is no name of a header.';
  if (RESERVED.has(name) || RESERVED_PREFIX.test(name)) return 'is a header that the request has of itself.';
  return VALUE.test(value) ? undefined : 'must be visible ASCII, without white space around it.';
}
