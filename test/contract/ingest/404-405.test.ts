// 404, 405 and the routes for those who run it.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectProblem } from './problem.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.close());

it.each(['/', '/v1', '/v1/eventss', '/v1/events/evt_1', '/V1/Events', '/v1/../v1/eventz'])(
  '404 for %s',
  async (path) => {
    await expectProblem(await fetch(`${stand.ingest.url}${path}`), 'not_found');
  },
);

it('400 for an address that cannot be decoded', async () => {
  const res = await fetch(`${stand.ingest.url}/v1/events/%E0%A4`);
  expect([400, 404]).toContain(res.status);
});

it.each(['/v1/events', '/api/v1/events', '/v1/events/void'])('405 for other methods of %s', async (path) => {
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const res = await fetch(`${stand.ingest.url}${path}`, { method });
    expect(res.headers.get('allow')).toBe('POST');
    await expectProblem(res, 'method_not_allowed');
  }
});

it('is alive and ready, and counts what it did', async () => {
  await stand.post('/v1/events?source=test', { body: [exampleEvent(), 7] });
  for (const path of ['/healthz', '/readyz']) expect((await fetch(`${stand.ingest.url}${path}`)).status).toBe(200);
  const metrics = (await (await fetch(`${stand.ingest.url}/metrics`)).text())
    .split('\n')
    .filter((line) => line.startsWith('tollgate_'))
    .join('\n');
  expect(metrics).toMatch(/tollgate_ingest_events_total\{outcome="accepted",code="",service="ingest"\} 1/);
  expect(metrics).toMatch(/tollgate_ingest_events_total\{outcome="rejected",code="invalid_event",service="ingest"\} 1/);
  expect(metrics).toMatch(/tollgate_ingest_requests_total\{route="\/v1\/events",status="207",service="ingest"\} 1/);
  expect(metrics).toMatch(/tollgate_ingest_body_bytes_in_flight\{service="ingest"\} 0/);
});
