// Signing in: what a session may do, what ends it, and that no other site can use it. By the status of the answers.

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';
import { expectDocumented } from './openapi.ts';

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({
    ...{ TOLLGATE_LOCKOUT_FAILURES: '12', TOLLGATE_LOCKOUT_FORGIVEN_PER_MINUTE: '1' },
    TOLLGATE_FRAME_ANCESTORS: 'https://app.example.com, http://localhost:3000',
  });
});
afterAll(() => fixture.close());

const PAGE = { 'X-Tollgate-Dashboard': '1' };

type Headers = Readonly<Record<string, string>>;

/** Signs in and gives the calls of that browser. */
async function signIn(secret?: string) {
  const answer = await fixture.call('POST', '/v1/sessions', secret === undefined ? {} : { secret });
  if (answer.status !== 201) throw new Error(answer.text);
  return browserOf(answer);
}

function browserOf(answer: Awaited<ReturnType<ApiFixture['call']>>) {
  const setCookie = answer.headers.get('set-cookie') ?? '';
  const cookie = setCookie.split(';')[0] ?? '';
  const call = (method: string, path: string, options: { readonly body?: unknown; readonly headers?: Headers } = {}) =>
    fixture.call(method, path, { ...options, secret: null, headers: { Cookie: cookie, ...PAGE, ...options.headers } });
  return { answer, setCookie, cookie, call, id: String(answer.body.id) };
}

const refusedWithin = (browser: Awaited<ReturnType<typeof signIn>>, problem: object) =>
  eventually(async () => expect(await browser.call('GET', '/v1/sessions/current')).toMatchObject(problem), {
    timeoutMs: 1_000,
  });

