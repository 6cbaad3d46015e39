// What the api answers where keys, projects and customers are seen and changed.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { runSql } from '../accounts/postgres-fixture.ts';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';
import { expectDocumented, type OpenApiDocument } from './openapi.ts';

let fixture: ApiFixture;
let document: OpenApiDocument;
beforeAll(async () => {
  fixture = await startApiFixture();
  document = (await fixture.call('GET', '/openapi.json')).body;
});
afterAll(() => fixture.close());

const inMs = (durationMs: number): string => new Date(Date.now() + durationMs).toISOString();
const answersWith = (secret: string, status: number) =>
  eventually(async () => expect((await fixture.call('GET', '/v1/keys', { secret })).status).toBe(status), {
    timeoutMs: 3_000,
  });

async function createCustomerKey(fields: object = {}) {
  const customer = await fixture.createCustomer();
  const scopes = ['keys:read', 'keys:write', 'usage:read'];
  const { id, secret } = await fixture.createKey({ customer: customer.id, scopes, ...fields });
  return { customer, id, secret };
}

describe('PATCH /v1/keys/{id}', () => {
  it('changes what is named, clears what is null, merges objects, and leaves the rest', async () => {
    const { id, customer } = await createCustomerKey({
      allowed_models: ['gpt-4o*'],
      allowed_ips: ['203.0.113.0/24'],
      rate_limits: { requests_per_minute: 60, tokens_per_minute: 1_000 },
      expires_at: '2199-01-01T00:00:00Z',
      metadata: { team: 'a', tier: { level: 1, kind: 'x' } },
    });
    const project = (await fixture.call('POST', '/v1/projects', { body: { name: 'p', customer: customer.id } })).body;
    const before = (await fixture.call('GET', `/v1/keys/${id}`)).body;
    const patched = await fixture.call('PATCH', `/v1/keys/${id}`, {
      headers: { 'Content-Type': 'application/merge-patch+json' },
      body: {
        name: 'renamed',
        project: project.id,
        allowed_models: null,
        allowed_ips: ['2001:db8::/32', '192.0.2.1'],
        rate_limits: { requests_per_minute: null },
        expires_at: null,
        metadata: { team: null, tier: { level: 2 } },
      },
    });
    const expected = {
      ...before,
      name: 'renamed',
      project: project.id,
      allowed_models: null,
      allowed_ips: ['2001:db8::/32', '192.0.2.1/32'],
      rate_limits: { requests_per_minute: null, tokens_per_minute: 1_000 },
      expires_at: null,
      metadata: { tier: { level: 2, kind: 'x' } },
    };
    expect(patched).toMatchObject({ status: 200, body: expected });
    expectDocumented(document, { operationId: 'updateKey', status: 200, body: patched.body });
    expect((await fixture.call('GET', `/v1/keys/${id}`)).body).toEqual(expected);
    expect((await fixture.call('PATCH', `/v1/keys/${id}`, { body: {} })).body).toEqual(expected);
  });

  it('moves a key into a project, which then cannot be deleted, and out of it, which then can', async () => {
    const { id, customer } = await createCustomerKey();
    const project = (await fixture.call('POST', '/v1/projects', { body: { name: 'p', customer: customer.id } })).body;
    const path = `/v1/projects/${project.id}`;
    await fixture.call('PATCH', `/v1/keys/${id}`, { body: { project: project.id } });
    expect(await fixture.call('DELETE', path)).toMatchObject(problemOf(409, 'conflict'));
    expect((await fixture.call('PATCH', path, { body: { name: 'q' } })).body).toEqual({ ...project, name: 'q' });
    await fixture.call('PATCH', `/v1/keys/${id}`, { body: { project: null } });
    expect(await fixture.call('DELETE', path)).toMatchObject({ status: 204, text: '' });
    expect(await fixture.call('GET', path)).toMatchObject(problemOf(404, 'not_found'));
    expect((await fixture.call('GET', `/v1/projects?customer=${customer.id}`)).body.data).toEqual([]);
    const late = await fixture.call('PATCH', `/v1/keys/${id}`, { body: { project: project.id } });
    expect(late).toMatchObject(problemOf(422, 'validation_failed'));
  });
});

it('GET /v1/keys lists by customer, project and state, without what was deleted', async () => {
  const { id, customer } = await createCustomerKey();
  const project = (await fixture.call('POST', '/v1/projects', { body: { name: 'p', customer: customer.id } })).body;
  const inProject = await fixture.createKey({ customer: customer.id, project: project.id });
  const disabled = await fixture.createKey({ customer: customer.id, enabled: false });
  const deleted = await fixture.createKey({ customer: customer.id });
  await fixture.call('DELETE', `/v1/keys/${deleted.id}`);
  const listed = async (query: string): Promise<readonly string[]> => {
    const { body } = await fixture.call('GET', `/v1/keys?customer=${customer.id}${query}`);
    return body.data.map((key: { id: string }) => key.id);
  };
  expect(await listed('')).toEqual([id, inProject.id, disabled.id]);
  expect(await listed('&enabled=false')).toEqual([disabled.id]);
  expect(await listed('&enabled=true')).toEqual([id, inProject.id]);
  expect(await listed(`&project=${project.id}`)).toEqual([inProject.id]);
  expect(await listed('&limit=1')).toEqual([id]);
});

