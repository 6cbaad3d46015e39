// Credentials that are no credential, or not here, not now, or not for this: headers, secrets of keys, states of keys.

import { generateKeySecret } from '@tollgate/auth';
import { bearer, type Header, type HostileRow, type HttpRequest, JSON_TYPE, PEER } from './hostile-request.ts';
import type { Target } from './target.ts';

export const EVENT = JSON.stringify({
  id: 'hostile',
  type: 'llm.chat',
  provider: 'openai',
  model: 'gpt-4o',
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

/** An event that is good, so that the headers alone decide. */
export function postEvent(headers: readonly Header[], path = '/v1/events'): HttpRequest {
  return { method: 'POST', path, headers: [JSON_TYPE, ...headers], body: EVENT };
}

type Headers = (target: Target) => readonly Header[];

const missing: readonly (readonly [string, Headers])[] = [
  ['no credential', () => []],
  ['an empty Authorization header', () => [['Authorization', '']]],
  ['spaces for a credential', () => [['Authorization', '   ']]],
  ['a secret in X-Api-Key', ({ keys }) => [['X-Api-Key', keys.writer.secret]]],
  ['a secret in Proxy-Authorization', ({ keys }) => [['Proxy-Authorization', `Bearer ${keys.writer.secret}`]]],
  ['a secret in a cookie', ({ keys }) => [['Cookie', `access_token=${keys.writer.secret}`]]],
  ['a secret in a header with an underscore', ({ keys }) => [['X_Authorization', `Bearer ${keys.writer.secret}`]]],
];

const invalid: readonly (readonly [string, Headers])[] = [
  ['the scheme alone', () => [['Authorization', 'Bearer']]],
  ['the scheme and nothing behind it', () => [['Authorization', 'Bearer    ']]],
  ['a secret without a scheme', ({ keys }) => [['Authorization', keys.writer.secret]]],
  ['another scheme', ({ keys }) => [['Authorization', `Token ${keys.writer.secret}`]]],
  ['Basic', ({ keys }) => [['Authorization', basic(keys.writer.id, keys.writer.secret)]]],
  ['two secrets in one header', ({ keys }) => [bearer(`${keys.writer.secret} ${keys.writer.secret}`)]],
  ['two secrets with a comma', ({ keys }) => [bearer(`${keys.writer.secret}, Bearer ${keys.writer.secret}`)]],
  ['a tab behind the scheme', ({ keys }) => [['Authorization', `Bearer\t${keys.writer.secret}`]]],
  ['a secret in quotes', ({ keys }) => [bearer(`"${keys.writer.secret}"`)]],
  ['a secret with padding', ({ keys }) => [bearer(`${keys.writer.secret}=`)]],
  ['a secret with an escape', ({ keys }) => [bearer(keys.writer.secret.replace('_', '%5F'))]],
  ['a secret with a byte that is no text', ({ keys }) => [bearer(`${keys.writer.secret}\xff`)]],
  ['a secret of which a character is another', ({ keys }) => [bearer(mistyped(keys.writer.secret))]],
  ['a secret without its last character', ({ keys }) => [bearer(keys.writer.secret.slice(0, -1))]],
  ['a secret with a character more', ({ keys }) => [bearer(`${keys.writer.secret}0`)]],
  ['a secret in capitals', ({ keys }) => [bearer(keys.writer.secret.toUpperCase())]],
  ['a secret with the other prefix', ({ keys }) => [bearer(keys.writer.secret.replace('live', 'test'))]],
  ['a secret that nobody was given', () => [bearer(generateKeySecret('live'))]],
  ['the id of a key', ({ keys }) => [bearer(keys.writer.id)]],
  ['a refresh token', ({ tokens }) => [bearer(tokens.refresh)]],
  ['a credential of 5,000 characters', () => [bearer('a'.repeat(5_000))]],
  ['a wildcard', () => [bearer('tg_live_*')]],
  ['the secret of a key that was deleted', ({ keys }) => [bearer(keys.deleted.secret)]],
  ['a secret that was rotated without grace', ({ keys }) => [bearer(keys.rotated.secret)]],
];

const twice: readonly (readonly [string, Headers])[] = [
  ['the header twice', ({ keys }) => [bearer(keys.writer.secret), bearer(keys.writer.secret)]],
  ['a wrong header before a right one', ({ keys }) => [bearer('x'), bearer(keys.writer.secret)]],
  ['the header twice in other capitals', ({ keys }) => [bearer(keys.writer.secret), ['AUTHORIZATION', 'Bearer x']]],
  ['an empty header beside a right one', ({ keys }) => [['Authorization', ''], bearer(keys.writer.secret)]],
];

const inQuery: readonly (readonly [string, string])[] = [
  ['a token in the query', 'access_token=SECRET'],
  ['a token in the query under an escaped name', '%61ccess_token=SECRET'],
  ['a token in the query that has no value', 'a=b&access_token'],
];

export const credentialRows: readonly HostileRow[] = [
  ...(['ingest', 'api'] as const).flatMap((to) => [
    ...missing.map(([name, headers]) => ({ ...sent(to, headers), name, status: 401, code: 'missing_token' })),
    ...invalid.map(([name, headers]) => ({ ...sent(to, headers), name, status: 401, code: 'invalid_token' })),
    ...twice.map(([name, headers]) => ({ ...sent(to, headers), name, status: 400, code: 'invalid_request' })),
    ...inQuery.map(([name, query]) => ({
      name,
      to,
      send: ({ keys }: Target) => {
        const text = query.replace('SECRET', keys.reader.secret);
        if (to === 'ingest') return postEvent([bearer(keys.reader.secret)], `/v1/events?${text}`);
        return { method: 'GET', path: `/v1/keys?${text}`, headers: [bearer(keys.reader.secret)] };
      },
      status: 400,
      code: 'invalid_request',
    })),
  ]),
  ...states(),
  {
    name: 'a credential that is folded over two lines',
    to: 'ingest',
    send: ({ keys }) =>
      Buffer.from(`POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer\r\n ${keys.writer.secret}\r\n\r\n`),
    status: 400,
    code: 'invalid_request',
    source: PEER,
  },
  {
    name: 'a NUL in a credential',
    to: 'ingest',
    send: () => Buffer.from('POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\0b\r\n\r\n'),
    status: 400,
    code: 'invalid_request',
    source: PEER,
  },
  {
    name: 'a space before the colon of the header',
    to: 'api',
    send: ({ keys }) =>
      Buffer.from(`GET /v1/keys HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer ${keys.reader.secret}\r\n\r\n`),
    status: 400,
    code: 'invalid_request',
    source: PEER,
  },
];

/** With a GET of the keys, or with an event. */
function sent(to: 'ingest' | 'api', headers: Headers): Pick<HostileRow, 'to' | 'send'> {
  return {
    to,
    send: (target) =>
      to === 'ingest' ? postEvent(headers(target)) : { method: 'GET', path: '/v1/keys', headers: headers(target) },
  };
}

function states(): readonly HostileRow[] {
  const refused = [
    ['disabled', 'key_disabled', 403],
    ['expired', 'token_expired', 401],
    ['suspended', 'customer_suspended', 403],
    ['bound', 'ip_not_allowed', 403],
  ] as const;
  return [
    ...refused.flatMap(([key, code, status]) =>
      (['ingest', 'api'] as const).map((to) => ({
        name: `a key that is ${key}`,
        ...sent(to, ({ keys }) => [bearer(keys[key].secret)]),
        status,
        code,
      })),
    ),
    {
      name: 'usage by a key that may only manage keys',
      ...sent('ingest', ({ keys }) => [bearer(keys.manager.secret)]),
      status: 403,
      code: 'insufficient_scope',
    },
    {
      name: 'keys listed by a key that may only write usage',
      ...sent('api', ({ keys }) => [bearer(keys.writer.secret)]),
      status: 403,
      code: 'insufficient_scope',
    },
    {
      name: 'usage by an operator’s key that has not the scope for any customer but names none',
      ...sent('ingest', ({ operator }) => [bearer(operator)]),
      status: 422,
      code: 'invalid_event',
    },
  ];
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

function mistyped(secret: string): string {
  const at = 12;
  return secret.slice(0, at) + (secret[at] === 'a' ? 'b' : 'a') + secret.slice(at + 1);
}
