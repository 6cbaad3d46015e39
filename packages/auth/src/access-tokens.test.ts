// Access tokens at the authenticator: what is wrong with each hostile one is said beside it. All but the forged are signed
// by the real key, so that nothing but the flaw refuses them. Long, because each of them is a line.

import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CLOCK_SKEW_MS } from './access-token.ts';
import { createAuthenticator } from './create-authenticator.ts';
import type { KeyStore, StoredKey } from './key-store.ts';
import { createSigningKey } from './signing-key.ts';
import type { StoredSigningKey } from './signing-key-ring.ts';

const ISSUER = 'https://api.example.com';
const AUDIENCE = 'https://ingest.example.com';
const NOW_S = 1_795_000_000;
const TOKEN_ID = `tok_${'0'.repeat(26)}`;

const [ours, next, rsa, elliptic] = await Promise.all([
  createSigningKey('EdDSA'),
  createSigningKey('EdDSA'),
  createSigningKey('RS256'),
  createSigningKey('ES256'),
]);
const privateOf = ({ privateKey }: { readonly privateKey: Uint8Array }): KeyObject =>
  createPrivateKey({ key: Buffer.from(privateKey), type: 'pkcs8', format: 'der' });

const HEADER = { alg: 'EdDSA', typ: 'at+jwt', kid: ours.id };
const CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'key_1',
  client_id: 'key_1',
  iat: NOW_S,
  exp: NOW_S + 900,
  jti: TOKEN_ID,
  scope: 'usage:write usage:read',
  customer: 'cus_1',
};

const encode = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url');
const jsonOf = (value: object | string | Uint8Array): string | Uint8Array =>
  typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value);

/** Header and claims as objects, as the text of one, or as bytes; signed over whatever they are. */
function tokenOf(
  header: object | string | Uint8Array = HEADER,
  claims: object | string | Uint8Array = CLAIMS,
  key: KeyObject = privateOf(ours),
): string {
  const input = `${encode(jsonOf(header))}.${encode(jsonOf(claims))}`;
  return `${input}.${encode(sign(null, Buffer.from(input), key))}`;
}

