// Paths, methods, queries, framing and forwarding headers that mean something else to somebody in between, and reaching for
// what is another's. Long, because each is a line of one table.

import { EVENT, postEvent } from './hostile-credentials.ts';
import { bearer, type Door, type Header, type HostileRow, JSON_TYPE, PEER } from './hostile-request.ts';
import type { Target } from './target.ts';

const NOBODY = 'key_01kasy5b0f0123456789abcdef';

type PathRow = readonly [
  name: string,
  status: number,
  code: string,
  method: string,
  path: string | ((target: Target) => string),
  headers?: readonly Header[],
];

/** By an operator, who may do everything that there is. */
const paths: readonly PathRow[] = [
  ['a path that there is not', 404, 'not_found', 'GET', '/v1/secrets'],
  ['a path with a slash more', 404, 'not_found', 'GET', '/v1/keys/'],
  ['a path with two slashes', 404, 'not_found', 'GET', '//v1/keys'],
  ['a path in capitals', 404, 'not_found', 'GET', '/V1/Keys'],
  ['a path with a semicolon', 404, 'not_found', 'GET', '/v1/keys;a=b'],
  ['dots', 404, 'not_found', 'GET', '/v1/keys/../customers'],
  ['dots that are escaped', 404, 'not_found', 'GET', '/v1/keys/%2e%2e%2fcustomers'],
  ['dots out of the root', 404, 'not_found', 'GET', '/../../etc/passwd'],
  ['a backslash', 404, 'not_found', 'GET', '/v1\\keys'],
  ['an address for a path', 404, 'not_found', 'GET', 'http://evil.example/v1/secrets'],
  ['a NUL in an id', 404, 'not_found', 'GET', '/v1/keys/%00'],
  ['an id that nobody has', 404, 'not_found', 'GET', `/v1/keys/${NOBODY}`],
  ['an id that is SQL', 404, 'not_found', 'GET', "/v1/keys/'%20OR%20''='"],
  ['an escape that is no UTF-8', 400, 'invalid_request', 'GET', '/v1/keys/%ff'],
  ['an escape that is none', 400, 'invalid_request', 'GET', '/v1/keys/%zz'],
  ['a method that the path has not', 405, 'method_not_allowed', 'DELETE', '/v1/keys'],
  ['PUT', 405, 'method_not_allowed', 'PUT', '/v1/keys'],
  ['TRACE', 405, 'method_not_allowed', 'TRACE', '/v1/keys'],
  ['PROPFIND', 405, 'method_not_allowed', 'PROPFIND', '/v1/keys'],
  ['OPTIONS of everything', 404, 'not_found', 'OPTIONS', '*'],
  ['a method that is overridden', 405, 'method_not_allowed', 'PUT', '/v1/keys', [['X-HTTP-Method-Override', 'GET']]],
  [
    'a path that is overridden',
    404,
    'not_found',
    'GET',
    '/v1/secrets',
    [
      ['X-Original-URL', '/v1/keys'],
      ['X-Rewrite-URL', '/v1/keys'],
    ],
  ],
  ['a parameter that nobody knows', 422, 'validation_failed', 'GET', '/v1/keys?debug=true'],
  ['a parameter twice', 422, 'validation_failed', 'GET', '/v1/keys?limit=1&limit=2'],
  ['a limit of zero', 422, 'validation_failed', 'GET', '/v1/keys?limit=0'],
  ['a limit without end', 422, 'validation_failed', 'GET', '/v1/keys?limit=1000000000'],
  ['a limit below zero', 422, 'validation_failed', 'GET', '/v1/keys?limit=-1'],
  ['a NUL in a parameter', 422, 'validation_failed', 'GET', '/v1/keys?cursor=%00'],
  [
    '300 parameters',
    422,
    'validation_failed',
    'GET',
    `/v1/keys?${Array.from({ length: 300 }, (_, index) => `p${index}=`).join('&')}`,
  ],
];

