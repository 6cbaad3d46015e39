import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

const PERIOD = 'start=2026-11-01T00:00:00Z&end=2026-12-01T00:00:00Z';

describe('401', () => {
  it('missing_token: without a credential', async () => {
    const answer = await fixture.call('GET', '/v1/customers', { secret: null });
    expect(answer).toMatchObject(problemOf(401, 'missing_token'));
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="tollgate", error="missing_token"');
    expect(answer.headers.get('x-request-id')).toBe(answer.body.request_id);
  });

  it('invalid_token: the same for a mistyped secret, an unknown one and another scheme', async () => {
    const mistyped = `${fixture.operatorKey.slice(0, -1)}${fixture.operatorKey.endsWith('a') ? 'b' : 'a'}`;
    const unknown = 'tg_live_0000000000000000000000000000003nUU1K';
    const answers = [
      await fixture.call('GET', '/v1/customers', { secret: mistyped }),
      await fixture.call('GET', '/v1/customers', { secret: unknown }),
      await fixture.call('GET', '/v1/customers', { secret: null, headers: { Authorization: 'Basic YTpi' } }),
      await fixture.call('GET', '/v1/customers', { secret: 'x'.repeat(10_000) }),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject(problemOf(401, 'invalid_token'));
      expect(answer.body.detail).toBe(answers[0]?.body.detail);
    }
  });

  it('token_expired: past its time', async () => {
    const { secret } = await fixture.createKey({ expires_at: '2020-01-01T00:00:00Z' });
    expect(await fixture.call('GET', '/v1/organization', { secret })).toMatchObject(problemOf(401, 'token_expired'));
  });

  it('comes before anything of the request is read', async () => {
    const answer = await fixture.call('POST', '/v1/customers', { secret: null, body: '{not json' });
    expect(answer).toMatchObject(problemOf(401, 'missing_token'));
  });
});

