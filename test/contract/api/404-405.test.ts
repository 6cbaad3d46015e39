import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

describe('404', () => {
  it.each([
    '/v1/customers/cus_none',
    `/v1/customers/cus_${'0'.repeat(26)}`,
    '/v1/customers/%00',
    '/v1/projects/prj_none',
    '/v1/keys/key_none',
    '/v1/dead-letters/1-0-4096',
    '/v1/dead-letters/nonsense',
    `/v1/events/none?customer=cus_${'0'.repeat(26)}`,
    '/v1/nothing',
    '/v1/customers/',
    '/V1/customers',
    '/v2/customers',
    '/favicon.ico',
    // Without sites that may have one, there is no view for frames.
    '/embedded',
    '/embedded/v1/organization',
  ])('%s is not there', async (path) => {
    expect(await fixture.call('GET', path)).toMatchObject(problemOf(404, 'not_found'));
  });

  it('a key that was deleted is not there, to nobody and for nothing, and is refused as if it had never been', async () => {
    const { id, secret } = await fixture.createKey({ scopes: ['admin'] });
    expect(await fixture.call('DELETE', `/v1/keys/${id}`)).toMatchObject({ status: 204, text: '' });
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/disable'],
      ['POST', '/enable'],
      ['POST', '/rotate'],
      ['DELETE', '/rotation'],
    ] as const) {
      expect(await fixture.call(method, `/v1/keys/${id}${path}`)).toMatchObject(problemOf(404, 'not_found'));
    }
    const refused = await fixture.call('GET', '/v1/organization', { secret });
    expect(refused).toMatchObject(problemOf(401, 'invalid_token'));
  });

  it("another customer's things are as if they were not", async () => {
    const [ours, theirs] = [await fixture.createCustomer(), await fixture.createCustomer()];
    const { secret } = await fixture.createKey({
      customer: ours.id,
      scopes: ['keys:read', 'keys:write', 'usage:read', 'usage:write'],
    });
    const theirKey = await fixture.createKey({ customer: theirs.id });
    const operatorKey = (await fixture.call('GET', '/v1/keys?limit=1')).body.data[0];
    const theirProject = await fixture.call('POST', '/v1/projects', { body: { name: 'p', customer: theirs.id } });
    for (const [method, path] of [
      ['GET', `/v1/customers/${theirs.id}`],
      ['GET', `/v1/projects/${theirProject.body.id}`],
      ['GET', `/v1/keys/${theirKey.id}`],
      ['GET', `/v1/keys/${operatorKey.id}`],
      ['POST', `/v1/keys/${theirKey.id}/disable`],
      ['POST', `/v1/keys/${theirKey.id}/enable`],
      ['POST', `/v1/keys/${theirKey.id}/rotate`],
      ['DELETE', `/v1/keys/${theirKey.id}/rotation`],
      ['PATCH', `/v1/keys/${theirKey.id}`],
      ['DELETE', `/v1/keys/${theirKey.id}`],
      ['DELETE', `/v1/keys/${operatorKey.id}`],
      ['PATCH', `/v1/projects/${theirProject.body.id}`],
      ['DELETE', `/v1/projects/${theirProject.body.id}`],
      ['POST', `/v1/keys/${operatorKey.id}/disable`],
      ['GET', `/v1/events/a?customer=${theirs.id}`],
    ] as const) {
      const answer = await fixture.call(method, path, { secret });
      expect({ path, ...answer }).toMatchObject({ path, ...problemOf(404, 'not_found') });
    }
    expect((await fixture.call('GET', `/v1/keys/${theirKey.id}`)).body.enabled).toBe(true);
    const visible = [
      ...(await fixture.call('GET', '/v1/customers', { secret })).body.data,
      ...(await fixture.call('GET', '/v1/projects', { secret })).body.data,
      ...(await fixture.call('GET', '/v1/keys', { secret })).body.data,
    ];
    expect(visible.length).toBe(2);
    expect(JSON.stringify(visible)).not.toContain(theirs.id);
  });
});

describe('405', () => {
  it.each([
    ['DELETE', '/v1/customers', 'POST, GET, HEAD'],
    ['PUT', '/v1/keys/key_1', 'GET, HEAD, PATCH, DELETE'],
    ['GET', '/v1/keys/key_1/disable', 'POST'],
    ['OPTIONS', '/v1/usage', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('%s %s says what the path takes', async (method, path, allow) => {
    const answer = await fixture.call(method, path);
    expect(answer).toMatchObject(problemOf(405, 'method_not_allowed'));
    expect(answer.headers.get('allow')).toBe(allow);
  });
});

it('HEAD is GET without the body', async () => {
  const answer = await fixture.call('HEAD', '/v1/organization');
  expect(answer).toMatchObject({ status: 200, text: '' });
  expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(50);
});