/** Signed by RS256 or ES256, whatever the header says. */
function shaTokenOf(header: object, key: KeyObject): string {
  const input = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(CLAIMS))}`;
  return `${input}.${encode(sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }))}`;
}

const publicOf = ({ id, algorithm, publicJwk }: typeof ours): StoredSigningKey => ({
  id,
  algorithm,
  publicJwk,
  signsFromMs: 0,
  signsUntilMs: null,
  tokenLifeMaxMs: 900_000,
  retiredAtMs: null,
});

const KEY: StoredKey = {
  id: 'key_1',
  customerId: 'cus_1',
  projectId: null,
  scopes: ['usage:write', 'usage:read'],
  allowedModels: null,
  allowedIps: null,
  rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
  isEnabled: true,
  expiresAtMs: null,
  deletedAtMs: null,
  isCustomerSuspended: false,
};

async function createWorld() {
  const nowMs = NOW_S * 1_000 + 500;
  const world = {
    nowMs,
    confirmedAtMs: nowMs,
    reads: 0,
    key: KEY,
    signingKeys: [ours, rsa, elliptic].map(publicOf),
    revoked: new Set<string>(),
    onChange: (_id: string | null): void => {},
  };
  const read = async <Value>(value: () => Value): Promise<Value> => {
    world.reads += 1;
    return value();
  };
  const accounts: KeyStore = {
    key: (id) => read(() => (id === world.key.id ? world.key : null)),
    keyByDigest: () => read(() => null),
    moveSecret: async () => undefined,
    customer: () => read(() => null),
    publicSigningKeys: () => read(() => world.signingKeys),
    isTokenRevoked: (id) => read(() => world.revoked.has(id)),
    sessionByDigest: async () => null,
    noteSessionUse: async () => undefined,
    watch: async (onChange) => {
      world.onChange = onChange;
      return {
        get confirmedAtMs() {
          return world.confirmedAtMs;
        },
        close: async () => {},
      };
    },
  };
  const authenticator = await createAuthenticator({
    accounts,
    peppers: ['a pepper of more than thirty-two characters'],
    authority: { issuer: ISSUER, audience: AUDIENCE },
    clock: { now: () => world.nowMs },
  });
  const authenticate = (token: string, address: string | null = null) =>
    authenticator.authenticate({ authorization: `Bearer ${token}`, address });
  const codeOf = async (token: string, address: string | null = null): Promise<string> => {
    try {
      await authenticate(token, address);
      return 'admitted';
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : `broken: ${error}`;
    }
  };
  /** As time passes with the watch alive. */
  const pass = (ms: number): void => {
    world.nowMs += ms;
    world.confirmedAtMs = world.nowMs;
  };
  return { world, authenticator, authenticate, codeOf, pass };
}

describe('a valid token', () => {
  it.each([
    ['EdDSA', tokenOf()],
    ['EdDSA under its whole media type', tokenOf({ ...HEADER, typ: 'application/at+jwt' })],
    ['RS256', shaTokenOf({ alg: 'RS256', typ: 'at+jwt', kid: rsa.id }, privateOf(rsa))],
    ['ES256', shaTokenOf({ alg: 'ES256', typ: 'at+jwt', kid: elliptic.id }, privateOf(elliptic))],
    ['issued by a clock a little ahead', tokenOf(HEADER, { ...CLAIMS, iat: NOW_S + CLOCK_SKEW_MS / 1_000 })],
    ['with a claim that is not ours', tokenOf(HEADER, { ...CLAIMS, department: 'research' })],
  ])('of %s is admitted', async (_name, token) => {
    const { codeOf } = await createWorld();
    expect(await codeOf(token)).toBe('admitted');
  });

  it('is answered at once when warm, without a read', async () => {
    const { world, authenticate } = await createWorld();
    const caller = await authenticate(tokenOf());
    expect(caller).toMatchObject({
      keyId: 'key_1',
      customerId: 'cus_1',
      scopes: ['usage:write', 'usage:read'],
      credential: { kind: 'access_token', id: TOKEN_ID },
    });
    const { reads } = world;
    expect(authenticate(tokenOf())).toBe(caller);
    expect(world.reads).toBe(reads);
  });

  it('can do what both it and its key may do, as the key is now', async () => {
    const { world, authenticate } = await createWorld();
    const token = tokenOf(HEADER, { ...CLAIMS, scope: 'usage:read keys:write' });
    expect(await authenticate(token)).toHaveProperty('scopes', ['usage:read']);
    world.key = { ...KEY, scopes: ['keys:write'] };
    world.onChange('key_1');
    expect(await authenticate(token)).toHaveProperty('scopes', ['keys:write']);
    world.key = { ...KEY, scopes: ['admin'] };
    world.onChange('key_1');
    expect(await authenticate(token)).toHaveProperty('scopes', ['usage:read', 'keys:write']);
  });

  it('expires by the clock, to the millisecond', async () => {
    const { world, codeOf, pass } = await createWorld();
    expect(await codeOf(tokenOf())).toBe('admitted');
    pass(899_499);
    expect(await codeOf(tokenOf())).toBe('admitted');
    pass(1);
    expect(await codeOf(tokenOf())).toBe('token_expired');
    world.onChange(null);
    expect(await codeOf(tokenOf())).toBe('token_expired');
  });

  it.each([
    ['key_disabled', { isEnabled: false }],
    ['token_expired', { expiresAtMs: 1 }],
    ['customer_suspended', { isCustomerSuspended: true }],
    ['invalid_token', { deletedAtMs: 1 }],
    ['ip_not_allowed', { allowedIps: ['192.0.2.0/24'] }],
    ['invalid_token', { customerId: 'cus_2' }],
  ] as const)('is refused with %s once its key is %j', async (code, changes) => {
    const { world, codeOf } = await createWorld();
    expect(await codeOf(tokenOf())).toBe('admitted');
    world.key = { ...KEY, ...changes };
    world.onChange(Object.hasOwn(changes, 'isCustomerSuspended') ? 'cus_1' : 'key_1');
    expect(await codeOf(tokenOf(), '198.51.100.1')).toBe(code);
  });

  it('is refused as soon as the news of its revocation comes, and within a second of a silent watch', async () => {
    for (const tell of [true, false]) {
      const { world, codeOf } = await createWorld();
      expect(await codeOf(tokenOf())).toBe('admitted');
      world.revoked.add(TOKEN_ID);
      if (tell) world.onChange(TOKEN_ID);
      else world.nowMs += 1_000;
      expect(await codeOf(tokenOf())).toBe('invalid_token');
    }
  });
});

describe('a signing key', () => {
  const token = tokenOf({ ...HEADER, kid: next.id }, CLAIMS, privateOf(next));

  it('that was just made is read when a token names it', async () => {
    const { world, codeOf } = await createWorld();
    expect(await codeOf(tokenOf())).toBe('admitted');
    world.signingKeys = [...world.signingKeys, publicOf(next)];
    expect(await codeOf(token)).toBe('admitted');
  });

  it('verifies before it signs and after it has signed, until its last token has expired, and then no more', async () => {
    const { world, codeOf, pass } = await createWorld();
    const signsFromMs = world.nowMs + 10_000;
    world.signingKeys = [{ ...publicOf(next), signsFromMs, signsUntilMs: signsFromMs + 1_000, tokenLifeMaxMs: 60_000 }];
    expect(await codeOf(token)).toBe('admitted');
    pass(70_999);
    expect(await codeOf(token)).toBe('admitted');
    pass(2 * CLOCK_SKEW_MS + 1);
    expect(await codeOf(token)).toBe('invalid_token');
  });

  it('that is retired at once takes its tokens with it, also those that are remembered', async () => {
    const { world, codeOf } = await createWorld();
    expect(await codeOf(tokenOf())).toBe('admitted');
    world.signingKeys = world.signingKeys.map((key) => ({ ...key, retiredAtMs: world.nowMs }));
    world.onChange('signing_keys');
    expect(await codeOf(tokenOf())).toBe('invalid_token');
  });

  it('that nobody knows is looked up five times a second at most, however many tokens name one', async () => {
    const { world, codeOf } = await createWorld();
    await codeOf(tokenOf());
    const { reads } = world;
    const startedAt = performance.now();
    const flood = Array.from({ length: 200 }, (_, index) => codeOf(tokenOf({ ...HEADER, kid: `invented-${index}` })));
    expect(new Set(await Promise.all(flood))).toEqual(new Set(['invalid_token']));
    const periods = Math.ceil((performance.now() - startedAt) / 200) + 1;
    expect(world.reads - reads).toBeLessThanOrEqual(periods);
  });
});

const claims = (changes: object): string => tokenOf(HEADER, { ...CLAIMS, ...changes });
const header = (changes: object): string => tokenOf({ ...HEADER, ...changes });
const [head = '', body = '', signature = ''] = tokenOf().split('.');
const without = (name: keyof typeof CLAIMS): string => {
  const { [name]: _left, ...rest } = CLAIMS;
  return tokenOf(HEADER, rest);
};
const text = JSON.stringify(CLAIMS);
const withText = (more: string): string => tokenOf(HEADER, `${text.slice(0, -1)},${more}}`);
const hmac = (input: string, secret: string | Uint8Array): string =>
  `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
