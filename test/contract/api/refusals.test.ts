// Refused requests of real processes: each is counted once by code, source and key, and a burst is one entry of the audit log.

import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { createServiceProcess, type ServiceProcess } from '../../support/service-process.ts';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
let ingest: ServiceProcess;
let secondApi: ServiceProcess;

// Every test sends from addresses of its own: a listed proxy vouches for them.
const PROXIES = { TOLLGATE_TRUSTED_PROXIES: '127.0.0.1' };

beforeAll(async () => {
  fixture = await startApiFixture(PROXIES);
  ingest = await createServiceProcess({ service: 'ingest', env: fixture.env });
  secondApi = await createServiceProcess({ service: 'api', env: fixture.env });
  await Promise.all([ingest.start(), secondApi.start()]);
});
afterAll(async () => {
  await Promise.all([ingest, secondApi].map((service) => service?.signal('SIGTERM')));
  await fixture?.close();
});

interface Attempt {
  readonly from: string;
  readonly secret?: string;
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
}

async function attempt(url: string, { from, secret, path = '/v1/events', method = 'POST', body }: Attempt) {
  const res = await fetch(`${url}${path}`, {
    method,
    headers: {
      'X-Forwarded-For': from,
      'Content-Type': 'application/json',
      ...(secret === undefined ? {} : { Authorization: `Bearer ${secret}` }),
    },
    ...(method === 'GET' ? {} : { body: body ?? '[]' }),
  });
  await res.text();
  return res.status;
}

async function refusals(query: string) {
  const answer = await fixture.call('GET', `/v1/refusals?${query}`);
  expect(answer.status).toBe(200);
  return answer.body;
}

describe('counts', () => {
  it('are by code, service, source and key, and each refusal is in them once', async () => {
    const from = '198.51.100.1';
    const key = await fixture.createKey({ scopes: ['usage:read'], customer: (await fixture.createCustomer()).id });
    const statuses = [
      await attempt(ingest.url, { from }),
      await attempt(ingest.url, { from, secret: 'tg_live_nobody' }),
      await attempt(ingest.url, { from, secret: key.secret }),
      await attempt(ingest.url, { from, path: '/nothing' }),
      await attempt(fixture.api.url, { from, secret: key.secret, path: '/v1/customers', body: '{}' }),
      await attempt(fixture.api.url, { from, secret: fixture.operatorKey, path: '/v1/customers', body: '{"a":1}' }),
      await attempt(fixture.api.url, { from, secret: fixture.operatorKey, path: '/v1/customers', body: '{' }),
      await attempt(fixture.api.url, { from, method: 'DELETE', path: '/v1/customers' }),
      await attempt(fixture.api.url, { from, method: 'GET', path: '/v1/customers/%ff' }),
    ];
    expect(statuses).toEqual([401, 401, 403, 404, 403, 422, 400, 405, 400]);
    await eventually(
      async () => {
        const { total, data } = await refusals(`source=${from}&group_by=service,code,key`);
        expect(total).toBe(statuses.length);
        const found = data.map(({ group, count }: { group: Record<string, string>; count: number }) =>
          [group['service'], group['code'], group['key'] === key.id ? 'the key' : group['key'] && 'a key', count].join(
            ' ',
          ),
        );
        expect(found.sort()).toEqual(
          [
            'ingest missing_token  1',
            'ingest invalid_token  1',
            'ingest insufficient_scope the key 1',
            'ingest not_found  1',
            'api insufficient_scope the key 1',
            'api validation_failed a key 1',
            'api malformed_json a key 1',
            'api method_not_allowed  1',
            'api invalid_request  1',
          ].sort(),
        );
      },
      { timeoutMs: 10_000 },
    );
    expect((await refusals(`source=${from}&code=not_found&code=invalid_token`)).data).toEqual([
      { group: { code: 'invalid_token' }, count: 1 },
      { group: { code: 'not_found' }, count: 1 },
    ]);
    expect((await refusals(`source=${from}&key=${key.id}&group_by=day`)).total).toBe(2);
  });

  it('are of a v6 network, and of what is no HTTP request as well', async () => {
    await attempt(ingest.url, { from: '2001:db8:1:2:3::4' });
    await attempt(fixture.api.url, { from: '2001:db8:1:2::1', path: '/v1/customers' });
    const before = (await refusals('source=127.0.0.1&code=invalid_request')).total;
    for (const { url } of [ingest, fixture.api]) await sendNonsense(Number(new URL(url).port));
    await eventually(
      async () => {
        expect((await refusals(`source=${encodeURIComponent('2001:db8:1:2::/64')}`)).total).toBe(2);
        expect((await refusals('source=127.0.0.1&code=invalid_request')).total).toBe(before + 2);
      },
      { timeoutMs: 10_000 },
    );
  });

  it('name the key whose credential was refused, which the answer does not', async () => {
    const from = '198.51.100.2';
    const customer = await fixture.createCustomer();
    const key = await fixture.createKey({ scopes: ['usage:write'], customer: customer.id });
    await fixture.call('POST', `/v1/keys/${key.id}/disable`);
    await eventually(async () => expect(await attempt(ingest.url, { from, secret: key.secret })).toBe(403), {
      timeoutMs: 5_000,
    });
    await eventually(async () => expect((await refusals(`key=${key.id}&code=key_disabled`)).total).toBeGreaterThan(0), {
      timeoutMs: 10_000,
    });
  });

  it('are in the metrics by code, without a source', async () => {
    const texts = await Promise.all(
      [ingest.url, fixture.api.url].map(async (url) => (await fetch(`${url}/metrics`)).text()),
    );
    expect(texts[0]).toMatch(/tollgate_ingest_refused_requests_total\{code="missing_token",service="ingest"\} [1-9]/);
    expect(texts[1]).toMatch(/tollgate_api_refused_requests_total\{code="malformed_json",service="api"\} [1-9]/);
    expect(texts.join()).not.toContain('198.51.100');
  });

  it('are for the operator alone, and of a period', async () => {
    const key = await fixture.createKey({ scopes: ['keys:read'], customer: (await fixture.createCustomer()).id });
    expect(await fixture.call('GET', '/v1/refusals', { secret: key.secret })).toMatchObject(
      problemOf(403, 'insufficient_scope'),
    );
    expect(await refusals('start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z')).toMatchObject({ total: 0, data: [] });
    const bad = await fixture.call('GET', '/v1/refusals?start=2020-01-02T00:00:00Z&end=2020-01-01T00:00:00Z');
    expect(bad).toMatchObject({ status: 422, body: { errors: [{ pointer: 'end' }] } });
  });
});

