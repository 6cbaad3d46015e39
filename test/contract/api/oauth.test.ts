// The OAuth endpoints over real HTTP: what they grant, what they refuse and how, and how a family of refresh tokens ends.
// Long, because all of it shares one set of servers.

import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { runSql } from '../accounts/postgres-fixture.ts';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';

interface Key {
  readonly id: string;
  readonly secret: string;
}

let fixture: ApiFixture;
let customerId: string;
let key: Key;
let operator: Key;
beforeAll(async () => {
  fixture = await startApiFixture();
  customerId = (await fixture.createCustomer()).id;
  key = await createKey();
  operator = await fixture.createKey({ scopes: ['admin'] });
});
afterAll(() => fixture.close());

const SCOPES = ['usage:read', 'keys:read', 'usage:write'];
const createKey = async (fields: object = {}): Promise<Key> =>
  await fixture.createKey({ customer: customerId, scopes: SCOPES, ...fields });

const basic = ({ id, secret }: Key): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

/** As a client that authenticates in the body, unless headers say otherwise. */
async function post(path: string, form: object | string, headers: Record<string, string> = {}, as: Key | null = key) {
  const credential = as === null || 'Authorization' in headers ? {} : { client_id: as.id, client_secret: as.secret };
  const body = typeof form === 'string' ? form : new URLSearchParams({ ...form, ...credential }).toString();
  return await fixture.call('POST', path, {
    secret: null,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body,
  });
}

const CLIENT = { grant_type: 'client_credentials' };
const grant = async (as: Key = key, form: object = {}) =>
  (await post('/oauth/token', { ...CLIENT, ...form }, {}, as)).body;
