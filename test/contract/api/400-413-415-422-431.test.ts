import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, bodyOf, problemOf, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

const PERIOD = 'start=2026-11-01T00:00:00Z&end=2026-12-01T00:00:00Z';
const post = (body: unknown, headers = {}) => fixture.call('POST', '/v1/customers', { body, headers });

/** What the server answers to bytes that are no request of any client. */
async function answerTo(bytes: string): Promise<string> {
  const { port } = new URL(fixture.api.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.setTimeout(10_000, () => socket.destroy());
  socket.write(bytes);
  return await text(socket);
}

describe('400', () => {
  it.each(['{', '', ' ', '{"name":"a"} x', "{'name':'a'}", '{"name":"\\x"}', 'nil'].filter((body) => body !== ''))(
    'malformed_json: %j',
    async (body) => {
      expect(await post(body)).toMatchObject(problemOf(400, 'malformed_json'));
    },
  );

  it('malformed_json: bytes that are not UTF-8', async () => {
    const res = await fetch(`${fixture.api.url}/v1/customers`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${fixture.operatorKey}`, 'Content-Type': 'application/json' },
      body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    });
    expect([res.status, (await bodyOf(res)).code]).toEqual([400, 'malformed_json']);
  });

  it.each(['with space', 'x'.repeat(256)])('invalid_request: an Idempotency-Key that is none, case %#', async (key) => {
    expect(await post({ name: 'A' }, { 'Idempotency-Key': key })).toMatchObject(problemOf(400, 'invalid_request'));
  });

  it('invalid_request: a path that does not decode', async () => {
    expect(await fixture.call('GET', '/v1/customers/%ff')).toMatchObject(problemOf(400, 'invalid_request'));
  });

  it('invalid_request: a cursor of another list', async () => {
    const answer = await fixture.call('GET', `/v1/usage?${PERIOD}&cursor=abc`);
    expect(answer).toMatchObject(problemOf(400, 'invalid_request'));
  });

  it('invalid_request: what is not HTTP', async () => {
    const answer = await answerTo('NONSENSE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"invalid_request"');
  });
});

it('413 body_too_large, with and without a length in front', async () => {
  const name = 'x'.repeat(100_000);
  expect(await post({ name })).toMatchObject(problemOf(413, 'body_too_large'));
  const res = await fetch(`${fixture.api.url}/v1/customers`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${fixture.operatorKey}`, 'Content-Type': 'application/json' },
    body: new Blob([JSON.stringify({ name })]).stream(),
    duplex: 'half',
  });
  expect([res.status, (await bodyOf(res)).code]).toEqual([413, 'body_too_large']);
});

it.each([
  ['text/plain', 'unsupported_media_type'],
  ['application/x-www-form-urlencoded', 'unsupported_media_type'],
  ['application/json; charset=latin1', 'unsupported_media_type'],
])('415 for %s', async (contentType, code) => {
  expect(await post('{"name":"A"}', { 'Content-Type': contentType })).toMatchObject(problemOf(415, code));
});

it('415 for a compressed body', async () => {
  const answer = await post('{"name":"A"}', { 'Content-Encoding': 'gzip' });
  expect(answer).toMatchObject(problemOf(415, 'unsupported_encoding'));
});

it('431 for headers past the bound', async () => {
  const answer = await answerTo(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer).toContain('"code":"headers_too_large"');
});

describe('422 validation_failed', () => {
  it('says all that is wrong with a body, each by its pointer', async () => {
    const answer = await post({ nam: 'A', currency: 'usd', zone: 'Mars/Base', metadata: [], 'a/b~c': 1 });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(answer.body.errors).toEqual(
      expect.arrayContaining([
        { pointer: '/name', detail: 'is required.' },
        { pointer: '/nam', detail: 'is not known here.' },
        { pointer: '/a~1b~0c', detail: 'is not known here.' },
        { pointer: '/currency', detail: 'must be an ISO 4217 currency code, such as USD.' },
        { pointer: '/zone', detail: 'must be an IANA time zone, such as Europe/Berlin.' },
        { pointer: '/metadata', detail: 'must be object.' },
      ]),
    );
  });

  it.each([
    ['[]', ''],
    ['null', ''],
    ['"text"', ''],
    ['{"name":""}', '/name'],
    ['{"name":null}', '/name'],
    [`{"name":"${'x'.repeat(201)}"}`, '/name'],
    ['{"name":"\\ud800"}', '/name'],
    ['{"name":"a\\u0000b"}', '/name'],
    ['{"name":"A","metadata":{"deep":["\\udfff"]}}', '/metadata/deep/0'],
    ['{"name":"A","__proto__":{"admin":true}}', '/__proto__'],
    [`{"name":"A","metadata":{"deep":${'['.repeat(60)}${']'.repeat(60)}}}`, `/metadata/deep${'/0'.repeat(18)}`],
    [`{"name":"A","metadata":{"n":1e400}}`, '/metadata/n'],
  ])('of %j', async (body, pointer) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it.each([
    [{ name: 'k' }, '/scopes'],
    [{ name: 'k', scopes: [] }, '/scopes'],
    [{ name: 'k', scopes: ['everything'] }, '/scopes/0'],
    [{ name: 'k', scopes: ['usage:read', 'usage:read'] }, '/scopes'],
    [{ name: 'k', scopes: ['usage:read'], expires_at: '2027-01-01' }, '/expires_at'],
    [{ name: 'k', scopes: ['usage:read'], mode: 'prod' }, '/mode'],
    [{ name: 'k', scopes: ['usage:read'], customer: 'cus_1' }, '/customer'],
    [{ name: 'k', scopes: ['usage:read'], customer: `cus_${'0'.repeat(26)}` }, '/customer'],
    [{ name: 'k', scopes: ['usage:read'], project: `prj_${'0'.repeat(26)}` }, '/project'],
    [{ name: 'k', scopes: ['usage:read'], secret: 'tg_live_mine' }, '/secret'],
    [{ name: 'k', scopes: ['usage:read'], allowed_models: [] }, '/allowed_models'],
    [{ name: 'k', scopes: ['usage:read'], allowed_models: ['gpt-4o', 'a b'] }, '/allowed_models/1'],
    [{ name: 'k', scopes: ['usage:read'], allowed_models: ['**'] }, '/allowed_models/0'],
    [{ name: 'k', scopes: ['usage:read'], allowed_ips: [] }, '/allowed_ips'],
    [
      { name: 'k', scopes: ['usage:read'], rate_limits: { requests_per_minute: 0 } },
      '/rate_limits/requests_per_minute',
    ],
    [{ name: 'k', scopes: ['usage:read'], rate_limits: { per_minute: 1 } }, '/rate_limits/per_minute'],
    [{ name: 'k', scopes: ['usage:read'], enabled: 'yes' }, '/enabled'],
  ])('of a key %j', async (body, pointer) => {
    const answer = await fixture.call('POST', '/v1/keys', { body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it.each([
    [{ name: null }, '/name'],
    [{ scopes: null }, '/scopes'],
    [{ enabled: null }, '/enabled'],
    [{ customer: null }, '/customer'],
    [{ mode: 'test' }, '/mode'],
    [{ id: 'key_1' }, '/id'],
    [{ metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`m${n}`, n])) }, '/metadata'],
  ])('of a change to a key %j', async (body, pointer) => {
    const { id } = await fixture.createKey({});
    const answer = await fixture.call('PATCH', `/v1/keys/${id}`, { body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it.each([
    [{ grace_seconds: 604_801 }, '/grace_seconds'],
    [{ grace_seconds: -1 }, '/grace_seconds'],
    [{ at: '2020-01-01T00:00:00Z' }, '/at'],
    [{ at: '2199-01-01T00:00:00Z' }, '/at'],
    [{ at: 'tomorrow' }, '/at'],
  ])('of a rotation %j', async (body, pointer) => {
    const { id } = await fixture.createKey({});
    const answer = await fixture.call('POST', `/v1/keys/${id}/rotate`, { body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ pointer }] } });
  });

  it("of a key in another customer's project, and of a customer's key that reaches past its customer", async () => {
    const [ours, theirs] = [await fixture.createCustomer(), await fixture.createCustomer()];
    const project = (await fixture.call('POST', '/v1/projects', { body: { name: 'p', customer: theirs.id } })).body.id;
    for (const [fields, pointer] of [
      [{ scopes: ['usage:read'], project }, '/project'],
      [{ scopes: ['usage:read', 'admin'] }, '/scopes/1'],
      [{ scopes: ['usage:write:any'] }, '/scopes/0'],
    ] as const) {
      const body = { name: 'k', customer: ours.id, ...fields };
      const answer = await fixture.call('POST', '/v1/keys', { body });
      expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ pointer }] } });
    }
  });

  it.each([
    ['/v1/customers?limit=0', 'limit'],
    ['/v1/customers?limit=1001', 'limit'],
    ['/v1/customers?limit=1e2', 'limit'],
    ['/v1/customers?limit=1&limit=2', 'limit'],
    ['/v1/customers?foo=1', 'foo'],
    ['/v1/organization?foo=1', 'foo'],
    ['/v1/usage', 'start'],
    ['/v1/usage?start=2026-11-01&end=2026-12-01T00:00:00Z', 'start'],
    ['/v1/usage?start=2026-12-01T00:00:00Z&end=2026-12-01T00:00:00Z', 'end'],
    ['/v1/usage?start=0001-01-01T00:00:00Z&end=9999-01-01T00:00:00Z', 'end'],
    [`/v1/usage?${PERIOD}&bucket=week`, 'bucket'],
    [`/v1/usage?${PERIOD}&zone=%2B02:00`, 'zone'],
    [`/v1/usage?${PERIOD}&group_by=model,foo`, 'group_by'],
    [`/v1/usage?${PERIOD}&group_by=model,model`, 'group_by'],
    [`/v1/usage?${PERIOD}&metadata=x`, 'metadata'],
    [`/v1/usage?${PERIOD}&metadata.=x`, 'metadata.'],
    [`/v1/usage?${PERIOD}&format=csv&limit=3`, 'format'],
    [`/v1/usage?${PERIOD}&model=%00`, 'model'],
    [`/v1/events?${PERIOD}&state=lost`, 'state'],
    ['/v1/events?start=2026-11-01T00:00:00Z', 'end'],
    ['/v1/events/a', 'customer'],
    ['/v1/books', 'end'],
  ])('of %s', async (path, parameter) => {
    const answer = await fixture.call('GET', path);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(parameter);
  });

  it('a body where none is taken', async () => {
    const { id } = await fixture.createKey({});
    const answer = await fixture.call('POST', `/v1/keys/${id}/disable`, { body: { force: true } });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/force' }] } });
    expect((await fixture.call('GET', `/v1/keys/${id}`)).body.enabled).toBe(true);
  });
});

