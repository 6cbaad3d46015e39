// The promises of the log that ingest passes on, with Kafka as the log.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { expectProblem } from './problem.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand({}, 'kafka');
});
afterAll(() => stand.close());

it('202: the log has every event, as it came', async () => {
  const events = Array.from({ length: 1_000 }, (_, index) => exampleEvent({ id: `many-${index}` }));
  const res = await stand.post('/v1/events', { body: events });
  expect(await res.json()).toEqual({ accepted: 1_000, duplicates: 0, rejected: [] });
  expect((await stand.post('/v1/events/void', { body: { id: 'many-0', reason: 'test' } })).status).toBe(202);
  const records = await stand.records();
  expect(records).toHaveLength(1_001);
  // All that is said of one event shares a partition, so the withdrawal comes after it.
  expect(records.filter(({ eventId }) => eventId === 'many-0').map(({ kind }) => kind)).toEqual(['event', 'void']);
});

it('503 within 5 seconds while the log stands still, then 202 again', async () => {
  await stand.logServer.kill('SIGSTOP');
  try {
    const startedAt = Date.now();
    const res = await stand.post('/v1/events', { body: exampleEvent() });
    expect(Number(res.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    await expectProblem(res, 'log_unavailable');
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  } finally {
    await stand.logServer.kill('SIGCONT');
  }
  const again = async (): Promise<void> => {
    expect((await stand.post('/v1/events', { body: exampleEvent({ id: 'after' }) })).status).toBe(202);
  };
  await eventually(again, { timeoutMs: 30_000 });
  expect((await stand.records()).map(({ eventId }) => eventId)).toContain('after');
});

it('202 and 429 as before while the Redis of the limits is gone, each process by itself', async () => {
  const limited = await stand.createKey({
    customerId: stand.key.customerId,
    scopes: ['usage:write'],
    rateLimits: { requestsPerMinute: 10, tokensPerMinute: null },
  });
  const statuses = async (times: number, secret: string): Promise<readonly number[]> =>
    (
      await Promise.all(Array.from({ length: times }, () => stand.post('/v1/events', { secret, body: exampleEvent() })))
    ).map(({ status }) => status);
  expect(await statuses(4, limited.secret)).toEqual([202, 202, 202, 202]);
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
    await stand.redis.kill(signal);
    const startedAt = Date.now();
    expect(new Set(await statuses(20, stand.key.secret))).toEqual(new Set([202]));
    const ofLimited = await statuses(20, limited.secret);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect(ofLimited.filter((status) => status === 202).length).toBeLessThanOrEqual(7);
    expect(ofLimited).toContain(429);
    expect((await fetch(`${stand.ingest.url}/readyz`)).status).toBe(200);
    const { redis } = stand;
    await (signal === 'SIGSTOP' ? redis.kill('SIGCONT') : redis.restart());
    const isBack = async (): Promise<void> => {
      await statuses(1, limited.secret);
      const metrics = await (await fetch(`${stand.ingest.url}/metrics`)).text();
      expect(metrics).toMatch(/^tollgate_limits_redis_available\S* 1$/m);
    };
    await eventually(isBack, { timeoutMs: 15_000 });
  }
  const said = stand.ingest.output().match(/Redis is (away|back)/g) ?? [];
  expect(said).toEqual(['Redis is away', 'Redis is back', 'Redis is away', 'Redis is back']);
});
