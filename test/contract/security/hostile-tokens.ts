// Access tokens that are wrong in one thing, most of them signed with the right key: what RFC 8725 and RFC 9068 refuse, and
// what a library for JWTs lets pass.

import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { postEvent } from './hostile-credentials.ts';
import { bearer, type HostileRow } from './hostile-request.ts';
import { type Forgery, forge, goodClaims, type Target } from './target.ts';

type Make = (target: Target) => string;

const other = generateKeyPairSync('ed25519');
const otherEc = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });

const now = (): number => Math.floor(Date.now() / 1_000);
const past = () => ({ iat: now() - 1_000, exp: now() - 100 });
const subject = (id: string) => ({ sub: id, client_id: id });
const jwkOf = (key: KeyObject): object => ({ ...key.export({ format: 'jwk' }), alg: 'EdDSA' });

const headers: readonly (readonly [string, Forgery['header']])[] = [
  ['alg none', { alg: 'none' }],
  ['alg NONE', { alg: 'NONE' }],
  ['alg nOnE', { alg: 'nOnE' }],
  ['alg in small letters', { alg: 'eddsa' }],
  ['alg with a space', { alg: 'EdDSA ' }],
  ['alg by its newer name', { alg: 'Ed25519' }],
  ['alg of another curve', { alg: 'Ed448' }],
  ['alg that is a list', { alg: ['EdDSA', 'none'] }],
  ['alg that is null', { alg: null }],
  ['alg that is empty', { alg: '' }],
  ['no alg', { alg: undefined }],
  ['typ JWT', { typ: 'JWT' }],
  ['typ in capitals', { typ: 'AT+JWT' }],
  ['typ of an ID token', { typ: 'id+jwt' }],
  ['typ of a DPoP proof', { typ: 'dpop+jwt' }],
  ['no typ', { typ: undefined }],
  ['typ that is a list', { typ: ['at+jwt'] }],
  ['no kid', { kid: undefined }],
  ['an unknown kid', { kid: 'unknown' }],
  ['an empty kid', { kid: '' }],
  ['kid that is a number', { kid: 0 }],
  ['kid that is a list', { kid: [] }],
  ['kid that is a path', { kid: '../../../../dev/null' }],
  ['kid that is SQL', { kid: "' UNION SELECT 'x' --" }],
  ['kid that is a command', { kid: '|id' }],
  ['kid that is a URL', { kid: 'https://evil.example/jwks.json' }],
  ['kid that every object has', { kid: 'constructor' }],
  ['kid __proto__', { kid: '__proto__' }],
  ['kid with a NUL', { kid: 'a\0b' }],
  ['jku', { jku: 'https://evil.example/jwks.json' }],
  ['x5u', { x5u: 'https://evil.example/cert.pem' }],
  ['x5c', { x5c: ['AAAA'] }],
  ['x5t', { x5t: 'AAAA' }],
  ['jwk', { jwk: jwkOf(other.publicKey) }],
  ['crit', { crit: ['exp'] }],
  ['an empty crit', { crit: [] }],
  ['b64 false', { b64: false }],
  ['b64 false as crit wants it', { b64: false, crit: ['b64'] }],
  ['zip', { zip: 'DEF' }],
  ['cty JWT', { cty: 'JWT' }],
  ['a member that nobody knows', { trust: 'me' }],
];

