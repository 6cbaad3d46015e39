// The audit log over HTTP: what was done is in it, with who and from where, and each sees what is theirs.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture?.close());

async function listed(query: string, secret?: string) {
  const answer = await fixture.call('GET', `/v1/audit-log?${query}`, secret === undefined ? {} : { secret });
  expect(answer.status).toBe(200);
  return answer.body;
}

it('begins with the first start, which nobody asked for', async () => {
  const { data, head } = await listed('order=oldest_first&limit=2');
  expect(data).toMatchObject([
    { sequence: 1, action: 'organization.created', actor: { key: null }, origin: null },
    { sequence: 2, action: 'key.created', actor: { key: null }, subject: { type: 'key' } },
  ]);
  expect(JSON.stringify(data)).not.toContain('tg_live_');
  expect(head).toEqual({ sequence: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

it('says who did what, from where, under which request, and what came of it', async () => {
  const answer = await fixture.call('POST', '/v1/customers', {
    body: { name: 'Audited', metadata: { a: 'b' } },
    headers: { 'X-Request-Id': 'request-of-the-audit' },
  });
  const { data } = await listed(`customer=${answer.body.id}`);
  expect(data).toEqual([
    {
      sequence: expect.any(Number),
      time: expect.any(String),
      action: 'customer.created',
      actor: { key: expect.stringMatching(/^key_/) },
      customer: answer.body.id,
      subject: { type: 'customer', id: answer.body.id },
      origin: { address: '127.0.0.1', request_id: 'request-of-the-audit' },
      before: null,
      after: answer.body,
      reason: null,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
});

it('what was refused or repeated leaves no entry of an act', async () => {
  const external_id = 'audited once';
  const create = (key: string) =>
    fixture.call('POST', '/v1/customers', {
      body: { name: 'Once', external_id },
      headers: { 'Idempotency-Key': key },
    });
  const first = await create('audit-1');
  expect(await create('audit-1')).toMatchObject({ status: 201, body: first.body });
  expect(await create('audit-2')).toMatchObject({ status: 409 });
  expect((await listed(`subject=${first.body.id}`)).data).toHaveLength(1);
});

it('is paged from the newest, and filtered', async () => {
  const customer = await fixture.createCustomer();
  for (const name of ['one', 'two', 'three']) {
    await fixture.call('POST', '/v1/projects', { body: { name, customer: customer.id } });
  }
  const names = (body: { data: readonly { after: { name: string } }[] }) => body.data.map(({ after }) => after.name);
  const filter = `customer=${customer.id}&action=project.created`;
  const page = await listed(`${filter}&limit=2`);
  expect(names(page)).toEqual(['three', 'two']);
  const rest = await listed(`${filter}&limit=2&cursor=${page.next_cursor}`);
  expect([names(rest), rest.next_cursor]).toEqual([['one'], null]);
  const start = encodeURIComponent(page.data[0].time);
  expect(names(await listed(`${filter}&start=${start}`)).at(-1)).not.toBe('one');
  expect(await listed(`${filter}&actor=key_of_nobody`)).toMatchObject({ data: [], next_cursor: null });
  const bad = await fixture.call('GET', '/v1/audit-log?cursor=x');
  expect(bad).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ pointer: 'cursor' }] } });
});

it("a customer's key sees its customer's own, without where the operator acted from", async () => {
  const [one, other] = [await fixture.createCustomer(), await fixture.createCustomer()];
  const key = await fixture.createKey({ customer: one.id, scopes: ['keys:read', 'keys:write'] });
  const project = await fixture.call('POST', '/v1/projects', { body: { name: 'own' }, secret: key.secret });
  const { data } = await listed('', key.secret);
  expect(data[0]).toMatchObject({ subject: { id: project.body.id }, origin: { address: '127.0.0.1' } });
  expect(data.at(-1)).toMatchObject({ subject: { id: one.id }, origin: null });
  expect(data.every((entry: { customer: string }) => entry.customer === one.id)).toBe(true);
  const asked = await fixture.call('GET', `/v1/audit-log?customer=${other.id}`, { secret: key.secret });
  expect(asked).toMatchObject(problemOf(403, 'customer_mismatch'));
  const without = await fixture.createKey({ customer: one.id, scopes: ['usage:read'] });
  expect(await fixture.call('GET', '/v1/audit-log', { secret: without.secret })).toMatchObject(
    problemOf(403, 'insufficient_scope'),
  );
});