describe('a burst', () => {
  const bursts = async (source: string) =>
    (await fixture.call('GET', `/v1/audit-log?action=refusals.burst&subject=${encodeURIComponent(source)}`)).body.data;

  it('is one entry, however many processes saw it, with its counts by code', async () => {
    const from = '198.51.100.3';
    for (let round = 0; round < 30; round += 1) {
      const { url } = [ingest, fixture.api, secondApi][round % 3] ?? ingest;
      await Promise.all(
        Array.from({ length: 8 }, () => attempt(url, { from, path: `/v1/${randomUUID()}`, method: 'GET' })),
      );
    }
    const [entry] = await eventually(
      async () => {
        const found = await bursts(from);
        expect(found).toHaveLength(1);
        return found;
      },
      { timeoutMs: 15_000 },
    );
    expect(entry).toMatchObject({
      actor: { key: null },
      origin: null,
      customer: null,
      subject: { type: 'source', id: from },
      after: { source: from, minute: expect.any(String), by_code: { not_found: expect.any(Number) } },
    });
    expect(entry.after.by_code.not_found).toBeGreaterThanOrEqual(50);
    // What comes after belongs to the same burst.
    await Promise.all(Array.from({ length: 60 }, () => attempt(ingest.url, { from })));
    await eventually(async () => expect((await refusals(`source=${from}&code=missing_token`)).total).toBe(60), {
      timeoutMs: 10_000,
    });
    expect(await bursts(from)).toHaveLength(1);
  });

  it('is not what stays below it', async () => {
    expect(await bursts('198.51.100.1')).toEqual([]);
  });
});

async function sendNonsense(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('this is not HTTP\r\n\r\n'));
    socket.on('data', () => undefined);
    socket.on('close', () => resolve());
    socket.on('error', reject);
  });
}
