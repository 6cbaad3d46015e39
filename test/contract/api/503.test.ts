import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type ApiFixture, bodyOf, problemOf, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

const PERIOD = 'start=2026-11-01T00:00:00Z&end=2026-12-01T00:00:00Z';

it('503 unavailable while the warehouse is away, for what needs it only', async () => {
  await fixture.clickhouse.kill('SIGKILL');
  const answer = await fixture.call('GET', `/v1/usage?${PERIOD}`);
  expect(answer).toMatchObject(problemOf(503, 'unavailable'));
  expect(answer.headers.get('retry-after')).not.toBeNull();
  expect((await fixture.call('GET', '/v1/customers')).status).toBe(200);
  const readiness = await fetch(`${fixture.api.url}/readyz`);
  expect([readiness.status, (await bodyOf(readiness)).checks]).toEqual([
    503,
    { accounts: true, warehouse: false, log: true },
  ]);
  expect((await fetch(`${fixture.api.url}/healthz`)).status).toBe(200);

  await fixture.clickhouse.restart();
  await eventually(async () => expect((await fixture.call('GET', `/v1/usage?${PERIOD}`)).status).toBe(200), {
    timeoutMs: 10_000,
  });
});

it('503 unavailable while the accounts database is away, never a stale yes, and by itself again after', async () => {
  expect((await fixture.call('GET', '/v1/organization')).status).toBe(200);
  await fixture.postgres.kill('SIGKILL');
  await eventually(
    async () => expect(await fixture.call('GET', `/v1/usage?${PERIOD}`)).toMatchObject(problemOf(503, 'unavailable')),
    { timeoutMs: 5_000 },
  );
  await fixture.postgres.restart();
  await eventually(async () => expect((await fixture.call('GET', '/v1/organization')).status).toBe(200), {
    timeoutMs: 10_000,
  });
  expect(fixture.api.isRunning()).toBe(true);
});