const claims: readonly (readonly [string, (target: Target) => Forgery['claims']])[] = [
  ...['iss', 'aud', 'sub', 'client_id', 'exp', 'iat', 'jti', 'scope'].map(
    (name) => [`no ${name}`, () => ({ [name]: undefined })] as const,
  ),
  ['another iss', () => ({ iss: 'https://evil.example' })],
  ['iss with a slash', ({ urls }) => ({ iss: `${urls.api}/` })],
  ['iss in capitals', ({ urls }) => ({ iss: urls.api.toUpperCase() })],
  ['iss that is a list', ({ urls }) => ({ iss: [urls.api] })],
  ['another aud', () => ({ aud: 'https://evil.example' })],
  ['aud that is a list', ({ urls }) => ({ aud: [urls.api] })],
  ['aud with one more', ({ urls }) => ({ aud: [urls.api, 'https://evil.example'] })],
  ['aud that is empty', () => ({ aud: '' })],
  ['sub of another customer', ({ keys }) => ({ sub: keys.stranger.id })],
  ['sub and client_id of another customer', ({ keys }) => ({ sub: keys.stranger.id, client_id: keys.stranger.id })],
  ['client_id of another key', ({ keys }) => ({ client_id: keys.writer.id })],
  ['sub that no key has', () => ({ sub: `key_${'0'.repeat(26)}`, client_id: `key_${'0'.repeat(26)}` })],
  ['sub of a key that was deleted', ({ keys }) => ({ sub: keys.deleted.id, client_id: keys.deleted.id })],
  ['sub that is a customer', ({ customer }) => ({ sub: customer, client_id: customer })],
  ['another customer', ({ stranger }) => ({ customer: stranger })],
  ['no customer', () => ({ customer: undefined })],
  ['customer that is null', () => ({ customer: null })],
  ['jti of another kind', () => ({ jti: 'x' })],
  ['jti that is a number', () => ({ jti: 1 })],
  ['exp that is text', () => ({ exp: `${now() + 60}` })],
  ['exp with a fraction', () => ({ exp: now() + 60.5 })],
  ['exp in milliseconds', () => ({ exp: Date.now() + 60_000 })],
  ['exp that is null', () => ({ exp: null })],
  ['exp that is negative', () => ({ exp: -1 })],
  ['exp that is infinite', (target) => raw(target, 'exp', '1e400')],
  ['exp as a power of ten', (target) => raw(target, 'exp', '9e99')],
  ['exp that is true', () => ({ exp: true })],
  ['exp before iat', () => ({ exp: now() - 20 })],
  ['exp at iat', () => ({ iat: now() - 10, exp: now() - 10 })],
  ['a life of more than an hour', () => ({ iat: now() - 10, exp: now() + 3_600 })],
  ['a life of a century', () => ({ exp: now() + 3_000_000_000 })],
  ['iat in the future', () => ({ iat: now() + 60, exp: now() + 120 })],
  ['iat that is text', () => ({ iat: 'yesterday' })],
  ['iat of the year 1970', () => ({ iat: 0, exp: 900 })],
  ['nbf in the future', () => ({ nbf: now() + 60 })],
  ['nbf that is text', () => ({ nbf: `${now()}` })],
  ['nbf that is infinite', (target) => raw(target, 'nbf', '1e400')],
  ['scope that is a list', () => ({ scope: ['usage:write'] })],
  ['scope that is empty', () => ({ scope: '' })],
  ['scope with two spaces', () => ({ scope: 'usage:write  keys:read' })],
  ['scope with a line break', () => ({ scope: 'usage:write\nadmin' })],
  ['a claim twice', (target) => doubled(target, '"sub":"key_x"')],
  ['a claim twice, once escaped', (target) => doubled(target, '"\\u0073ub":"key_x"')],
  ['a claim twice inside another', (target) => doubled(target, '"act":{"a":1,"a":2}')],
  ['claims that are a list', () => '[]'],
  ['claims that are text', () => '"claims"'],
  ['claims that are null', () => 'null'],
  ['claims that are empty', () => ''],
  ['claims behind a byte-order mark', (target) => `\ufeff${JSON.stringify(goodClaims(target))}`],
  ['claims with something behind them', (target) => `${JSON.stringify(goodClaims(target))} {}`],
  ['claims in a form', () => 'sub=x&scope=admin'],
];

const signatures: readonly (readonly [string, Make])[] = [
  ['no signature, alg none', (target) => forge(target, { header: { alg: 'none' }, signature: () => '' })],
  ['no signature', (target) => forge(target, { signature: () => '' })],
  ['a signature of zeros', (target) => forge(target, { signature: () => new Uint8Array(64) })],
  ['half of a signature', (target) => forge(target).slice(0, -43)],
  [
    'a signature of another token',
    (target) => [...forge(target).split('.').slice(0, 2), target.tokens.good.split('.')[2]].join('.'),
  ],
  ['another signature in which a bit is turned', (target) => turned(forge(target))],
  ['the signature of another key', (target) => forge(target, { key: other.privateKey })],
  ['HS256 under the public key', (target) => hmac(target, target.signing.publicJwk['x'] ?? '')],
  [
    'HS256 under the bytes of the public key',
    (target) => hmac(target, Buffer.from(target.signing.publicJwk['x'] ?? '', 'base64url')),
  ],
  ['HS256 under the public key as PEM', (target) => hmac(target, pemOf(target))],
  ['HS256 under nothing', (target) => hmac(target, '')],
  ['ES256 under the kid of the signing key', (target) => forge(target, { header: { alg: 'ES256' }, signature: es256 })],
  ['RS256 under the kid of the signing key', (target) => forge(target, { header: { alg: 'RS256' }, signature: rs256 })],
  [
    'jwk and a signature by it',
    (target) => forge(target, { header: { jwk: jwkOf(other.publicKey) }, key: other.privateKey }),
  ],
  [
    'jwk alone and a signature by it',
    (target) => forge(target, { header: { kid: undefined, jwk: jwkOf(other.publicKey) }, key: other.privateKey }),
  ],
  ['a token that was revoked', ({ tokens }) => tokens.revoked],
  ['a token that has expired, of another key', (target) => forge(target, { claims: past(), key: other.privateKey })],
];