const refresh = (refreshToken: string, as: Key = key, form: object = {}) =>
  post('/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken, ...form }, {}, as);
const introspect = async (token: string, as: Key = key) => (await post('/oauth/introspect', { token }, {}, as)).body;
const statusWith = async (token: string) => (await fixture.call('GET', '/v1/keys', { secret: token })).status;

/** What every error of these endpoints is. */
function oauthErrorOf(status: number, error: string, code: string = error) {
  return {
    status,
    body: {
      error,
      code,
      error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
      detail: expect.any(String),
      request_id: expect.any(String),
    },
  };
}

describe('200', () => {
  it('client_credentials: a token for the key, of the key, no longer than said', async () => {
    const answer = await post('/oauth/token', CLIENT, basic(key));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        token_type: 'Bearer',
        expires_in: 900,
        refresh_token: expect.stringMatching(/^tg_refresh_/),
      },
    });
    expect(answer.body.scope.split(' ').sort()).toEqual([...SCOPES].sort());
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [header, claims] = answer.body.access_token
      .split('.')
      .slice(0, 2)
      .map((part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    expect(header).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.any(String) });
    expect(claims).toEqual({
      iss: fixture.api.url,
      aud: fixture.api.url,
      sub: key.id,
      client_id: key.id,
      iat: expect.any(Number),
      exp: claims.iat + 900,
      jti: expect.stringMatching(/^tok_/),
      scope: answer.body.scope,
      customer: customerId,
    });
    expect(await statusWith(answer.body.access_token)).toBe(200);
  });

  it('the metadata names this server exactly, and the keys are public and cacheable', async () => {
    const metadata = await fixture.call('GET', '/.well-known/oauth-authorization-server', { secret: null });
    expect(metadata.body).toMatchObject({
      issuer: fixture.api.url,
      token_endpoint: `${fixture.api.url}/oauth/token`,
      jwks_uri: `${fixture.api.url}/.well-known/jwks.json`,
    });
    const jwks = await fixture.call('GET', '/.well-known/jwks.json', { secret: null });
    expect(jwks.headers.get('cache-control')).toBe('public, max-age=300');
    expect(jwks.body.keys).toEqual([
      { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String), alg: 'EdDSA', use: 'sig' },
    ]);
  });

  it('a scope is narrowed, and by a refresh for one token alone', async () => {
    const first = await grant(key, { scope: 'usage:read keys:read' });
    expect(first.scope).toBe('usage:read keys:read');
    const narrow = (await refresh(first.refresh_token, key, { scope: 'usage:read' })).body;
    expect(narrow.scope).toBe('usage:read');
    expect(await fixture.call('GET', '/v1/keys', { secret: narrow.access_token })).toMatchObject(
      problemOf(403, 'insufficient_scope'),
    );
    expect((await refresh(narrow.refresh_token)).body.scope).toBe('usage:read keys:read');
  });

  it('a client sees its own tokens, an operator all, and nobody else any', async () => {
    const { access_token: token, refresh_token: refreshToken } = await grant();
    const stranger = await createKey();
    for (const text of [token, refreshToken]) {
      expect(await introspect(text)).toMatchObject({ active: true, client_id: key.id, iss: fixture.api.url });
      expect(await introspect(text, operator)).toMatchObject({ active: true, client_id: key.id });
      expect(await introspect(text, stranger)).toEqual({ active: false });
    }
    expect(await introspect('nonsense')).toEqual({ active: false });
    expect((await post('/oauth/revoke', { token }, {}, stranger)).status).toBe(200);
    expect((await post('/oauth/revoke', { token: refreshToken }, {}, stranger)).status).toBe(200);
    expect(await introspect(token)).toMatchObject({ active: true });
    expect((await post('/oauth/revoke', { token: 'nonsense' })).status).toBe(200);
  });

  it('a revoked access token is refused within a second, and the act is in the audit log', async () => {
    const { access_token: token } = await grant();
    expect(await statusWith(token)).toBe(200);
    const revoked = await post('/oauth/revoke', { token, token_type_hint: 'refresh_token' });
    expect([revoked.status, revoked.text]).toEqual([200, '']);
    await eventually(async () => expect(await statusWith(token)).toBe(401), { timeoutMs: 1_000 });
    const rows = await runSql(fixture.postgres.url, "SELECT 1 FROM audit_log WHERE action = 'access_token.revoked'");
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe('a family of refresh tokens', () => {
  it('ends with everything that it gave when an old token is used, and its owner is told', async () => {
    const first = await grant();
    const second = (await refresh(first.refresh_token)).body;
    const third = (await refresh(second.refresh_token)).body;
    expect(await refresh(first.refresh_token)).toMatchObject(oauthErrorOf(400, 'invalid_grant'));
    expect(await refresh(third.refresh_token)).toMatchObject(oauthErrorOf(400, 'invalid_grant'));
    for (const { access_token: token } of [first, second, third])
      expect(await introspect(token)).toEqual({ active: false });
    const told = await runSql(fixture.postgres.url, "SELECT data FROM outbox WHERE type = 'key.unusual_use'");
    expect(told).toContainEqual({ data: expect.objectContaining({ key: key.id, reason: 'refresh_token_reused' }) });
  });

  it('forgives a lost answer once, and what it held is good for nothing', async () => {
    const first = await grant();
    const lost = (await refresh(first.refresh_token)).body;
    const again = (await refresh(first.refresh_token)).body;
    expect(await introspect(lost.access_token)).toEqual({ active: false });
    expect(await introspect(again.access_token)).toMatchObject({ active: true });
    const next = (await refresh(again.refresh_token)).body;
    expect(next.access_token).toBeTypeOf('string');
    // Whoever has the lost answer shows that there are two.
    expect(await refresh(lost.refresh_token)).toMatchObject(oauthErrorOf(400, 'invalid_grant'));
    expect(await refresh(next.refresh_token)).toMatchObject(oauthErrorOf(400, 'invalid_grant'));
  });

  it('exchanges a token once however many ask at once', async () => {
    const first = await grant();
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(first.refresh_token)));
    // The second is forgiven, the third is one too many.
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(2);
    for (const { body, status } of answers) {
      if (status === 200) expect(await introspect(body.refresh_token)).toEqual({ active: false });
    }
  });

  it('is of no use to another client, and comes to no harm by it', async () => {
    const { refresh_token: token } = await grant();
    expect(await refresh(token, await createKey())).toMatchObject(oauthErrorOf(400, 'invalid_grant'));
    expect((await refresh(token)).status).toBe(200);
  });

  it('ends with its refresh token revoked, and with its key disabled, also when that is enabled again', async () => {
    const own = await createKey();
    const revoked = await grant(own);
    await post('/oauth/revoke', { token: revoked.refresh_token }, {}, own);
    expect(await refresh(revoked.refresh_token, own)).toMatchObject(oauthErrorOf(400, 'invalid_grant'));
    expect(await introspect(revoked.access_token, own)).toEqual({ active: false });

    const disabled = await grant(own);
    await fixture.call('POST', `/v1/keys/${own.id}/disable`);
    expect(await introspect(disabled.access_token, operator)).toEqual({ active: false });
    await eventually(
      async () => expect(await refresh(disabled.refresh_token, own)).toMatchObject(oauthErrorOf(400, 'invalid_client')),
      { timeoutMs: 1_000 },
    );
    await fixture.call('POST', `/v1/keys/${own.id}/enable`);
    await eventually(
      async () => expect(await refresh(disabled.refresh_token, own)).toMatchObject(oauthErrorOf(400, 'invalid_grant')),
      { timeoutMs: 1_000 },
    );
  });

  it('ends with the secret that it was obtained with, and outlives it by an exchange under the new one', async () => {
    const own = await createKey();
    const rotate = async (graceSeconds: number): Promise<Key> => {
      const body = { grace_seconds: graceSeconds };
      const rotated = await fixture.call('POST', `/v1/keys/${own.id}/rotate`, { body });
      expect(rotated.status).toBe(200);
      return { id: own.id, secret: rotated.body.secret };
    };
    const [left, kept] = [await grant(own), await grant(own)];
    const second = await rotate(60);
    const { refresh_token: going } = (await refresh(kept.refresh_token, second)).body;
    // The first secret is gone for good, the second has its grace.
    const third = await rotate(60);
    expect(await refresh(left.refresh_token, third)).toMatchObject(oauthErrorOf(400, 'invalid_grant'));
    expect((await refresh(going, third)).status).toBe(200);
  });
});