const stranger = generateKeyPairSync('ed25519').privateKey;
const publicPem = createPrivateKey({ key: Buffer.from(rsa.privateKey), type: 'pkcs8', format: 'der' });

/** 64 bytes leave four bits of the last character unused: A becomes B, Q becomes R, and the bytes stay the same. */
function withSpareBit(segment: string): string {
  return segment.slice(0, -1) + String.fromCharCode(segment.charCodeAt(segment.length - 1) + 1);
}

describe('a hostile token is refused with the one answer:', () => {
  it.each<readonly [string, string]>([
    // Forged.
    ['signed by a stranger', tokenOf(HEADER, CLAIMS, stranger)],
    ['without a signature', `${head}.${body}.`],
    ['of two segments', `${head}.${body}`],
    ['of four segments', `${head}.${body}.${signature}.${signature}`],
    ['of five segments, as if encrypted', `${head}.${head}.${head}.${body}.${signature}`],
    [
      'with a bit of its signature turned',
      `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
    ],
    [
      'with the signature of other claims',
      `${head}.${encode(JSON.stringify({ ...CLAIMS, sub: 'key_2', client_id: 'key_2' }))}.${signature}`,
    ],
    ['with a signature cut short', `${head}.${body}.${signature.slice(0, -4)}`],
    // Algorithms (RFC 8725 sections 2.1, 3.1).
    ['alg none', `${encode('{"alg":"none","typ":"at+jwt","kid":"x"}')}.${body}.${signature}`],
    ['alg None with our kid', header({ alg: 'None' })],
    ['alg of another of our keys', header({ alg: 'RS256' })],
    [
      'alg HS256 with the public key as its secret',
      hmac(
        `${encode(JSON.stringify({ ...HEADER, alg: 'HS256', kid: rsa.id }))}.${body}`,
        publicPem.export({ type: 'pkcs1', format: 'pem' }).toString(),
      ),
    ],
    ['alg Ed25519, which is another name', header({ alg: 'Ed25519' })],
    ['alg PS256 of an RSA key', shaTokenOf({ alg: 'PS256', typ: 'at+jwt', kid: rsa.id }, privateOf(rsa))],
    ['kid of another algorithm', header({ kid: rsa.id })],
    ['alg as a number', header({ alg: 1 })],
    ['without alg', tokenOf({ typ: 'at+jwt', kid: ours.id })],
    // The header asks for trust.
    ['kid unknown', header({ kid: 'unknown' })],
    ['without kid', tokenOf({ alg: 'EdDSA', typ: 'at+jwt' })],
    ['kid as a list', header({ kid: [ours.id] })],
    ['kid that is a path', header({ kid: '../../dev/null' })],
    ['kid named like a member of every object', header({ kid: '__proto__' })],
    ['jwk', header({ jwk: ours.publicJwk })],
    ['jku', header({ jku: 'https://evil.example.com/jwks.json' })],
    ['x5u', header({ x5u: 'https://evil.example.com/cert.pem' })],
    ['x5c', header({ x5c: ['MIIB'] })],
    ['x5t', header({ x5t: 'abc' })],
    ['crit', header({ crit: ['exp'], exp: NOW_S })],
    ['b64', header({ b64: true })],
    ['b64 false, critical', header({ b64: false, crit: ['b64'] })],
    ['zip', header({ zip: 'DEF' })],
    ['cty', header({ cty: 'JWT' })],
    ['a header member that nobody knows', header({ foo: 'bar' })],
    // Types (RFC 8725 section 3.11).
    ['typ JWT', header({ typ: 'JWT' })],
    ['typ of a logout token', header({ typ: 'logout+jwt' })],
    ['typ in capitals', header({ typ: 'AT+JWT' })],
    ['typ with a parameter', header({ typ: 'at+jwt; a=b' })],
    ['without typ', tokenOf({ alg: 'EdDSA', kid: ours.id })],
    // Encoding.
    ['padded', `${head}.${body}.${signature}==`],
    ['with a spare bit set at the end of a segment', `${head}.${body}.${withSpareBit(signature)}`],
    ['with a plus where a dash belongs', `${head}.${body}.${signature.replaceAll('-', '+').replaceAll('_', '/')}+`],
    ['with an empty header', `.${body}.${signature}`],
    ['a header that is not JSON', tokenOf('{')],
    ['a header that is a list', tokenOf('[]')],
    ['a header that is null', tokenOf('null')],
    ['claims that are not JSON', tokenOf(HEADER, 'x')],
    ['claims that are a list', tokenOf(HEADER, `[${text}]`)],
    ['claims that are text', tokenOf(HEADER, '"x"')],
    [
      'claims that are not UTF-8',
      tokenOf(
        HEADER,
        Buffer.concat([Buffer.from(`${text.slice(0, -1)},"x":"`), Buffer.from([0xff]), Buffer.from('"}')]),
      ),
    ],
    ['a byte-order mark', tokenOf(HEADER, `\ufeff${text}`)],
    ['a header with a byte-order mark', tokenOf(`\ufeff${JSON.stringify(HEADER)}`)],
    ['longer than any of ours', claims({ padding: 'x'.repeat(4_000) })],
    // Members written twice.
    ['alg twice', tokenOf(`{"alg":"none",${JSON.stringify(HEADER).slice(1)}`)],
    ['kid twice, the same', tokenOf(`{"kid":"${ours.id}",${JSON.stringify(HEADER).slice(1)}`)],
    ['sub twice', withText('"sub":"key_1"')],
    ['exp twice', withText(`"exp":${NOW_S + 900}`)],
    ['exp twice, once escaped', withText(`"\\u0065xp":${NOW_S + 900}`)],
    ['a member twice below', withText('"x":{"a":1,"a":1}')],
    ['a member twice in a list below', withText('"x":[{"a":1,"b":":","a":1}]')],
    // Times.
    ['without exp', without('exp')],
    ['without iat', without('iat')],
    ['exp infinite', tokenOf(HEADER, text.replace(`"exp":${NOW_S + 900}`, '"exp":1e400'))],
    ['exp as text', claims({ exp: `${NOW_S + 900}` })],
    ['exp with a fraction', claims({ exp: NOW_S + 900.5 })],
    ['exp null', claims({ exp: null })],
    ['exp negative', claims({ exp: -1 })],
    ['exp in milliseconds', claims({ exp: (NOW_S + 900) * 1_000 })],
    ['iat in milliseconds', claims({ iat: NOW_S * 1_000 })],
    ['iat zero', claims({ iat: 0 })],
    ['iat as a list', claims({ iat: [NOW_S] })],
    ['issued in the future', claims({ iat: NOW_S + 60, exp: NOW_S + 120 })],
    ['exp at iat', claims({ exp: NOW_S })],
    ['exp before iat', claims({ exp: NOW_S - 1 })],
    ['living longer than an hour', claims({ exp: NOW_S + 3_601 })],
    ['nbf in the future', claims({ nbf: NOW_S + 60 })],
    ['nbf as text', claims({ nbf: 'now' })],
    ['nbf infinite', withText('"nbf":1e400')],
    // Whose and for whom.
    ['without iss', without('iss')],
    ['iss of somebody else', claims({ iss: 'https://evil.example.com' })],
    ['iss with a slash more', claims({ iss: `${ISSUER}/` })],
    ['iss in capitals', claims({ iss: ISSUER.toUpperCase() })],
    ['iss as a list', claims({ iss: [ISSUER] })],
    ['without aud', without('aud')],
    ['aud of somebody else', claims({ aud: 'https://other.example.com' })],
    ['aud as a list of ours', claims({ aud: [AUDIENCE] })],
    ['aud as a list with others', claims({ aud: [AUDIENCE, 'https://other.example.com'] })],
    ['aud that is the issuer', claims({ aud: ISSUER })],
    ['without sub', without('sub')],
    ['sub of an unknown key', claims({ sub: 'key_2', client_id: 'key_2' })],
    ['sub that is no key', claims({ sub: 'cus_1', client_id: 'cus_1' })],
    ['sub as a number', claims({ sub: 1, client_id: 1 })],
    ['client_id of another', claims({ client_id: 'key_2' })],
    ['without client_id', without('client_id')],
    ['customer of another', claims({ customer: 'cus_2' })],
    ['without the customer of its key', without('customer')],
    ['customer null', claims({ customer: null })],
    ['project that is no project', claims({ project: '../x' })],
    ['without jti', without('jti')],
    ['jti of another shape', claims({ jti: 'x' })],
    ['jti as a number', claims({ jti: 1 })],
    // Scopes.
    ['without scope', without('scope')],
    ['scope as a list', claims({ scope: ['usage:write'] })],
    ['scope empty', claims({ scope: '' })],
    ['scope with two spaces', claims({ scope: 'usage:write  usage:read' })],
    ['scope with a space at its end', claims({ scope: 'usage:write ' })],
    ['scope with a quote', claims({ scope: 'usage:write "' })],
    ['scope with a line break', claims({ scope: 'usage:write\nadmin' })],
    ['scope of endless length', claims({ scope: 'a '.repeat(600).trim() })],
    // Not a token at all.
    ['dots alone', '..'],
    ['a key secret with a dot', 'tg_live_.'],
  ])('%s', async (_name, token) => {
    const { codeOf } = await createWorld();
    expect(await codeOf(token)).toBe('invalid_token');
  });

  it('only a token whose signature is valid is said to have expired', async () => {
    const { codeOf } = await createWorld();
    const old = { iat: NOW_S - 900, exp: NOW_S };
    expect(await codeOf(claims(old))).toBe('token_expired');
    expect(await codeOf(tokenOf(HEADER, { ...CLAIMS, ...old }, stranger))).toBe('invalid_token');
  });
});