describe('POST /v1/keys/{id}/rotate', () => {
  it('ends the old secret at once where no grace is asked for', async () => {
    const { id, secret: old } = await createCustomerKey();
    const before = (await fixture.call('GET', `/v1/keys/${id}`)).body;
    const rotated = await fixture.call('POST', `/v1/keys/${id}/rotate`);
    const { secret, secrets, ...key } = rotated.body;
    expect(rotated.status).toBe(200);
    expectDocumented(document, { operationId: 'rotateKey', status: 200, body: rotated.body });
    expect({ ...key, secrets: before.secrets }).toEqual(before);
    expect(secrets).toMatchObject([
      { hint: secret.slice(-4), retires_at: null, expires_at: null },
      { hint: old.slice(-4), retires_at: expect.any(String), expires_at: secrets[1].retires_at },
    ]);
    await answersWith(old, 401);
    await answersWith(secret, 200);
    const listed = await fixture.call('GET', '/v1/keys', { secret });
    for (const text of [secret, old]) expect(listed.text).not.toContain(text);
  });

  it('again during a grace ends the oldest at once: two secrets work at most', async () => {
    const { id, secret: first } = await createCustomerKey();
    const rotate = async (): Promise<string> =>
      (await fixture.call('POST', `/v1/keys/${id}/rotate`, { body: { grace_seconds: 600 } })).body.secret;
    const second = await rotate();
    await answersWith(first, 200);
    const third = await rotate();
    await answersWith(first, 401);
    for (const secret of [second, third]) await answersWith(secret, 200);
    expect((await fixture.call('GET', `/v1/keys/${id}`)).body.secrets).toHaveLength(2);
  });

  it('at a time ahead: the new secret works before it, the old one until it, and it can be cancelled', async () => {
    const { id, secret: old } = await createCustomerKey();
    const path = `/v1/keys/${id}/rotate`;
    const planned = (await fixture.call('POST', path, { body: { at: inMs(60_000), grace_seconds: 60 } })).body;
    for (const secret of [old, planned.secret]) await answersWith(secret, 200);
    expect(await fixture.call('POST', path)).toMatchObject(problemOf(409, 'conflict'));
    const cancelled = await fixture.call('DELETE', `/v1/keys/${id}/rotation`);
    expect(cancelled).toMatchObject({
      status: 200,
      body: { secrets: [{ hint: old.slice(-4), retires_at: null, expires_at: null }] },
    });
    expect(cancelled.body.secrets).toHaveLength(1);
    await answersWith(planned.secret, 401);
    await answersWith(old, 200);
    expect(await fixture.call('DELETE', `/v1/keys/${id}/rotation`)).toMatchObject(problemOf(409, 'conflict'));

    const soon = (await fixture.call('POST', path, { body: { at: inMs(500) } })).body;
    await answersWith(old, 401);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(soon.secrets[1].expires_at));
    await answersWith(soon.secret, 200);
    expect(await fixture.call('DELETE', `/v1/keys/${id}/rotation`)).toMatchObject(problemOf(409, 'conflict'));
  });

  it('gives the same secret to a request that is sent again with its Idempotency-Key', async () => {
    const { id } = await createCustomerKey();
    const request = { headers: { 'Idempotency-Key': `rotate-${id}` }, body: { grace_seconds: 60 } };
    const first = await fixture.call('POST', `/v1/keys/${id}/rotate`, request);
    expect(await fixture.call('POST', `/v1/keys/${id}/rotate`, request)).toMatchObject({ text: first.text });
    await answersWith(first.body.secret, 200);
  });

  it('of a key by itself needs nobody else', async () => {
    const { id, secret } = await createCustomerKey();
    const rotated = await fixture.call('POST', `/v1/keys/${id}/rotate`, { secret });
    await answersWith(rotated.body.secret, 200);
    await answersWith(secret, 401);
  });
});

it('the last use of a key and of each secret is shown, with where it came from', async () => {
  const { id, secret: old } = await createCustomerKey();
  const { secret } = (await fixture.call('POST', `/v1/keys/${id}/rotate`, { body: { grace_seconds: 600 } })).body;
  const usedAtMs = Date.now();
  await answersWith(old, 200);
  await eventually(
    async () => {
      const { last_used_at: at, last_used_from: from, secrets } = (await fixture.call('GET', `/v1/keys/${id}`)).body;
      expect(from).toBe('127.0.0.1');
      expect(Date.parse(at)).toBeGreaterThanOrEqual(usedAtMs);
      expect(secrets).toMatchObject([
        { hint: secret.slice(-4), last_used_at: null, last_used_from: null },
        { hint: old.slice(-4), last_used_at: at, last_used_from: '127.0.0.1' },
      ]);
    },
    { timeoutMs: 10_000 },
  );
});

