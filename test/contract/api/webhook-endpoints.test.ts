// Webhook endpoints over HTTP: who may make, see and change which, what is refused, and what is never shown again.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSql } from '../accounts/postgres-fixture.ts';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';
import { expectDocumented, type OpenApiDocument } from './openapi.ts';

const PATH = '/v1/webhook-endpoints';
const URL_TAKEN = 'https://example.com/hooks';

let fixture: ApiFixture;
let document: OpenApiDocument;
beforeAll(async () => {
  fixture = await startApiFixture();
  document = (await fixture.call('GET', '/openapi.json')).body;
});
afterAll(() => fixture?.close());

async function customerWithKey() {
  const { id } = await fixture.createCustomer();
  const { secret } = await fixture.createKey({ customer: id, scopes: ['webhooks:write'] });
  return { id, secret };
}

const create = (body: object, secret = fixture.operatorKey) =>
  fixture.call('POST', PATH, { secret, body: { url: URL_TAKEN, ...body } });

describe('an endpoint', () => {
  it('is made with a secret that is shown this once, seen, changed, and deleted; all of it audited', async () => {
    const customer = await customerWithKey();
    const headers = { Authorization: 'Bearer door', 'X-Team': 'billing' };
    const made = await create({ types: ['key.created', 'credit.low'], headers, description: 'ours' }, customer.secret);
    expect(made.status, made.text).toBe(201);
    expectDocumented(document, { operationId: 'createWebhookEndpoint', status: 201, body: made.body });
    const { secret, ...endpoint } = made.body;
    expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
    expect(endpoint).toMatchObject({
      customer: customer.id,
      url: URL_TAKEN,
      types: ['key.created', 'credit.low'],
      header_names: ['authorization', 'x-team'],
      enabled: true,
      disabled_reason: null,
      previous_secret_expires_at: null,
    });
    const one = `${PATH}/${endpoint.id}`;
    expect((await fixture.call('GET', one, { secret: customer.secret })).body).toEqual(endpoint);

    const patch = { types: null, headers: { 'x-team': null, 'X-More': 'yes' }, enabled: false };
    const changed = await fixture.call('PATCH', one, { secret: customer.secret, body: patch });
    expectDocumented(document, { operationId: 'updateWebhookEndpoint', status: 200, body: changed.body });
    expect(changed.body).toMatchObject({
      types: null,
      header_names: ['authorization', 'x-more'],
      enabled: false,
      url: URL_TAKEN,
    });

    const rotated = await fixture.call('POST', `${one}/rotate-secret`, { secret: customer.secret });
    expectDocumented(document, { operationId: 'rotateWebhookSecret', status: 200, body: rotated.body });
    expect(Date.parse(rotated.body.previous_secret_expires_at) - Date.now()).toBeGreaterThan(86_000_000);

    expect((await fixture.call('DELETE', one, { secret: customer.secret })).status).toBe(204);
    expect(await fixture.call('GET', one, { secret: customer.secret })).toMatchObject(problemOf(404, 'not_found'));

    const audit = await fixture.call('GET', `/v1/audit-log?subject=${endpoint.id}`);
    expect(audit.body.data.map(({ action }: { action: string }) => action).sort()).toEqual(
      ['created', 'deleted', 'secret_rotated', 'updated'].map((act) => `webhook_endpoint.${act}`),
    );
    const dump = JSON.stringify(await runSql(fixture.postgres.url, 'SELECT * FROM webhook_endpoints, audit_log'));
    for (const hidden of [secret, rotated.body.secret, 'Bearer door']) {
      expect(audit.text).not.toContain(hidden);
      expect(dump).not.toContain(hidden.replace(/^whsec_/, ''));
    }
  });

  it("is its customer's, or the operator's, and nobody else's", async () => {
    const [mine, theirs] = [await customerWithKey(), await customerWithKey()];
    const own = (await create({}, mine.secret)).body;
    const operators = (await create({})).body;
    expect(operators.customer).toBeNull();
    for (const { id } of [own, operators]) {
      for (const [method, path] of [
        ['GET', ''],
        ['PATCH', ''],
        ['DELETE', ''],
        ['POST', '/test'],
        ['POST', '/rotate-secret'],
      ]) {
        const body = method === 'PATCH' || method === 'POST' ? { body: {} } : {};
        const answer = await fixture.call(method ?? '', `${PATH}/${id}${path}`, { secret: theirs.secret, ...body });
        expect(answer, `${method} ${path}`).toMatchObject(problemOf(404, 'not_found'));
      }
    }
    expect(await create({ customer: mine.id }, theirs.secret)).toMatchObject(problemOf(403, 'customer_mismatch'));
    const listed = await fixture.call('GET', PATH, { secret: mine.secret });
    expectDocumented(document, { operationId: 'listWebhookEndpoints', status: 200, body: listed.body });
    expect(listed.body.data.map(({ id }: { id: string }) => id)).toEqual([own.id]);
    const all = await fixture.call('GET', PATH);
    expect(all.body.data.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining([own.id, operators.id]));
    const reader = await fixture.createKey({ customer: mine.id, scopes: ['usage:read'] });
    expect(await fixture.call('GET', PATH, { secret: reader.secret })).toMatchObject(
      problemOf(403, 'insufficient_scope'),
    );
  });

  it.each([
    'http://example.com/',
    'https://localhost/',
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://metadata.google.internal/',
    'https://user:secret@example.com/',
    'https://example.com:22/',
    'https://example.com./',
    'ftp://example.com/',
  ])('is refused at %s, when it is made and when it is changed', async (url) => {
    const refusal = {
      ...problemOf(422, 'forbidden_url'),
      body: { ...problemOf(422, 'forbidden_url').body, errors: [{ pointer: '/url', detail: expect.any(String) }] },
    };
    expect(await create({ url })).toMatchObject(refusal);
    const { id } = (await create({})).body;
    expect(await fixture.call('PATCH', `${PATH}/${id}`, { body: { url } })).toMatchObject(refusal);
    await fixture.call('DELETE', `${PATH}/${id}`);
  });

  it.each([
    [{ headers: { 'Webhook-Id': 'x' } }, '/headers/Webhook-Id'],
    [{ headers: { Host: 'x' } }, '/headers/Host'],
    [{ headers: { 'a b': 'x' } }, '/headers/a b'],
    [{ headers: { a: 'x\r\nb: c' } }, '/headers/a'],
    [{ types: ['nothing.happened'] }, '/types/0'],
    [{ types: [] }, '/types'],
  ])('is refused with %j', async (fields, pointer) => {
    const answer = await create(fields);
    expect(answer).toMatchObject(problemOf(422, 'validation_failed'));
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer }));
  });

  it('is one of fifty at most', async () => {
    const { secret } = await customerWithKey();
    for (let made = 0; made < 50; made += 1) expect((await create({}, secret)).status).toBe(201);
    expect(await create({}, secret)).toMatchObject(problemOf(409, 'conflict'));
  });
});

