import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';
import { holdIdempotencyKey } from './hold-idempotency-key.ts';

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

describe('conflict', () => {
  it('an external id that another customer has', async () => {
    await fixture.createCustomer({ external_id: 'crm-1' });
    const answer = await fixture.call('POST', '/v1/customers', { body: { name: 'B', external_id: 'crm-1' } });
    expect(answer).toMatchObject(problemOf(409, 'conflict'));
  });

  it('a key that would end itself, or change what it may do', async () => {
    const { id, secret } = await fixture.createKey({ scopes: ['admin'] });
    const path = `/v1/keys/${id}`;
    for (const body of [{ enabled: false }, { scopes: ['usage:read'] }, { expires_at: '2199-01-01T00:00:00Z' }]) {
      expect(await fixture.call('PATCH', path, { secret, body })).toMatchObject(problemOf(409, 'conflict'));
    }
    expect(await fixture.call('DELETE', path, { secret })).toMatchObject(problemOf(409, 'conflict'));
    expect((await fixture.call('PATCH', path, { secret, body: { name: 'mine' } })).status).toBe(200);
  });

  it('a key past the number that a customer may make by itself, however many are asked for at once', async () => {
    const customer = await fixture.createCustomer({ key_policy: { max_keys: 3 } });
    const { secret } = await fixture.createKey({ customer: customer.id, scopes: ['keys:write'] });
    const body = { name: 'k', scopes: ['keys:write'] };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => fixture.call('POST', '/v1/keys', { secret, body })),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(2);
    for (const answer of answers) if (answer.status !== 201) expect(answer).toMatchObject(problemOf(409, 'conflict'));
    await fixture.createKey({ customer: customer.id });
    expect(await fixture.call('POST', '/v1/keys', { secret, body })).toMatchObject(problemOf(409, 'conflict'));
  });

  it('a key that would disable itself', async () => {
    const { id, secret } = await fixture.createKey({ scopes: ['admin'] });
    const answer = await fixture.call('POST', `/v1/keys/${id}/disable`, { secret });
    expect(answer).toMatchObject(problemOf(409, 'conflict'));
    expect((await fixture.call('GET', `/v1/keys/${id}`)).body.enabled).toBe(true);
  });
});

it('idempotency_key_in_use: while the first request with the key is being worked on', async () => {
  const callerId = (await fixture.call('GET', '/v1/keys?limit=1')).body.data[0].id;
  const release = await holdIdempotencyKey(fixture.postgres.url, { callerId, key: 'held' });
  const request = { headers: { 'Idempotency-Key': 'held' }, body: { name: 'A' } };
  const refused = await fixture.call('POST', '/v1/customers', request);
  expect(refused).toMatchObject(problemOf(409, 'idempotency_key_in_use'));
  expect(refused.headers.get('retry-after')).toBe('1');
  await release();
  expect((await fixture.call('POST', '/v1/customers', request)).status).toBe(201);
});
