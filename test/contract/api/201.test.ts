import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const idOf = (prefix: string) => expect.stringMatching(new RegExp(`^${prefix}_[0-9a-z]{26}$`));

describe('POST /v1/customers', () => {
  it('makes a customer with the currency and zone of the organization', async () => {
    const { status, body, headers } = await fixture.call('POST', '/v1/customers', { body: { name: 'Ada' } });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: idOf('cus'),
      name: 'Ada',
      external_id: null,
      currency: 'EUR',
      zone: 'Europe/Berlin',
      billing_day: 1,
      metadata: {},
      key_policy: { max_keys: 1_000, allowed_scopes: null },
      suspended_at: null,
      suspension_reason: null,
      created_at: isoTime,
    });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('keeps what it is given', async () => {
    const given = {
      name: 'Ünï ✓ 𝕏',
      external_id: 'crm/17',
      currency: 'JPY',
      zone: 'Asia/Tokyo',
      metadata: { tier: 'gold', seats: 3, nested: { list: [1, 'two', null, true] } },
      key_policy: { max_keys: 3, allowed_scopes: ['usage:write'] },
    };
    const { body } = await fixture.call('POST', '/v1/customers', { body: given });
    expect(body).toMatchObject(given);
    expect((await fixture.call('GET', `/v1/customers/${body.id}`)).body).toEqual(body);
  });
});

describe('POST /v1/projects', () => {
  it("makes a project of a customer, for the operator and for the customer's own key", async () => {
    const customer = await fixture.createCustomer();
    const { secret } = await fixture.createKey({ customer: customer.id, scopes: ['keys:write', 'keys:read'] });
    const byOperator = await fixture.call('POST', '/v1/projects', { body: { name: 'p', customer: customer.id } });
    const byCustomer = await fixture.call('POST', '/v1/projects', { secret, body: { name: 'q' } });
    expect(byOperator).toMatchObject({ status: 201, body: { id: idOf('prj'), customer: customer.id, name: 'p' } });
    expect(byCustomer).toMatchObject({ status: 201, body: { id: idOf('prj'), customer: customer.id, name: 'q' } });
  });
});

describe('POST /v1/keys', () => {
  it('shows the secret, which works at once, and never again', async () => {
    const customer = await fixture.createCustomer();
    const project = (await fixture.call('POST', '/v1/projects', { body: { name: 'p', customer: customer.id } })).body;
    const given = {
      name: 'backend',
      customer: customer.id,
      project: project.id,
      mode: 'test',
      scopes: ['usage:write', 'keys:read'],
      allowed_models: ['gpt-4o*', 'claude-*-sonnet-*'],
      allowed_ips: ['127.0.0.1', '203.0.113.0/24', '2001:db8::/32'],
      rate_limits: { requests_per_minute: 60, tokens_per_minute: null },
      enabled: true,
      expires_at: '2199-01-01T00:00:00+01:00',
      metadata: { team: 'a' },
    };
    const { status, body } = await fixture.call('POST', '/v1/keys', { body: given });
    expect(status).toBe(201);
    const { secret, ...key } = body;
    expect(secret).toMatch(/^tg_test_[0-9A-Za-z]{36}$/);
    expect(key).toEqual({
      ...given,
      id: idOf('key'),
      allowed_ips: ['127.0.0.1/32', '203.0.113.0/24', '2001:db8::/32'],
      expires_at: '2198-12-31T23:00:00.000Z',
      disabled_reason: null,
      created_at: isoTime,
      last_used_at: null,
      last_used_from: null,
      secrets: [
        {
          id: idOf('sec'),
          hint: secret.slice(-4),
          created_at: isoTime,
          retires_at: null,
          expires_at: null,
          last_used_at: null,
          last_used_from: null,
        },
      ],
    });
    const seen = await fixture.call('GET', `/v1/keys/${key.id}`, { secret });
    expect(seen).toMatchObject({ status: 200, body: key });
    expect(seen.text).not.toContain(secret);
    const listed = await fixture.call('GET', `/v1/keys?customer=${customer.id}`);
    expect(listed.text).not.toContain(secret);
  });

  it("lets a customer's key make keys of its customer, with scopes that it holds", async () => {
    const customer = await fixture.createCustomer();
    const { secret } = await fixture.createKey({ customer: customer.id, scopes: ['keys:write', 'usage:read'] });
    const made = await fixture.call('POST', '/v1/keys', { secret, body: { name: 'k', scopes: ['usage:read'] } });
    expect(made).toMatchObject({ status: 201, body: { customer: customer.id, scopes: ['usage:read'] } });
  });

  it('makes operator keys that reach all customers', async () => {
    const { secret } = await fixture.createKey({ scopes: ['usage:write:any', 'limits:check:any'] });
    expect(secret).toMatch(/^tg_live_/);
  });

  it('writes neither the secret nor its digest into the log', async () => {
    const { secret } = await fixture.createKey({ scopes: ['admin'] });
    await fixture.call('GET', '/v1/customers', { secret });
    expect(fixture.api.output()).toContain('"route":"/v1/customers"');
    expect(fixture.api.output()).not.toContain(secret);
    expect(fixture.api.output()).not.toContain(fixture.operatorKey);
  });
});