/** By a customer's key, for what is another's or above it. */
const tenancy: readonly (readonly [
  string,
  number,
  string,
  (target: Target) => { method: string; path: string; body?: object },
])[] = [
  ['another customer’s key', 404, 'not_found', ({ keys }) => ({ method: 'GET', path: `/v1/keys/${keys.stranger.id}` })],
  [
    'another customer’s key disabled',
    404,
    'not_found',
    ({ keys }) => ({ method: 'POST', path: `/v1/keys/${keys.stranger.id}/disable` }),
  ],
  [
    'another customer’s key rotated',
    404,
    'not_found',
    ({ keys }) => ({ method: 'POST', path: `/v1/keys/${keys.stranger.id}/rotate`, body: {} }),
  ],
  [
    'another customer’s key deleted',
    404,
    'not_found',
    ({ keys }) => ({ method: 'DELETE', path: `/v1/keys/${keys.stranger.id}` }),
  ],
  [
    'another customer’s keys',
    403,
    'customer_mismatch',
    ({ stranger }) => ({ method: 'GET', path: `/v1/keys?customer=${stranger}` }),
  ],
  [
    'a key for another customer',
    403,
    'customer_mismatch',
    ({ stranger }) => ({
      method: 'POST',
      path: '/v1/keys',
      body: { name: 'k', scopes: ['usage:read'], customer: stranger },
    }),
  ],
  [
    'a key with admin',
    403,
    'insufficient_scope',
    () => ({ method: 'POST', path: '/v1/keys', body: { name: 'k', scopes: ['admin'] } }),
  ],
  [
    'a key with a scope that is not held',
    403,
    'insufficient_scope',
    () => ({ method: 'POST', path: '/v1/keys', body: { name: 'k', scopes: ['billing:write'] } }),
  ],
  [
    'more scopes for one’s own key',
    409,
    'conflict',
    ({ keys }) => ({
      method: 'PATCH',
      path: `/v1/keys/${keys.manager.id}`,
      body: { scopes: ['keys:write', 'billing:write'] },
    }),
  ],
  [
    'the customers',
    403,
    'insufficient_scope',
    () => ({ method: 'POST', path: '/v1/customers', body: { name: 'mine' } }),
  ],
  ['the refusals', 403, 'insufficient_scope', () => ({ method: 'GET', path: '/v1/refusals' })],
  [
    'new signing keys',
    403,
    'insufficient_scope',
    () => ({ method: 'POST', path: '/v1/signing-keys/rotate', body: {} }),
  ],
  [
    'another customer’s usage',
    403,
    'customer_mismatch',
    ({ stranger }) => ({
      method: 'GET',
      path: `/v1/usage?start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z&bucket=day&customer=${stranger}`,
    }),
  ],
];

const ingestPaths: readonly PathRow[] = [
  ['events by GET', 405, 'method_not_allowed', 'GET', '/v1/events'],
  ['events by PUT', 405, 'method_not_allowed', 'PUT', '/v1/events'],
  ['events with a slash more', 404, 'not_found', 'GET', '/v1/events/'],
  ['events in capitals', 404, 'not_found', 'GET', '/V1/EVENTS'],
  ['a path that does not decode', 404, 'not_found', 'GET', '/v1/%zz'],
  ['the api’s paths', 404, 'not_found', 'GET', '/v1/keys'],
];