describe('refused', () => {
  const good = () => ({ client_id: key.id, client_secret: key.secret });
  const form = (fields: object): string => new URLSearchParams({ ...fields }).toString();

  it.each<readonly [string, () => Parameters<typeof post>, number, string | readonly [error: string, code: string]]>([
    ['no grant_type', () => ['/oauth/token', {}], 400, 'invalid_request'],
    ['an empty grant_type', () => ['/oauth/token', { grant_type: '' }], 400, 'invalid_request'],
    ['another grant_type', () => ['/oauth/token', { grant_type: 'password' }], 400, 'unsupported_grant_type'],
    ['a scope that is not held', () => ['/oauth/token', { ...CLIENT, scope: 'billing:read' }], 400, 'invalid_scope'],
    [
      'a wider scope beside a held one',
      () => ['/oauth/token', { ...CLIENT, scope: 'usage:read admin' }],
      400,
      'invalid_scope',
    ],
    ['an unknown scope', () => ['/oauth/token', { ...CLIENT, scope: 'openid' }], 400, 'invalid_scope'],
    [
      'a scope with two spaces',
      () => ['/oauth/token', { ...CLIENT, scope: 'usage:read  keys:read' }],
      400,
      'invalid_scope',
    ],
    [
      'another resource',
      () => ['/oauth/token', { ...CLIENT, resource: 'https://evil.example.com' }],
      400,
      'invalid_target',
    ],
    ['another audience', () => ['/oauth/token', { ...CLIENT, audience: 'x' }], 400, 'invalid_target'],
    ['no refresh_token', () => ['/oauth/token', { grant_type: 'refresh_token' }], 400, 'invalid_request'],
    [
      'a refresh_token of another shape',
      () => ['/oauth/token', { grant_type: 'refresh_token', refresh_token: 'x' }],
      400,
      'invalid_grant',
    ],
    [
      'an unknown refresh_token',
      () => ['/oauth/token', { grant_type: 'refresh_token', refresh_token: `tg_refresh_${'A'.repeat(43)}` }],
      400,
      'invalid_grant',
    ],
    [
      'a key secret as a refresh_token',
      () => ['/oauth/token', { grant_type: 'refresh_token', refresh_token: key.secret }],
      400,
      'invalid_grant',
    ],
    ['nobody', () => ['/oauth/token', CLIENT, {}, null], 400, 'invalid_client'],
    [
      'a wrong secret in the body',
      () => ['/oauth/token', CLIENT, {}, { id: key.id, secret: operator.secret }],
      400,
      'invalid_client',
    ],
    [
      'a wrong secret by Basic',
      () => ['/oauth/token', CLIENT, basic({ id: key.id, secret: 'tg_live_x' })],
      401,
      'invalid_client',
    ],
    [
      'the right secret under another id',
      () => ['/oauth/token', CLIENT, basic({ id: operator.id, secret: key.secret })],
      401,
      'invalid_client',
    ],
    [
      'a Bearer secret',
      () => ['/oauth/token', CLIENT, { Authorization: `Bearer ${key.secret}` }],
      401,
      'invalid_client',
    ],
    ['Basic that is none', () => ['/oauth/token', CLIENT, { Authorization: 'Basic ?' }], 401, 'invalid_client'],
    ['both ways', () => ['/oauth/token', form({ ...CLIENT, ...good() }), basic(key)], 400, 'invalid_request'],
    ['an assertion', () => ['/oauth/token', { ...CLIENT, client_assertion: 'x' }], 400, 'invalid_client'],
    [
      'a parameter twice',
      () => ['/oauth/token', `${form({ ...CLIENT, ...good() })}&scope=usage:read&scope=keys:read`],
      400,
      'invalid_request',
    ],
    [
      'the secret twice',
      () => ['/oauth/token', `${form({ ...CLIENT, ...good() })}&client_secret=x`],
      400,
      'invalid_request',
    ],
    ['a broken escape', () => ['/oauth/token', `${form({ ...CLIENT, ...good() })}&x=%zz`], 400, 'invalid_request'],
    ['parameters in the query', () => ['/oauth/token?grant_type=client_credentials', CLIENT], 400, 'invalid_request'],
    ['the secret in the query', () => [`/oauth/token?client_secret=x`, CLIENT], 400, 'invalid_request'],
    [
      'JSON',
      () => ['/oauth/token', JSON.stringify({ ...CLIENT, ...good() }), { 'Content-Type': 'application/json' }],
      415,
      ['invalid_request', 'unsupported_media_type'],
    ],
    [
      'another charset',
      () => [
        '/oauth/token',
        form({ ...CLIENT, ...good() }),
        { 'Content-Type': 'application/x-www-form-urlencoded; charset=latin1' },
      ],
      415,
      ['invalid_request', 'unsupported_media_type'],
    ],
    [
      'a body of endless length',
      () => ['/oauth/token', `x=${'y'.repeat(30_000)}`],
      413,
      ['invalid_request', 'body_too_large'],
    ],
    [
      'an access token as the secret',
      () => ['/oauth/token', CLIENT, basic({ id: key.id, secret: 'a.b.c' })],
      401,
      'invalid_client',
    ],
    ['nothing to revoke', () => ['/oauth/revoke', {}], 400, 'invalid_request'],
    ['nobody who revokes', () => ['/oauth/revoke', { token: 'x' }, {}, null], 400, 'invalid_client'],
    ['nothing to look at', () => ['/oauth/introspect', {}], 400, 'invalid_request'],
    ['nobody who looks', () => ['/oauth/introspect', { token: 'x' }, {}, null], 400, 'invalid_client'],
    [
      'a Bearer who looks',
      () => ['/oauth/introspect', { token: 'x' }, { Authorization: `Bearer ${key.secret}` }],
      401,
      'invalid_client',
    ],
  ])('%s', async (_name, request, status, expected) => {
    const answer = await post(...request());
    const [error, code] = typeof expected === 'string' ? [expected, expected] : expected;
    expect(answer).toMatchObject(oauthErrorOf(status, error, code));
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const challenge = status === 401 ? 'Basic realm="tollgate", charset="UTF-8"' : null;
    expect(answer.headers.get('www-authenticate')).toBe(challenge);
  });

  it('GET: a token is asked for by POST alone', async () => {
    const answer = await fixture.call('GET', '/oauth/token', { secret: null });
    expect(answer).toMatchObject(oauthErrorOf(405, 'invalid_request', 'method_not_allowed'));
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('an Authorization header twice, and a token in the query, wherever', async () => {
    const twice = await new Promise<{ status: number; body: string }>((resolve, reject) => {
      const req = request(`${fixture.api.url}/v1/keys`, (res) =>
        text(res).then((body) => resolve({ status: res.statusCode ?? 0, body }), reject),
      );
      req.setHeader('Authorization', [`Bearer ${key.secret}`, `Bearer ${key.secret}`]);
      req.on('error', reject).end();
    });
    expect([twice.status, JSON.parse(twice.body).code]).toEqual([400, 'invalid_request']);
    const { access_token: token } = await grant();
    for (const secret of [null, key.secret]) {
      const answer = await fixture.call('GET', `/v1/keys?access_token=${token}`, { secret });
      expect(answer).toMatchObject(problemOf(400, 'invalid_request'));
    }
  });

  it('a refresh token and an altered access token are no bearer tokens', async () => {
    const { access_token: token, refresh_token: refreshToken } = await grant();
    const altered = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const secret of [refreshToken, altered, token.slice(0, -1), `${token}.`, `${token}==`]) {
      expect(await fixture.call('GET', '/v1/keys', { secret })).toMatchObject(problemOf(401, 'invalid_token'));
    }
  });
});

it('the encryption key is replaced in steps, and no token and no signing key is lost', async () => {
  const old = fixture.env['TOLLGATE_ENCRYPTION_KEY'] ?? '';
  const renewed = 'renewed'.repeat(5);
  const restart = async (secrets: string): Promise<void> => {
    await fixture.api.signal('SIGTERM');
    await fixture.api.start({ TOLLGATE_ENCRYPTION_KEY: secrets });
  };
  const sealed = async () =>
    await runSql<{ id: string; sealed_private_key: Buffer }>(
      fixture.postgres.url,
      'SELECT id, sealed_private_key FROM signing_keys',
    );
  const { access_token: token } = await grant();
  const before = await sealed();
  for (const secrets of [`${renewed},${old}`, renewed]) {
    await restart(secrets);
    expect(await statusWith(token)).toBe(200);
    expect(await statusWith((await grant()).access_token)).toBe(200);
  }
  const after = await sealed();
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(after).not.toEqual(before);
  // The secret that no longer opens anything is refused at the start, with a sentence, and changes nothing.
  await expect(restart(old)).rejects.toThrow(/TOLLGATE_ENCRYPTION_KEY does not open the signing key/);
  expect(await sealed()).toEqual(after);
});