describe('201', () => {
  it('the key is exchanged for a cookie that no script reads and no other site sends', async () => {
    const { answer, setCookie, call } = await signIn();
    expect(setCookie).toMatch(
      /^tollgate_session=tg_session_[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.text).not.toContain('tg_session_');
    expect(answer.body).toMatchObject({ kind: 'key', customer: null, is_current: true, scopes: ['admin'] });
    const document = (await fixture.call('GET', '/openapi.json')).body;
    expectDocumented(document, { operationId: 'openSession', ...answer });
    const current = await call('GET', '/v1/sessions/current');
    expectDocumented(document, { operationId: 'getCurrentSession', ...current });
    const listed = await call('GET', '/v1/sessions');
    expectDocumented(document, { operationId: 'listSessions', ...listed });
    expect(listed.body.data).toContainEqual(expect.objectContaining({ id: answer.body.id, is_current: true }));
  });

  it('with HTTPS the cookie is bound to the host', async () => {
    const { api } = fixture;
    await api.signal('SIGTERM');
    await api.start({ TOLLGATE_ISSUER: 'https://api.example.com', TOLLGATE_AUDIENCE: 'x' });
    expect((await signIn()).setCookie).toMatch(
      /^__Host-tollgate_session=.*; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    await api.signal('SIGTERM');
    await api.start();
  });

  it('acts with the scopes of its key and in the name of it', async () => {
    const browser = await signIn();
    const made = await browser.call('POST', '/v1/customers', { body: { name: 'by a person' } });
    expect(made.status).toBe(201);
    const { data } = (await browser.call('GET', `/v1/audit-log?subject=${made.body.id}`)).body;
    expect(data[0]).toMatchObject({ action: 'customer.created', actor: { key: browser.answer.body.key } });
    const opened = (await browser.call('GET', `/v1/audit-log?subject=${browser.id}`)).body.data;
    expect(opened[0]).toMatchObject({ action: 'session.opened', actor: { key: browser.answer.body.key } });
  });
});

describe('204', () => {
  it('signing out ends it, and takes the cookie back', async () => {
    const browser = await signIn();
    const out = await browser.call('DELETE', '/v1/sessions/current');
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/^tollgate_session=; Max-Age=0;/);
    await refusedWithin(browser, problemOf(401, 'token_expired'));
  });

  it('others end it from the list', async () => {
    const [mine, other] = [await signIn(), await signIn()];
    expect((await mine.call('DELETE', `/v1/sessions/${other.id}`)).status).toBe(204);
    await refusedWithin(other, problemOf(401, 'token_expired'));
    expect((await mine.call('GET', '/v1/sessions')).text).not.toContain(other.id);
    const again = await other.call('GET', '/v1/sessions/current');
    expect(again.headers.get('set-cookie')).toMatch(/Max-Age=0/);
  });
});

describe('401', () => {
  it('a cookie that was never given, or two of them, are wrong credentials', async () => {
    const { cookie } = await signIn();
    for (const wrong of [
      'tollgate_session=nonsense',
      `tollgate_session=tg_session_${'A'.repeat(43)}`,
      `${cookie}; ${cookie}`,
    ]) {
      const answer = await fixture.call('GET', '/v1/customers', { secret: null, headers: { Cookie: wrong } });
      expect(answer).toMatchObject(problemOf(401, 'invalid_token'));
    }
  });

  it('ends when it is not used for long', async () => {
    const browser = await signIn();
    const client = new Client({ connectionString: fixture.postgres.url });
    await client.connect();
    await client.query("UPDATE sessions SET used_at = used_at - interval '12 hours' WHERE id = $1", [browser.id]);
    await client.end();
    expect(await browser.call('GET', '/v1/customers')).toMatchObject(problemOf(401, 'token_expired'));
  });

  it('ends with the secret that was exchanged', async () => {
    const { id, secret } = await fixture.createKey({ scopes: ['admin'] });
    const browser = await signIn(secret);
    expect((await browser.call('GET', '/v1/customers')).status).toBe(200);
    expect((await fixture.call('POST', `/v1/keys/${id}/rotate`, { body: { grace_seconds: 0 } })).status).toBe(200);
    await refusedWithin(browser, problemOf(401, 'token_expired'));
  });

  it('ends with its key, and does not come back with it', async () => {
    const { id, secret } = await fixture.createKey({ scopes: ['admin'] });
    const browser = await signIn(secret);
    expect((await browser.call('GET', '/v1/customers')).status).toBe(200);
    expect((await fixture.call('POST', `/v1/keys/${id}/disable`)).status).toBe(200);
    await refusedWithin(browser, { status: expect.toSatisfy((status: number) => status === 401 || status === 403) });
    expect((await fixture.call('POST', `/v1/keys/${id}/enable`)).status).toBe(200);
    await refusedWithin(browser, problemOf(401, 'token_expired'));
  });
});

describe('403', () => {
  it('cross_site_request: what changes something comes from our own pages', async () => {
    const { call } = await signIn();
    const { host } = new URL(fixture.api.url);
    const body = { name: 'by another site' };
    const answers = [
      await call('POST', '/v1/customers', { body, headers: { Origin: 'https://evil.example' } }),
      await call('POST', '/v1/customers', { body, headers: { Origin: 'null' } }),
      await call('POST', '/v1/customers', { body, headers: { 'Sec-Fetch-Site': 'same-site' } }),
      await call('GET', '/v1/customers', { headers: { 'Sec-Fetch-Site': 'cross-site' } }),
    ];
    for (const answer of answers) expect(answer).toMatchObject(problemOf(403, 'cross_site_request'));
    const { cookie } = await signIn();
    const bare = await fixture.call('POST', '/v1/customers', { secret: null, headers: { Cookie: cookie }, body });
    expect(bare).toMatchObject(problemOf(403, 'cross_site_request'));
    const own = await call('POST', '/v1/customers', { body, headers: { Origin: `http://${host}` } });
    expect(own.status).toBe(201);
  });

  it('insufficient_scope: a session may do what its key may, and opens no other', async () => {
    const customer = await fixture.createCustomer();
    const { secret } = await fixture.createKey({ customer: customer.id, scopes: ['usage:read'] });
    const { call, answer } = await signIn(secret);
    expect(answer.body).toMatchObject({ customer: customer.id, scopes: ['usage:read'] });
    expect(await call('GET', '/v1/keys')).toMatchObject(problemOf(403, 'insufficient_scope'));
    expect(await call('POST', '/v1/sessions')).toMatchObject(problemOf(403, 'insufficient_scope'));
  });

  it("sessions of the operator are not a customer's to see or end", async () => {
    const customer = await fixture.createCustomer();
    const { secret } = await fixture.createKey({ customer: customer.id, scopes: ['keys:read', 'keys:write'] });
    const [theirs, ours] = [await signIn(secret), await signIn()];
    const listed = await theirs.call('GET', '/v1/sessions');
    expect(listed.body.data.map(({ id }: { id: string }) => id)).toEqual([theirs.id]);
    expect(await theirs.call('DELETE', `/v1/sessions/${ours.id}`)).toMatchObject(problemOf(404, 'not_found'));
  });
});

describe("in another site's frame", () => {
  const FRAME = { 'Sec-Fetch-Site': 'same-origin', ...PAGE };
  const open = async () => {
    const { id } = await fixture.createCustomer();
    const { body } = await fixture.call('POST', '/v1/portal-sessions', {
      body: { customer: id, scopes: ['usage:read', 'keys:read', 'keys:write'] },
    });
    const token = new URL(body.embedded_url).hash.slice(1);
    expect(body.embedded_url).toBe(`${fixture.api.url}/embedded/portal#${token}`);
    const opened = await fixture.call('POST', '/embedded/v1/portal-sessions/open', { secret: null, body: { token } });
    expect(opened.status).toBe(201);
    return { customerId: id, ...browserOf(opened) };
  };

  it('the listed origins may frame the view for frames, and nobody any other page', async () => {
    for (const [path, ancestors] of [
      ['/embedded', 'https://app.example.com http://localhost:3000'],
      ['/embedded/usage', 'https://app.example.com http://localhost:3000'],
      ['/', "'none'"],
      ['/usage', "'none'"],
    ] as const) {
      const { headers } = await fixture.call('GET', path);
      expect(headers.get('content-security-policy')).toContain(`frame-ancestors ${ancestors}`);
      expect(headers.get('x-frame-options')).toBe(ancestors === "'none'" ? 'DENY' : null);
    }
  });

  it('its cookie is kept apart for each site around it, and is the only credential there', async () => {
    const { setCookie, cookie, customerId } = await open();
    expect(setCookie).toMatch(
      /^tollgate_embedded=tg_session_[\w-]{43}; Max-Age=3600; Path=\/; HttpOnly; SameSite=None; Secure; Partitioned$/,
    );
    const get = (path: string, headers: Headers, secret: string | null = null) =>
      fixture.call('GET', path, { secret, headers });
    const own = await get('/embedded/v1/customers', { Cookie: cookie, ...FRAME });
    expect(own.body.data.map(({ id }: { id: string }) => id)).toEqual([customerId]);
    const dashboard = (await signIn()).cookie;
    for (const answer of [
      // Neither cookie is of use to the other view, and no API key to a frame.
      await get('/v1/customers', { Cookie: cookie, ...FRAME }),
      await get('/embedded/v1/customers', { Cookie: dashboard, ...FRAME }),
      await get('/embedded/v1/customers', FRAME, fixture.operatorKey),
      await fixture.call('POST', '/embedded/v1/sessions', { headers: FRAME }),
    ]) {
      expect(answer).toMatchObject(problemOf(401, 'missing_token'));
    }
    // What changes something for both: the frame's session, and not the operator's.
    const both = await get('/embedded/v1/sessions/current', { Cookie: `${dashboard}; ${cookie}`, ...FRAME });
    expect(both.body).toMatchObject({ kind: 'portal', customer: customerId });
  });

  it('only what the frame itself asks is answered', async () => {
    const { cookie, customerId } = await open();
    const ask = (method: string, headers: Headers) =>
      fixture.call(method, '/embedded/v1/keys', {
        ...{ secret: null, headers: { Cookie: cookie, ...headers } },
        ...(method === 'POST' ? { body: { name: 'of a frame', scopes: ['usage:read'] } } : {}),
      });
    for (const answer of [
      await ask('GET', {}),
      await ask('GET', { 'Sec-Fetch-Site': 'none' }),
      await ask('GET', { 'Sec-Fetch-Site': 'cross-site' }),
      await ask('POST', { 'Sec-Fetch-Site': 'same-origin' }),
      await ask('POST', { ...FRAME, Origin: 'https://app.example.com' }),
    ]) {
      expect(answer).toMatchObject(problemOf(403, 'cross_site_request'));
    }
    expect(await ask('POST', FRAME)).toMatchObject({ status: 201, body: { customer: customerId } });
  });

  it('a session that has ended takes its own cookie back', async () => {
    const { cookie } = await open();
    const headers = { Cookie: cookie, ...FRAME };
    const out = await fixture.call('DELETE', '/embedded/v1/sessions/current', { secret: null, headers });
    expect(out.headers.get('set-cookie')).toMatch(/^tollgate_embedded=; Max-Age=0;.*Partitioned$/);
  });
});

describe('a portal link', () => {
  const link = async (fields: object) => {
    const answer = await fixture.call('POST', '/v1/portal-sessions', { body: fields });
    expect(answer.status).toBe(201);
    return { ...answer.body, token: new URL(answer.body.url).hash.slice(1) };
  };
  const open = (token: string) => fixture.call('POST', '/v1/portal-sessions/open', { secret: null, body: { token } });

  it('lets one customer in, once, and to look alone', async () => {
    const [ours, theirs] = [await fixture.createCustomer(), await fixture.createCustomer()];
    const { token, url } = await link({ customer: ours.id });
    expect(url).toBe(`${fixture.api.url}/portal#${token}`);
    const answer = await open(token);
    expect(answer).toMatchObject({
      status: 201,
      body: { kind: 'portal', customer: ours.id, customer_name: 'A customer' },
    });
    const browser = browserOf(answer);
    expect((await browser.call('GET', '/v1/customers')).body.data.map(({ id }: { id: string }) => id)).toEqual([
      ours.id,
    ]);
    expect(await browser.call('GET', `/v1/customers/${theirs.id}`)).toMatchObject(problemOf(404, 'not_found'));
    expect(await browser.call('POST', '/v1/keys', { body: { name: 'x', scopes: ['usage:read'] } })).toMatchObject(
      problemOf(403, 'insufficient_scope'),
    );
    expect(await browser.call('GET', '/v1/refusals')).toMatchObject(problemOf(403, 'insufficient_scope'));
    expect(await open(token)).toMatchObject(problemOf(401, 'invalid_token'));
  });

  it('ends with the key that made it', async () => {
    const customer = await fixture.createCustomer();
    const maker = await fixture.createKey({ scopes: ['admin'] });
    const body = { customer: customer.id, scopes: ['keys:read', 'keys:write', 'usage:read'] };
    const made = await fixture.call('POST', '/v1/portal-sessions', { secret: maker.secret, body });
    const browser = browserOf(await open(new URL(made.body.url).hash.slice(1)));
    const key = await browser.call('POST', '/v1/keys', { body: { name: 'own', scopes: ['usage:read'] } });
    expect(key).toMatchObject({ status: 201, body: { customer: customer.id } });
    await fixture.call('DELETE', `/v1/keys/${maker.id}`);
    await refusedWithin(browser, { status: 401 });
  });
});

// The last: the address of these tests is locked out afterwards.
it('429: who guesses is locked out, whatever is guessed', async () => {
  const guess = { secret: null, headers: { Cookie: `tollgate_session=tg_session_${'B'.repeat(43)}` } };
  const statuses = new Set<number>();
  for (let attempt = 0; attempt < 20; attempt += 1) statuses.add((await fixture.call('GET', '/v1/keys', guess)).status);
  expect(statuses).toContain(429);
  expect(await fixture.call('POST', '/v1/sessions')).toMatchObject(problemOf(429, 'locked_out'));
});