describe('an Idempotency-Key', () => {
  it('gives the same secret again, and makes one key', async () => {
    const customer = await fixture.createCustomer();
    const request = {
      headers: { 'Idempotency-Key': `k-${customer.id}` },
      body: { name: 'once', customer: customer.id, scopes: ['usage:read'] },
    };
    const first = await fixture.call('POST', '/v1/keys', request);
    const again = await fixture.call('POST', '/v1/keys', request);
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again).toMatchObject({ status: 201, text: first.text });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await fixture.call('GET', `/v1/keys?customer=${customer.id}`)).body.data).toHaveLength(1);
    expect((await fixture.call('GET', '/v1/organization', { secret: again.body.secret })).status).toBe(200);
  });

  it('belongs to its caller', async () => {
    const headers = { 'Idempotency-Key': 'the-same' };
    const other = await fixture.createKey({ scopes: ['admin'] });
    const first = await fixture.call('POST', '/v1/customers', { headers, body: { name: 'A' } });
    const second = await fixture.call('POST', '/v1/customers', { headers, body: { name: 'B' }, secret: other.secret });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.id).not.toBe(first.body.id);
  });

  it('survives a restart of the api', async () => {
    const request = { headers: { 'Idempotency-Key': 'restart' }, body: { name: 'k', scopes: ['usage:read'] } };
    const first = await fixture.call('POST', '/v1/keys', request);
    await fixture.api.signal('SIGKILL');
    await fixture.api.start();
    expect((await fixture.call('POST', '/v1/keys', request)).text).toBe(first.text);
  });

  it('has one effect, however many send it at once', async () => {
    const customer = await fixture.createCustomer();
    const request = { headers: { 'Idempotency-Key': 'race' }, body: { name: 'p', customer: customer.id } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => fixture.call('POST', '/v1/projects', request)));
    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    expect(refused.every(({ body }) => body.code === 'idempotency_key_in_use')).toBe(true);
    expect((await fixture.call('GET', `/v1/projects?customer=${customer.id}`)).body.data).toHaveLength(1);
  });

  it('is free again after a refusal', async () => {
    const headers = { 'Idempotency-Key': 'refused-first' };
    const refused = await fixture.call('POST', '/v1/projects', { headers, body: { name: 'p', customer: null } });
    const customer = await fixture.createCustomer();
    const made = await fixture.call('POST', '/v1/projects', { headers, body: { name: 'p', customer: customer.id } });
    expect([refused.status, made.status]).toEqual([422, 201]);
  });
});