const spellings: readonly (readonly [string, Make])[] = [
  ['a padded signature', (target) => `${forge(target)}==`],
  ['a signature with other last bits', (target) => nonCanonical(forge(target))],
  ['a padded header', (target) => forge(target).replace('.', '=.')],
  ['the alphabet of base64', (target) => standardAlphabet(target)],
  ['two parts', (target) => forge(target).split('.').slice(0, 2).join('.')],
  ['four parts', (target) => `${forge(target)}.${'a'.repeat(10)}`],
  ['five parts, as if encrypted', (target) => `${forge(target)}.a.b`],
  ['a dot before it', (target) => `.${forge(target)}`],
  ['a dot behind it', (target) => `${forge(target)}.`],
  ['dots alone', () => '..'],
  ['one dot', () => '.'],
  ['a header that is not JSON', (target) => forge(target, { header: 'alg=EdDSA' })],
  ['a header that is a list', (target) => forge(target, { header: '["EdDSA"]' })],
  [
    'a header member twice',
    (target) => forge(target, { header: `{"alg":"none","alg":"EdDSA","typ":"at+jwt","kid":"${target.signing.kid}"}` }),
  ],
  ['a header of nested lists', (target) => forge(target, { header: `{"alg":${'['.repeat(900)}${']'.repeat(900)}}` })],
  [
    'a token of more than 4,000 characters',
    (target) => forge(target, { claims: { scope: `usage:write ${'a'.repeat(2_900)}` } }),
  ],
  ['a token inside a token', (target) => forge(target, { claims: JSON.stringify(forge(target)) })],
];

const denied: readonly (readonly [
  string,
  Forgery['claims'] | ((target: Target) => Forgery['claims']),
  number,
  string,
])[] = [
  ['a token that has expired', past, 401, 'token_expired'],
  ['a token for another scope', { scope: 'usage:read' }, 403, 'insufficient_scope'],
  ['a token for a scope that nobody knows', { scope: 'root' }, 403, 'insufficient_scope'],
  ['a token for admin, which its key is not', { scope: 'admin' }, 403, 'insufficient_scope'],
  ['a token of a disabled key', ({ keys }) => subject(keys.disabled.id), 403, 'key_disabled'],
  ['a token of an expired key', ({ keys }) => subject(keys.expired.id), 401, 'token_expired'],
  ['a token of a key that may not be used here', ({ keys }) => subject(keys.bound.id), 403, 'ip_not_allowed'],
];

export const tokenRows: readonly HostileRow[] = [
  ...headers.map(([name, header]) =>
    row(`token: ${name}`, (target) => forge(target, header === undefined ? {} : { header })),
  ),
  ...claims.map(([name, made]) => row(`token: ${name}`, (target) => forge(target, { claims: made(target) ?? {} }))),
  ...[...signatures, ...spellings].map(([name, make]) => row(`token: ${name}`, make)),
  ...denied.map(([name, made, status, code]) => ({
    ...row(name, (target) => forge(target, { claims: (typeof made === 'function' ? made(target) : made) ?? {} })),
    status,
    code,
  })),
].flatMap((made, index) => (index % 4 === 0 ? [made, atTheApi(made)] : [made]));

function row(name: string, make: Make): HostileRow {
  return {
    name,
    to: 'ingest',
    send: (target) => postEvent([bearer(make(target))]),
    status: 401,
    code: 'invalid_token',
  };
}

/** Both doors verify with the same code; some of the rows show that they do. */
function atTheApi(made: HostileRow): HostileRow {
  return {
    ...made,
    to: 'api',
    send(target) {
      const request = made.send(target);
      if (request instanceof Uint8Array) return request;
      return { method: 'POST', path: '/v1/keys', headers: request.headers, body: '{}' };
    },
  };
}

/** A number that `JSON.stringify` would not write. */
function raw(target: Target, name: string, number: string): string {
  return JSON.stringify({ ...goodClaims(target), [name]: 0 }).replace(`"${name}":0`, `"${name}":${number}`);
}

function doubled(target: Target, member: string): string {
  return JSON.stringify(goodClaims(target)).replace(/^\{/, `{${member},`);
}

function turned(token: string): string {
  const [header, body, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return [header, body, bytes.toString('base64url')].join('.');
}

/** The last character of 64 bytes carries two bits of them; the other four say nothing. */
function nonCanonical(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(token.slice(-1));
  return token.slice(0, -1) + alphabet.charAt(last + 1);
}

/** Whose claims need one of the two characters that differ. */
function standardAlphabet(target: Target): string {
  const token = forge(target, { claims: { note: '~~~???>>>' } });
  const changed = token.replaceAll('-', '+').replaceAll('_', '/');
  if (changed === token) throw new Error('there is nothing to spell differently');
  return changed;
}

function hmac(target: Target, secret: string | Uint8Array): string {
  return forge(target, {
    header: { alg: 'HS256' },
    signature: (signed) => createHmac('sha256', secret).update(signed).digest(),
  });
}

function pemOf({ signing }: Target): string {
  return createPublicKey({ key: { ...signing.publicJwk }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
}

function es256(signed: string): Uint8Array {
  return sign('sha256', Buffer.from(signed), { key: otherEc.privateKey, dsaEncoding: 'ieee-p1363' });
}

function rs256(signed: string): Uint8Array {
  return sign('sha256', Buffer.from(signed), otherRsa.privateKey);
}