describe('customers', () => {
  it('are changed by a merge patch, but for the currency', async () => {
    const customer = await fixture.createCustomer({ external_id: 'crm-9', metadata: { a: 1, b: 2 } });
    const path = `/v1/customers/${customer.id}`;
    const policy = { max_keys: 5, allowed_scopes: ['usage:write'] };
    const patched = await fixture.call('PATCH', path, {
      body: { name: 'B', external_id: null, metadata: { a: null }, key_policy: policy },
    });
    const expected = { ...customer, name: 'B', external_id: null, metadata: { b: 2 }, key_policy: policy };
    expect(patched).toMatchObject({ status: 200, body: expected });
    expectDocumented(document, { operationId: 'updateCustomer', status: 200, body: patched.body });
    const loosened = await fixture.call('PATCH', path, { body: { key_policy: { allowed_scopes: null } } });
    expect(loosened.body.key_policy).toEqual({ max_keys: 5, allowed_scopes: null });
    expect((await fixture.call('PATCH', path, { body: { key_policy: null } })).body.key_policy.max_keys).toBe(1_000);
    for (const body of [{ currency: 'USD' }, { name: null }, { id: customer.id }]) {
      expect(await fixture.call('PATCH', path, { body })).toMatchObject(problemOf(422, 'validation_failed'));
    }
  });

  it('are suspended with all of their keys, and resumed', async () => {
    const { customer, secret } = await createCustomerKey();
    await answersWith(secret, 200);
    const path = `/v1/customers/${customer.id}`;
    const suspended = await fixture.call('POST', `${path}/suspend`, { body: { reason: 'unpaid' } });
    expect(suspended.body).toMatchObject({ suspended_at: expect.any(String), suspension_reason: 'unpaid' });
    await answersWith(secret, 403);
    expect(await fixture.call('GET', '/v1/keys', { secret })).toMatchObject(problemOf(403, 'customer_suspended'));
    const again = await fixture.call('POST', `${path}/suspend`, { body: { reason: 'fraud' } });
    expect(again.body).toMatchObject({ suspended_at: suspended.body.suspended_at, suspension_reason: 'fraud' });
    const resumed = await fixture.call('POST', `${path}/resume`, { body: { reason: 'paid' } });
    expect(resumed.body).toMatchObject({ suspended_at: null, suspension_reason: null });
    await answersWith(secret, 200);
  });
});

it('every act is in the audit log and, where owners are told, in the outbox, without a secret', async () => {
  const { id, customer, secret } = await createCustomerKey();
  const path = `/v1/keys/${id}`;
  await fixture.call('PATCH', path, { body: { name: 'renamed' } });
  const rotated = await fixture.call('POST', `${path}/rotate`, { body: { at: inMs(60_000) } });
  await fixture.call('DELETE', `${path}/rotation`);
  for (const act of ['disable', 'disable', 'enable']) await fixture.call('POST', `${path}/${act}`);
  await fixture.call('PATCH', path, { body: { enabled: false } });
  await fixture.call('DELETE', path);
  await fixture.call('PATCH', `/v1/customers/${customer.id}`, { body: { name: 'C' } });
  await fixture.call('POST', `/v1/customers/${customer.id}/suspend`, { body: { reason: 'unpaid' } });
  await fixture.call('POST', `/v1/customers/${customer.id}/resume`);

  const entries = await runSql<{ action: string; reason: string | null; text: string }>(
    fixture.postgres.url,
    'SELECT action, reason, row_to_json(audit_log)::text AS text FROM audit_log WHERE customer_id = $1 ORDER BY sequence',
    [customer.id],
  );
  expect(entries.map(({ action }) => action)).toEqual([
    'customer.created',
    'key.created',
    'key.updated',
    'key.rotated',
    'key.rotation_cancelled',
    'key.disabled',
    'key.enabled',
    'key.updated',
    'key.deleted',
    'customer.updated',
    'customer.suspended',
    'customer.resumed',
  ]);
  expect(entries.find(({ action }) => action === 'customer.suspended')?.reason).toBe('unpaid');
  const told = await runSql<{ type: string; data: unknown }>(
    fixture.postgres.url,
    'SELECT type, data FROM outbox WHERE customer_id = $1 ORDER BY id',
    [customer.id],
  );
  const key = expect.objectContaining({ id, customer: customer.id });
  expect(told).toEqual([
    { type: 'key.created', data: { key } },
    { type: 'key.rotated', data: { key, old_secret_expires_at: expect.any(String) } },
    { type: 'key.revoked', data: { key, cause: 'disabled' } },
    { type: 'key.revoked', data: { key, cause: 'disabled' } },
    { type: 'key.revoked', data: { key, cause: 'deleted' } },
  ]);
  for (const text of [secret, rotated.body.secret]) {
    expect(JSON.stringify([entries, told])).not.toContain(text);
    expect(fixture.api.output()).not.toContain(text);
  }
});