it('422 idempotency_key_reused: the same key for another request', async () => {
  const headers = { 'Idempotency-Key': 'reused' };
  expect((await post({ name: 'A' }, headers)).status).toBe(201);
  expect(await post({ name: 'B' }, headers)).toMatchObject(problemOf(422, 'idempotency_key_reused'));
  const elsewhere = await fixture.call('POST', '/v1/keys', { headers, body: { name: 'A', scopes: ['usage:read'] } });
  expect(elsewhere).toMatchObject(problemOf(422, 'idempotency_key_reused'));
});

it.each([
  [['10.0.0.1/8'], ['/allowed_ips/0']],
  [['10.0.0.0/8', '010.0.0.1', '2001:DB8::/32', 'localhost', '::1/128'], [1, 2, 3].map((n) => `/allowed_ips/${n}`)],
  [['192.0.2.0/33', '192.0.2.0/', '192.0.2'], [0, 1, 2].map((n) => `/allowed_ips/${n}`)],
])('422 invalid_cidr of %j, when a key is made and when it is changed', async (allowedIps, pointers) => {
  const { id } = await fixture.createKey({});
  for (const answer of [
    await fixture.call('POST', '/v1/keys', { body: { name: 'k', scopes: ['usage:read'], allowed_ips: allowedIps } }),
    await fixture.call('PATCH', `/v1/keys/${id}`, { body: { allowed_ips: allowedIps } }),
  ]) {
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_cidr' } });
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual(pointers);
  }
});