describe('403', () => {
  it('key_disabled: within a second, until it is enabled again', async () => {
    const { id, secret } = await fixture.createKey({ scopes: ['usage:read', 'admin'] });
    expect((await fixture.call('GET', '/v1/organization', { secret })).status).toBe(200);
    const disabled = await fixture.call('POST', `/v1/keys/${id}/disable`);
    expect(disabled).toMatchObject({ status: 200, body: { id, enabled: false } });
    await eventually(
      async () =>
        expect(await fixture.call('GET', '/v1/organization', { secret })).toMatchObject(problemOf(403, 'key_disabled')),
      { timeoutMs: 1_000 },
    );
    expect(await fixture.call('POST', `/v1/keys/${id}/enable`)).toMatchObject({ status: 200, body: { enabled: true } });
    await eventually(async () => expect((await fixture.call('GET', '/v1/organization', { secret })).status).toBe(200), {
      timeoutMs: 1_000,
    });
  });

  it('insufficient_scope: what the key may not do', async () => {
    const customer = await fixture.createCustomer();
    const { secret } = await fixture.createKey({ customer: customer.id, scopes: ['usage:read'] });
    for (const [method, path] of [
      ['GET', '/v1/keys'],
      ['GET', '/v1/customers'],
      ['POST', '/v1/customers'],
      ['POST', '/v1/projects'],
      ['POST', '/v1/keys'],
      ['POST', '/v1/dead-letters/1-0-1/replay'],
    ] as const) {
      expect(await fixture.call(method, path, { secret })).toMatchObject(problemOf(403, 'insufficient_scope'));
    }
  });

  it('insufficient_scope: nobody grants what they do not hold, nor gives it back', async () => {
    const customer = await fixture.createCustomer();
    const { secret } = await fixture.createKey({ customer: customer.id, scopes: ['keys:write', 'keys:read'] });
    for (const scope of ['usage:write', 'usage:write:any', 'admin', 'billing:read']) {
      const answer = await fixture.call('POST', '/v1/keys', {
        secret,
        body: { name: 'k', scopes: ['keys:read', scope] },
      });
      expect(answer).toMatchObject(problemOf(403, 'insufficient_scope'));
    }
    const stronger = await fixture.createKey({ customer: customer.id, scopes: ['billing:read'] });
    expect((await fixture.call('POST', `/v1/keys/${stronger.id}/disable`, { secret })).status).toBe(200);
    const enabled = await fixture.call('POST', `/v1/keys/${stronger.id}/enable`, { secret });
    expect(enabled).toMatchObject(problemOf(403, 'insufficient_scope'));
  });

  it('insufficient_scope: nobody hands on more than their own key may do, nor takes it by rotating or enabling', async () => {
    const customer = await fixture.createCustomer();
    const bounds = {
      allowed_models: ['gpt-4o*'],
      allowed_ips: ['127.0.0.0/8'],
      rate_limits: { requests_per_minute: 60 },
      expires_at: '2199-01-01T00:00:00Z',
    };
    const scopes = ['keys:write', 'keys:read', 'usage:read'];
    const { secret, id } = await fixture.createKey({ customer: customer.id, scopes, ...bounds });
    const make = (fields: object) =>
      fixture.call('POST', '/v1/keys', { secret, body: { name: 'k', scopes: ['usage:read'], ...bounds, ...fields } });
    const within = await make({ allowed_models: ['gpt-4o-mini'], allowed_ips: ['127.0.0.1'] });
    expect(within.status).toBe(201);
    for (const [fields, pointer] of [
      [{ allowed_models: null }, '/allowed_models'],
      [{ allowed_models: ['gpt-4o', 'o3'] }, '/allowed_models/1'],
      [{ allowed_ips: ['127.0.0.1', '0.0.0.0/0'] }, '/allowed_ips/1'],
      [{ rate_limits: { requests_per_minute: 61 } }, '/rate_limits/requests_per_minute'],
      [{ rate_limits: null }, '/rate_limits/requests_per_minute'],
      [{ expires_at: '2199-01-01T00:00:01Z' }, '/expires_at'],
      [{ scopes: ['usage:read', 'billing:read'] }, '/scopes/1'],
    ] as const) {
      for (const answer of [
        await make(fields),
        await fixture.call('PATCH', `/v1/keys/${within.body.id}`, { secret, body: fields }),
      ]) {
        expect(answer).toMatchObject(problemOf(403, 'insufficient_scope'));
        expect(answer.body.errors).toMatchObject([{ pointer }]);
      }
    }
    // Its own bounds least of all.
    const own = await fixture.call('PATCH', `/v1/keys/${id}`, { secret, body: { allowed_ips: null } });
    expect(own).toMatchObject(problemOf(403, 'insufficient_scope'));

    const stronger = await fixture.createKey({ customer: customer.id, scopes: ['usage:read'] });
    for (const [method, path, body] of [
      ['POST', `/v1/keys/${stronger.id}/rotate`, {}],
      ['POST', `/v1/keys/${stronger.id}/enable`, undefined],
      ['PATCH', `/v1/keys/${stronger.id}`, { name: 'mine' }],
    ] as const) {
      const answer = await fixture.call(method, path, { secret, ...(body === undefined ? {} : { body }) });
      expect(answer).toMatchObject(problemOf(403, 'insufficient_scope'));
    }
    expect((await fixture.call('DELETE', `/v1/keys/${stronger.id}`, { secret })).status).toBe(204);
  });

  it('insufficient_scope: what the operator does not let customers grant by themselves', async () => {
    const customer = await fixture.createCustomer({ key_policy: { allowed_scopes: ['usage:read'] } });
    const scopes = ['keys:write', 'usage:read', 'usage:write'];
    const { secret } = await fixture.createKey({ customer: customer.id, scopes });
    const make = (granted: readonly string[]) =>
      fixture.call('POST', '/v1/keys', { secret, body: { name: 'k', scopes: granted } });
    const made = await make(['usage:read']);
    expect(made.status).toBe(201);
    expect(await make(['usage:write'])).toMatchObject(problemOf(403, 'insufficient_scope'));
    const path = `/v1/keys/${made.body.id}`;
    const widened = await fixture.call('PATCH', path, { secret, body: { scopes: ['usage:read', 'usage:write'] } });
    expect(widened).toMatchObject(problemOf(403, 'insufficient_scope'));
  });

  it('insufficient_scope: customers are changed by the operator alone', async () => {
    const customer = await fixture.createCustomer();
    const { secret } = await fixture.createKey({ customer: customer.id, scopes: ['keys:write', 'keys:read'] });
    for (const [method, path, body] of [
      ['PATCH', `/v1/customers/${customer.id}`, { key_policy: null }],
      ['POST', `/v1/customers/${customer.id}/suspend`, { reason: 'x' }],
      ['POST', `/v1/customers/${customer.id}/resume`, {}],
    ] as const) {
      expect(await fixture.call(method, path, { secret, body })).toMatchObject(problemOf(403, 'insufficient_scope'));
    }
  });

  it('ip_not_allowed: from an address outside the list, which the operator then changes', async () => {
    const { id, secret } = await fixture.createKey({ allowed_ips: ['203.0.113.0/24', '2001:db8::/32'] });
    const ask = () => fixture.call('GET', '/v1/organization', { secret });
    expect(await ask()).toMatchObject(problemOf(403, 'ip_not_allowed'));
    await fixture.call('PATCH', `/v1/keys/${id}`, { body: { allowed_ips: ['127.0.0.1'] } });
    await eventually(async () => expect((await ask()).status).toBe(200), { timeoutMs: 1_000 });
  });

  it('customer_mismatch: a key names another customer, whether that exists or not', async () => {
    const [ours, theirs] = [await fixture.createCustomer(), await fixture.createCustomer()];
    const { secret } = await fixture.createKey({
      customer: ours.id,
      scopes: ['keys:write', 'keys:read', 'usage:read'],
    });
    for (const other of [theirs.id, `cus_${'0'.repeat(26)}`]) {
      const answers = [
        await fixture.call('POST', '/v1/keys', { secret, body: { name: 'k', customer: other, scopes: ['keys:read'] } }),
        await fixture.call('POST', '/v1/projects', { secret, body: { name: 'p', customer: other } }),
        await fixture.call('GET', `/v1/keys?customer=${other}`, { secret }),
        await fixture.call('GET', `/v1/projects?customer=${other}`, { secret }),
        await fixture.call('GET', `/v1/usage?${PERIOD}&customer=${other}`, { secret }),
        await fixture.call('GET', `/v1/usage?${PERIOD}&customer=${ours.id}&customer=${other}`, { secret }),
        await fixture.call('GET', `/v1/events?${PERIOD}&customer=${other}`, { secret }),
        await fixture.call('GET', `/v1/books?${PERIOD}&customer=${other}`, { secret }),
        await fixture.call('GET', `/v1/dead-letters?${PERIOD}&customer=${other}`, { secret }),
      ];
      for (const answer of answers) expect(answer).toMatchObject(problemOf(403, 'customer_mismatch'));
    }
  });

  it('customer_mismatch: a key of no customer and without `admin` has nothing to act on', async () => {
    const { secret } = await fixture.createKey({ scopes: ['usage:read', 'keys:read', 'usage:write:any'] });
    for (const path of ['/v1/customers', '/v1/keys', `/v1/usage?${PERIOD}`, `/v1/events?${PERIOD}`]) {
      expect(await fixture.call('GET', path, { secret })).toMatchObject(problemOf(403, 'customer_mismatch'));
    }
  });
});
