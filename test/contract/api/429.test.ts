import { generateKeySecret } from '@tollgate/auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, problemOf, startApiFixture } from './api-fixture.ts';

const FAILURES = 15;

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({
    TOLLGATE_TRUSTED_PROXIES: '127.0.0.0/8',
    TOLLGATE_FORWARDED_HEADER: 'forwarded',
    TOLLGATE_LOCKOUT_FAILURES: `${FAILURES}`,
    TOLLGATE_LOCKOUT_FORGIVEN_PER_MINUTE: '1',
  });
});
afterAll(() => fixture.close());

const from = (address: string) => ({ Forwarded: `for="${address}";proto=https` });

describe('rate_limited', () => {
  it('for a key over its rate, with headers on every answer; other keys are told nothing', async () => {
    const { call, createCustomer, createKey } = fixture;
    const customer = await createCustomer();
    const key = await createKey({ customer: customer.id, rate_limits: { requests_per_minute: 3 } });
    const { secret } = key;
    const answers = [
      await call('GET', '/v1/usage?start=2026-11-01T00:00:00Z&end=2026-11-02T00:00:00Z', { secret }),
      await call('GET', '/v1/customers/cus_none', { secret }),
      await call('POST', '/v1/customers', { secret, body: { name: 'No' } }),
    ];
    expect(answers.map(({ headers }) => headers.get('ratelimit-policy'))).toEqual(Array(3).fill('"requests";q=3;w=60'));
    expect(answers.map(({ headers }) => headers.get('ratelimit')?.split(';t=')[0])).toEqual([
      '"requests";r=2',
      '"requests";r=1',
      '"requests";r=0',
    ]);
    const refused = await call('GET', '/v1/customers', { secret });
    expect(refused).toMatchObject(problemOf(429, 'rate_limited'));
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(20);
    expect(refused.headers.get('ratelimit')).toBe(`"requests";r=0;t=${retryAfter}`);
    const operator = await call('GET', '/v1/customers');
    expect([operator.status, operator.headers.get('ratelimit')]).toEqual([200, null]);
  });
});

describe('locked_out', () => {
  it('for a source that guesses, before its credential is looked at, while the key works from elsewhere', async () => {
    const { call } = fixture;
    const source = from('203.0.113.1');
    for (let time = 0; time < FAILURES; time += 1) {
      const secret = generateKeySecret('live');
      expect((await call('GET', '/v1/customers', { secret, headers: source })).status).toBe(401);
    }
    const refused = await call('GET', '/v1/customers', { headers: source });
    expect(refused).toMatchObject(problemOf(429, 'locked_out'));
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call('GET', '/v1/customers', { headers: from('203.0.113.2') })).status).toBe(200);
    expect((await call('GET', '/v1/customers')).status).toBe(200);
    // What needs no credential is nobody's guess.
    expect((await call('GET', '/openapi.json', { secret: null, headers: source })).status).toBe(200);
  });

  it('not for a source whose requests are refused for another reason', async () => {
    const { call, createCustomer, createKey } = fixture;
    const { secret } = await createKey({ customer: (await createCustomer()).id });
    const source = from('203.0.113.3');
    for (let time = 0; time < FAILURES; time += 1) {
      expect((await call('POST', '/v1/customers', { secret, headers: source, body: {} })).status).toBe(403);
    }
    expect((await call('GET', '/v1/customers', { headers: source })).status).toBe(200);
  });
});
