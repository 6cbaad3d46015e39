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