const framing: readonly (readonly [string, number, string, string])[] = [
  ['no HTTP', 400, 'invalid_request', 'hello\r\n\r\n'],
  ['a TLS greeting', 400, 'invalid_request', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
  ['the preface of HTTP/2', 400, 'invalid_request', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a method in small letters', 400, 'invalid_request', 'get / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a version that there is not', 400, 'invalid_request', 'GET / HTTP/1.7\r\nHost: x\r\n\r\n'],
  ['no host', 400, 'invalid_request', 'GET /v1/keys HTTP/1.1\r\n\r\n'],
  [
    'two lengths',
    400,
    'invalid_request',
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
  ],
  [
    'a length and chunks',
    400,
    'invalid_request',
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'chunks that are not the last coding',
    400,
    'invalid_request',
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
  ],
  [
    'a length with a sign',
    400,
    'invalid_request',
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd',
  ],
  ['a header without a colon', 400, 'invalid_request', 'GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n'],
  ['a line that ends in CR alone', 400, 'invalid_request', 'GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n'],
  ['headers of 20 KB', 431, 'headers_too_large', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`],
  ['a path of 20 KB', 431, 'headers_too_large', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
];

/** From a proxy that is trusted: where the request came from by its word. */
const forwarded: readonly (readonly [name: string, headers: readonly Header[], source: string])[] = [
  ['an address before the one that the proxy wrote', [['X-Forwarded-For', '203.0.113.66, 203.0.113.1']], '203.0.113.1'],
  ['a trusted proxy behind the sender', [['X-Forwarded-For', '203.0.113.2, 127.0.0.1']], '203.0.113.2'],
  ['noise before a trusted proxy', [['X-Forwarded-For', 'noise, 127.0.0.1']], PEER],
  ['noise', [['X-Forwarded-For', "'; DROP TABLE refusals --"]], PEER],
  ['an address in octal', [['X-Forwarded-For', '0313.0.0161.1']], PEER],
  ['a name', [['X-Forwarded-For', 'localhost']], PEER],
  ['nothing', [['X-Forwarded-For', '']], PEER],
  [
    'the header twice',
    [
      ['X-Forwarded-For', '203.0.113.66'],
      ['X-Forwarded-For', '203.0.113.3'],
    ],
    '203.0.113.3',
  ],
  ['a port', [['X-Forwarded-For', '203.0.113.4:4711']], '203.0.113.4'],
  ['a v4 address as v6', [['X-Forwarded-For', '::ffff:203.0.113.5']], '203.0.113.5'],
  ['a v6 address', [['X-Forwarded-For', '[2001:db8:9::1]:4711']], '2001:db8:9::/64'],
  [
    'Forwarded, which the proxy does not write',
    [
      ['X-Forwarded-For', '203.0.113.6'],
      ['Forwarded', 'for=203.0.113.66'],
    ],
    '203.0.113.6',
  ],
  [
    'X-Real-IP and its like',
    [
      ['X-Forwarded-For', '203.0.113.7'],
      ['X-Real-IP', '203.0.113.66'],
      ['CF-Connecting-IP', '203.0.113.66'],
      ['True-Client-IP', '203.0.113.66'],
    ],
    '203.0.113.7',
  ],
];

export const pathRows: readonly HostileRow[] = [
  ...[...paths.map((row) => [row, 'api'] as const), ...ingestPaths.map((row) => [row, 'ingest'] as const)].map(
    ([[name, status, code, method, path, headers = []], to]): HostileRow => ({
      name: `path: ${name}`,
      to,
      status,
      code,
      send: (target) => ({
        method,
        path: typeof path === 'string' ? path : path(target),
        headers: [bearer(target.operator), ...headers],
      }),
    }),
  ),
  ...tenancy.map(
    ([name, status, code, make]): HostileRow => ({
      name: `another’s: ${name}`,
      to: 'api',
      status,
      code,
      send(target) {
        const { method, path, body } = make(target);
        const headers = [bearer(target.keys.manager.secret)];
        return body === undefined
          ? { method, path, headers }
          : { method, path, headers: [JSON_TYPE, ...headers], body: JSON.stringify(body) };
      },
    }),
  ),
  ...(['ingest', 'api'] as const).flatMap((to) =>
    framing.map(
      ([name, status, code, text]): HostileRow => ({
        name: `framing: ${name}`,
        to,
        status,
        code,
        source: PEER,
        send: () => Buffer.from(text, 'latin1'),
      }),
    ),
  ),
  ...(['ingest', 'api'] as const).map(
    (to): HostileRow => ({
      name: 'an expectation that nobody meets',
      to,
      status: 400,
      code: 'invalid_request',
      send: ({ keys }) => ({
        ...postEvent([['Expect', '200-ok'], bearer(keys.writer.secret)]),
        path: to === 'api' ? '/v1/keys' : '/v1/events',
      }),
    }),
  ),
  ...(['ingest', 'api'] as const).map(
    (to): HostileRow => ({
      name: 'an upgrade of the protocol',
      to,
      status: 401,
      code: 'missing_token',
      send: () => ({
        ...postEvent([
          ['Connection', 'Upgrade'],
          ['Upgrade', 'websocket'],
        ]),
        path: to === 'api' ? '/v1/keys' : '/v1/events',
      }),
    }),
  ),
  ...forwarded.flatMap(([name, headers, source]) =>
    (['ingest', 'api'] as const).map(
      (to): HostileRow => ({
        name: `forwarded: ${name}`,
        to,
        status: 401,
        code: 'missing_token',
        source,
        send: () => ({ ...postEvent(headers), path: to === 'api' ? '/v1/keys' : '/v1/events' }),
      }),
    ),
  ),
  ...(['ingest', 'api'] as const).map(
    (to): HostileRow => ({
      name: 'a chunk that is none, in the middle of a body',
      to,
      status: 400,
      code: 'invalid_request',
      send: ({ operator }) => ({
        method: 'POST',
        path: to === 'api' ? '/v1/keys' : '/v1/events',
        headers: [JSON_TYPE, ['Transfer-Encoding', 'chunked'], bearer(operator)],
        body: '1\r\n{\r\nnonsense\r\n',
      }),
    }),
  ),
  spoofed('an address that nobody vouches for', 'untrusting', [['X-Forwarded-For', '192.0.2.7']]),
  spoofed('all the headers of proxies at once', 'untrusting', [
    ['X-Forwarded-For', '192.0.2.7'],
    ['Forwarded', 'for=192.0.2.7'],
    ['X-Real-IP', '192.0.2.7'],
    ['X-Client-IP', '192.0.2.7'],
  ]),
  {
    ...spoofed('an address further away than the proxy saw', 'ingest', [['X-Forwarded-For', '192.0.2.7, 203.0.113.9']]),
    source: '203.0.113.9',
  },
  {
    name: 'usage withdrawn in a body that says a thing twice',
    to: 'ingest',
    status: 400,
    code: 'malformed_json',
    send: ({ keys }) => ({
      method: 'POST',
      path: '/v1/events/void',
      headers: [JSON_TYPE, bearer(keys.writer.secret)],
      body: '{"id":"a","id":"b","reason":"c"}',
    }),
  },
  {
    name: 'a backfill by a customer',
    to: 'ingest',
    status: 403,
    code: 'insufficient_scope',
    send: ({ keys }) => ({
      method: 'POST',
      path: '/v1/events?backfill=true',
      headers: [JSON_TYPE, bearer(keys.writer.secret)],
      body: EVENT,
    }),
  },
];

/** With the key that may be used from 192.0.2.0/24 alone. */
function spoofed(name: string, to: Door, headers: readonly Header[]): HostileRow {
  return {
    name: `forwarded: ${name}`,
    to,
    status: 403,
    code: 'ip_not_allowed',
    source: PEER,
    send: ({ keys }) => postEvent([bearer(keys.bound.secret), ...headers]),
  };
}