describe('deliveries', () => {
  it('are listed, shown with what is sent, and sent again; those of others are not there', async () => {
    const [mine, theirs] = [await customerWithKey(), await customerWithKey()];
    const { id } = (await create({}, mine.secret)).body;
    const test = await fixture.call('POST', `${PATH}/${id}/test`, { secret: mine.secret });
    expect(test.status, test.text).toBe(202);
    expectDocumented(document, { operationId: 'testWebhookEndpoint', status: 202, body: test.body });
    expect(test.body).toMatchObject({
      endpoint: id,
      customer: mine.id,
      type: 'webhook.test',
      order: 1,
      state: 'pending',
    });

    const list = async (query: string, secret = mine.secret) =>
      (await fixture.call('GET', `/v1/webhook-deliveries?${query}`, { secret })).body.data.map(
        (delivery: { id: string }) => delivery.id,
      );
    const listed = await fixture.call('GET', `/v1/webhook-deliveries?endpoint=${id}`, { secret: mine.secret });
    expectDocumented(document, { operationId: 'listWebhookDeliveries', status: 200, body: listed.body });
    expect(await list('')).toEqual([test.body.id]);
    expect(await list('state=pending&type=webhook.test')).toEqual([test.body.id]);
    expect(await list('state=failed')).toEqual([]);
    expect(await list('type=key.created')).toEqual([]);
    expect(await list('start=2020-01-01T00:00:00Z&end=2021-01-01T00:00:00Z')).toEqual([]);
    expect(await list('', theirs.secret)).toEqual([]);
    expect(await list(`endpoint=${id}`, theirs.secret)).toEqual([]);
    expect(await list('', fixture.operatorKey)).toContain(test.body.id);

    const one = `/v1/webhook-deliveries/${test.body.id}`;
    const shown = await fixture.call('GET', one, { secret: mine.secret });
    expectDocumented(document, { operationId: 'getWebhookDelivery', status: 200, body: shown.body });
    expect(JSON.parse(shown.body.body)).toMatchObject({ type: 'webhook.test', data: { endpoint: { id } } });
    expect(await fixture.call('GET', one, { secret: theirs.secret })).toMatchObject(problemOf(404, 'not_found'));
    expect(await fixture.call('POST', `${one}/replay`, { secret: theirs.secret })).toMatchObject(
      problemOf(404, 'not_found'),
    );
    const again = await fixture.call('POST', `${one}/replay`, { secret: mine.secret });
    expectDocumented(document, { operationId: 'replayWebhookDelivery', status: 202, body: again.body });

    const body = { start: '2026-11-24T00:00:00Z', end: '2026-11-25T00:00:00Z' };
    const range = await fixture.call('POST', `${PATH}/${id}/replay`, { secret: mine.secret, body });
    expectDocumented(document, { operationId: 'replayWebhooks', status: 202, body: range.body });
    // A test is nobody's fact.
    expect(range.body).toEqual({ replayed: 0, next_cursor: null });
    const backwards = { start: body.end, end: body.start };
    expect(await fixture.call('POST', `${PATH}/${id}/replay`, { secret: mine.secret, body: backwards })).toMatchObject(
      problemOf(422, 'validation_failed'),
    );

    await fixture.call('PATCH', `${PATH}/${id}`, { secret: mine.secret, body: { enabled: false } });
    expect(await fixture.call('POST', `${PATH}/${id}/test`, { secret: mine.secret })).toMatchObject(
      problemOf(409, 'conflict'),
    );
  });
});
