// OAuth requests of every wrong kind: clients, grants, scopes, forms, tokens of others. Long, because each is a line of one table.

import { gzipSync } from 'node:zlib';
import { basic } from './hostile-credentials.ts';
import { bearer, FORM_TYPE, type Header, type HostileRow } from './hostile-request.ts';
import { forge, type KeyPair, type Target } from './target.ts';

type Form = Readonly<Record<string, string>>;

interface Grant {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: readonly Header[];
  /** Text is the body as it is. */
  readonly form?: Form | string | Uint8Array;
}

type Row = readonly [name: string, status: number, code: string, make: (target: Target) => Grant];

const CLIENT_CREDENTIALS = { grant_type: 'client_credentials' };

const clients: readonly Row[] = [
  ['no client', 400, 'invalid_client', () => ({ form: CLIENT_CREDENTIALS })],
  ['an empty body', 400, 'invalid_client', () => ({ form: '' })],
  [
    'an id without a secret',
    400,
    'invalid_client',
    ({ keys }) => ({ form: { ...CLIENT_CREDENTIALS, client_id: keys.reader.id } }),
  ],
  [
    'a secret without an id',
    400,
    'invalid_client',
    ({ keys }) => ({ form: { ...CLIENT_CREDENTIALS, client_secret: keys.reader.secret } }),
  ],
  ['an empty secret', 400, 'invalid_client', ({ keys }) => ({ form: as({ ...keys.reader, secret: '' }) })],
  ['a wrong secret', 400, 'invalid_client', ({ keys }) => ({ form: as({ ...keys.reader, secret: 'guess' }) })],
  [
    'the secret of another key',
    400,
    'invalid_client',
    ({ keys }) => ({ form: as({ ...keys.reader, secret: keys.writer.secret }) }),
  ],
  [
    'the secret of another customer’s key',
    400,
    'invalid_client',
    ({ keys }) => ({ form: as({ ...keys.reader, secret: keys.stranger.secret }) }),
  ],
  [
    'a client that there is not',
    400,
    'invalid_client',
    ({ keys }) => ({ form: as({ ...keys.reader, id: 'key_none' }) }),
  ],
  [
    'an access token for a secret',
    400,
    'invalid_client',
    ({ keys, tokens }) => ({ form: as({ ...keys.reader, secret: tokens.good }) }),
  ],
  [
    'a refresh token for a secret',
    400,
    'invalid_client',
    ({ keys, tokens }) => ({ form: as({ ...keys.reader, secret: tokens.refresh }) }),
  ],
  [
    'an id with a NUL',
    400,
    'invalid_client',
    ({ keys }) => ({ form: as({ ...keys.reader, id: `${keys.reader.id}\0` }) }),
  ],
  ['a client that is disabled', 400, 'invalid_client', ({ keys }) => ({ form: as(keys.disabled) })],
  ['a client that has expired', 400, 'invalid_client', ({ keys }) => ({ form: as(keys.expired) })],
  ['a client whose customer is suspended', 400, 'invalid_client', ({ keys }) => ({ form: as(keys.suspended) })],
  ['a client that may not come from here', 400, 'invalid_client', ({ keys }) => ({ form: as(keys.bound) })],
  ['a client that was deleted', 400, 'invalid_client', ({ keys }) => ({ form: as(keys.deleted) })],
  ['a client whose secret was rotated', 400, 'invalid_client', ({ keys }) => ({ form: as(keys.rotated) })],
  [
    'an assertion',
    400,
    'invalid_client',
    ({ keys, tokens }) => ({ form: { ...as(keys.reader), client_assertion: tokens.good } }),
  ],
  [
    'the type of an assertion',
    400,
    'invalid_client',
    ({ keys }) => ({
      form: { ...as(keys.reader), client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' },
    }),
  ],
  [
    'Basic with a wrong secret',
    401,
    'invalid_client',
    ({ keys }) => ({ headers: [['Authorization', basic(keys.reader.id, 'guess')]] }),
  ],
  [
    'Basic with another key’s secret',
    401,
    'invalid_client',
    ({ keys }) => ({ headers: [['Authorization', basic(keys.reader.id, keys.writer.secret)]] }),
  ],
  ['Basic without a colon', 401, 'invalid_client', () => ({ headers: [['Authorization', 'Basic YWJj']] })],
  ['Basic that is no base64', 401, 'invalid_client', () => ({ headers: [['Authorization', 'Basic %%%']] })],
  ['Basic with nothing behind it', 401, 'invalid_client', () => ({ headers: [['Authorization', 'Basic']] })],
  ['Basic with other last bits', 401, 'invalid_client', () => ({ headers: [['Authorization', 'Basic YTpiYz=']] })],
  [
    'Basic that is no UTF-8',
    401,
    'invalid_client',
    () => ({ headers: [['Authorization', `Basic ${Buffer.from([0xff, 0x3a, 0xff]).toString('base64')}`]] }),
  ],
  ['a secret as Bearer', 401, 'invalid_client', ({ keys }) => ({ headers: [bearer(keys.reader.secret)] })],
  ['an access token as Bearer', 401, 'invalid_client', ({ tokens }) => ({ headers: [bearer(tokens.good)] })],
  [
    'Basic and a secret in the body',
    400,
    'invalid_request',
    ({ keys }) => ({ headers: [asBasic(keys.reader)], form: as(keys.reader) }),
  ],
  [
    'Basic and another id in the body',
    400,
    'invalid_request',
    ({ keys }) => ({ headers: [asBasic(keys.reader)], form: { ...CLIENT_CREDENTIALS, client_id: keys.writer.id } }),
  ],
  [
    'two Authorization headers',
    400,
    'invalid_request',
    ({ keys }) => ({ headers: [asBasic(keys.reader), asBasic(keys.reader)] }),
  ],
];

const grants: readonly Row[] = [
  ['no grant_type', 400, 'invalid_request', ({ keys }) => ({ form: { ...as(keys.reader), grant_type: '' } })],
  ...[
    'password',
    'authorization_code',
    'implicit',
    'Client_Credentials',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange',
    'urn:ietf:params:oauth:grant-type:device_code',
    'constructor',
  ].map(
    (grant): Row => [
      `grant_type ${grant}`,
      400,
      'unsupported_grant_type',
      ({ keys }) => ({ form: { ...as(keys.reader), grant_type: grant } }),
    ],
  ),
  ['a scope that nobody knows', 400, 'invalid_scope', ({ keys }) => ({ form: { ...as(keys.reader), scope: 'root' } })],
  [
    'a scope that the key has not',
    400,
    'invalid_scope',
    ({ keys }) => ({ form: { ...as(keys.reader), scope: 'usage:read billing:write' } }),
  ],
  [
    'admin for a customer’s key',
    400,
    'invalid_scope',
    ({ keys }) => ({ form: { ...as(keys.reader), scope: 'admin' } }),
  ],
  [
    'usage for any customer',
    400,
    'invalid_scope',
    ({ keys }) => ({ form: { ...as(keys.reader), scope: 'usage:write:any' } }),
  ],
  [
    'scopes with two spaces',
    400,
    'invalid_scope',
    ({ keys }) => ({ form: { ...as(keys.reader), scope: 'usage:read  keys:read' } }),
  ],
  [
    'scopes with commas',
    400,
    'invalid_scope',
    ({ keys }) => ({ form: { ...as(keys.reader), scope: 'usage:read,keys:read' } }),
  ],
  [
    'another audience',
    400,
    'invalid_target',
    ({ keys }) => ({ form: { ...as(keys.reader), audience: 'https://evil.example' } }),
  ],
  [
    'another resource',
    400,
    'invalid_target',
    ({ keys }) => ({ form: { ...as(keys.reader), resource: 'https://evil.example' } }),
  ],
  ['no refresh token', 400, 'invalid_request', ({ keys }) => ({ form: refresh(keys.reader, '') })],
  ['a refresh token that is none', 400, 'invalid_grant', ({ keys }) => ({ form: refresh(keys.reader, 'none') })],
  [
    'a refresh token that nobody was given',
    400,
    'invalid_grant',
    ({ keys }) => ({ form: refresh(keys.reader, `tg_refresh_${'a'.repeat(43)}`) }),
  ],
  [
    'a refresh token that was revoked',
    400,
    'invalid_grant',
    ({ keys, tokens }) => ({ form: refresh(keys.reader, tokens.dead) }),
  ],
  [
    'a refresh token of another key',
    400,
    'invalid_grant',
    ({ keys, tokens }) => ({ form: refresh(keys.writer, tokens.refresh) }),
  ],
  [
    'a refresh token of another customer',
    400,
    'invalid_grant',
    ({ keys, tokens }) => ({ form: refresh(keys.stranger, tokens.refresh) }),
  ],
  [
    'an access token for a refresh token',
    400,
    'invalid_grant',
    ({ keys, tokens }) => ({ form: refresh(keys.reader, tokens.good) }),
  ],
  [
    'a secret for a refresh token',
    400,
    'invalid_grant',
    ({ keys }) => ({ form: refresh(keys.reader, keys.reader.secret) }),
  ],
  [
    'a refresh token with more scope',
    400,
    'invalid_scope',
    ({ keys, tokens }) => ({ form: { ...refresh(keys.reader, tokens.refresh), scope: 'admin' } }),
  ],
  [
    'a refresh token without its client',
    400,
    'invalid_client',
    ({ tokens }) => ({ form: { grant_type: 'refresh_token', refresh_token: tokens.refresh } }),
  ],
];

const forms: readonly Row[] = [
  [
    'JSON',
    415,
    'unsupported_media_type',
    ({ keys }) => ({ headers: [['Content-Type', 'application/json']], form: JSON.stringify(as(keys.reader)) }),
  ],
  [
    'a form in parts',
    415,
    'unsupported_media_type',
    () => ({ headers: [['Content-Type', 'multipart/form-data; boundary=x']], form: '--x--' }),
  ],
  [
    'a form without a type',
    415,
    'unsupported_media_type',
    ({ keys }) => ({ headers: [['Content-Type', '']], form: as(keys.reader) }),
  ],
  [
    'a form in UTF-16',
    415,
    'unsupported_media_type',
    ({ keys }) => ({
      headers: [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-16']],
      form: as(keys.reader),
    }),
  ],
  [
    'a form that is compressed',
    415,
    'unsupported_encoding',
    ({ keys }) => ({
      headers: [FORM_TYPE, ['Content-Encoding', 'gzip']],
      form: gzipSync(`${new URLSearchParams(as(keys.reader))}`),
    }),
  ],
  [
    'a form of 30,000 bytes',
    413,
    'body_too_large',
    ({ keys }) => ({ form: { ...as(keys.reader), x: 'a'.repeat(30_000) } }),
  ],
  [
    'a parameter twice',
    400,
    'invalid_request',
    ({ keys }) => ({ form: `${new URLSearchParams(as(keys.reader))}&grant_type=client_credentials` }),
  ],
  [
    'a parameter twice, once empty',
    400,
    'invalid_request',
    ({ keys }) => ({ form: `scope=&${new URLSearchParams(as(keys.reader))}&scope=usage%3Aread` }),
  ],
  [
    'a parameter twice, once escaped',
    400,
    'invalid_request',
    ({ keys }) => ({ form: `%73cope=a&scope=b&${new URLSearchParams(as(keys.reader))}` }),
  ],
  [
    '51 parameters',
    400,
    'invalid_request',
    () => ({ form: Array.from({ length: 51 }, (_, index) => `p${index}=`).join('&') }),
  ],
  ['an escape that is none', 400, 'invalid_request', () => ({ form: 'grant_type=%zz' })],
  ['an escape that is no UTF-8', 400, 'invalid_request', () => ({ form: 'grant_type=%ff' })],
  ['bytes that are not escaped', 400, 'invalid_request', () => ({ form: Buffer.from('grant_type=\xff', 'latin1') })],
  [
    'a secret in the query',
    400,
    'invalid_request',
    ({ keys }) => ({ path: `/oauth/token?${new URLSearchParams(as(keys.reader))}`, form: '' }),
  ],
  [
    'a question mark and no query',
    400,
    'invalid_request',
    ({ keys }) => ({ path: '/oauth/token?', form: as(keys.reader) }),
  ],
];

const others: readonly Row[] = [
  [
    'introspection without a client',
    400,
    'invalid_client',
    ({ tokens }) => ({ path: '/oauth/introspect', form: { token: tokens.good } }),
  ],
  [
    'introspection by the token itself',
    401,
    'invalid_client',
    ({ tokens }) => ({ path: '/oauth/introspect', headers: [bearer(tokens.good)], form: { token: tokens.good } }),
  ],
  [
    'introspection of nothing',
    400,
    'invalid_request',
    ({ keys }) => ({ path: '/oauth/introspect', form: as(keys.reader) }),
  ],
  [
    'introspection of a token in the query',
    400,
    'invalid_request',
    ({ keys, tokens }) => ({ path: `/oauth/introspect?token=${tokens.good}`, form: as(keys.reader) }),
  ],
  ['introspection by GET', 405, 'method_not_allowed', () => ({ method: 'GET', path: '/oauth/introspect' })],
  [
    'revocation without a client',
    400,
    'invalid_client',
    ({ tokens }) => ({ path: '/oauth/revoke', form: { token: tokens.good } }),
  ],
  [
    'revocation by a wrong client',
    401,
    'invalid_client',
    ({ keys, tokens }) => ({
      path: '/oauth/revoke',
      headers: [['Authorization', basic(keys.reader.id, 'x')]],
      form: { token: tokens.good },
    }),
  ],
  ['revocation of nothing', 400, 'invalid_request', ({ keys }) => ({ path: '/oauth/revoke', form: as(keys.reader) })],
  [
    'a token by GET',
    405,
    'method_not_allowed',
    ({ keys }) => ({ method: 'GET', path: '/oauth/token', headers: [asBasic(keys.reader)] }),
  ],
  [
    'a token by PUT',
    405,
    'method_not_allowed',
    ({ keys }) => ({ method: 'PUT', path: '/oauth/token', headers: [asBasic(keys.reader)] }),
  ],
  [
    'the authorization endpoint',
    404,
    'not_found',
    () => ({ method: 'GET', path: '/oauth/authorize?response_type=code' }),
  ],
  ['dynamic registration', 404, 'not_found', () => ({ path: '/oauth/register', form: 'a=b' })],
  ['writing the JWKS', 405, 'method_not_allowed', () => ({ path: '/.well-known/jwks.json', form: 'a=b' })],
  [
    'a forged token as a credential of the api',
    401,
    'invalid_token',
    (target) => ({
      method: 'GET',
      path: '/v1/signing-keys',
      headers: [bearer(forge(target, { header: { alg: 'none' } }))],
    }),
  ],
  [
    'the signing keys for a customer',
    403,
    'insufficient_scope',
    ({ keys }) => ({ method: 'GET', path: '/v1/signing-keys', headers: [bearer(keys.reader.secret)] }),
  ],
];

export const grantRows: readonly HostileRow[] = [...clients, ...grants, ...forms, ...others].map(
  ([name, status, code, make]) => ({
    name: `oauth: ${name}`,
    to: 'api',
    status,
    code,
    send(target) {
      const { method = 'POST', path = '/oauth/token', headers = [], form } = make(target);
      const body =
        typeof form === 'string' || form instanceof Uint8Array
          ? form
          : `${new URLSearchParams(form ?? CLIENT_CREDENTIALS)}`;
      if (method === 'GET') return { method, path, headers };
      const hasType = headers.some(([header]) => header === 'Content-Type');
      return { method, path, headers: hasType ? headers : [FORM_TYPE, ...headers], body };
    },
  }),
);

function as({ id, secret }: KeyPair): Form {
  return { ...CLIENT_CREDENTIALS, client_id: id, client_secret: secret };
}

function asBasic({ id, secret }: KeyPair): Header {
  return ['Authorization', basic(id, secret)];
}

function refresh({ id, secret }: KeyPair, token: string): Form {
  return { grant_type: 'refresh_token', client_id: id, client_secret: secret, refresh_token: token };
}
