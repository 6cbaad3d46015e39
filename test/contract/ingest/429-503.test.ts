// 429 and 503: too much at once, and a log or a database that does not answer. Nothing is half-taken, and the process
// recovers by itself.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { expectProblem } from './problem.ts';
import { head, openConnection, type RawConnection } from './raw-http.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand({ INGEST_REQUESTS_MAX: '20', INGEST_REQUEST_TIMEOUT_MS: '60000' });
});
afterAll(() => stand.close());

/** A request that has begun and whose body stays away. */
function openRequest(secret: string): RawConnection {
  const connection = openConnection(stand.ingest.url);
  const lines = ['Host: x', `Authorization: Bearer ${secret}`, 'Content-Type: application/json', 'Content-Length: 99'];
  connection.write(head('POST /v1/events HTTP/1.1', ...lines));
  return connection;
}

async function requestsInFlight(): Promise<number> {
  const metrics = await (await fetch(`${stand.ingest.url}/metrics`)).text();
  return Number(/tollgate_ingest_requests_in_flight\{[^}]*\} (\d+)/.exec(metrics)?.[1]);
}

async function waitForRequestsInFlight(count: number): Promise<void> {
  await eventually(async () => expect(await requestsInFlight()).toBe(count), { timeoutMs: 10_000 });
}

describe('too much at once', () => {
  it('429 for a key that holds its share, and 202 for another', async () => {
    const open = Array.from({ length: 10 }, () => openRequest(stand.key.secret));
    await waitForRequestsInFlight(10);
    const refused = await stand.post('/v1/events', { body: exampleEvent() });
    expect(refused.headers.get('retry-after')).toBe('1');
    await expectProblem(refused, 'rate_limited');
    const other = await stand.post('/v1/events', { secret: stand.strangerKey.secret, body: exampleEvent() });
    expect(other.status).toBe(202);
    for (const { socket } of open) socket.destroy();
    await waitForRequestsInFlight(0);
    expect((await stand.post('/v1/events', { body: exampleEvent() })).status).toBe(202);
  });

  it('503 for everybody once all are held', async () => {
    const secrets = [stand.key.secret, stand.siblingKey.secret];
    const open = secrets.flatMap((secret) => Array.from({ length: 10 }, () => openRequest(secret)));
    await waitForRequestsInFlight(20);
    const refused = await stand.post('/v1/events', { secret: stand.strangerKey.secret, body: exampleEvent() });
    expect(refused.headers.get('retry-after')).toBe('1');
    await expectProblem(refused, 'unavailable');
    for (const { socket } of open) socket.destroy();
    await waitForRequestsInFlight(0);
  });
});

describe('the log stands still', () => {
  it('503 within 5 seconds, and everything acknowledged afterwards is in the log', async () => {
    await stand.logServer.kill('SIGSTOP');
    try {
      const startedAt = Date.now();
      const answers = await Promise.all(
        ['a', 'b', 'c'].map((id) => stand.post('/v1/events', { body: exampleEvent({ id: `stopped-${id}` }) })),
      );
      expect(Date.now() - startedAt).toBeLessThan(5_000);
      for (const res of answers) {
        expect(Number(res.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        await expectProblem(res, 'log_unavailable');
      }
      expect((await fetch(`${stand.ingest.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${stand.ingest.url}/healthz`)).status).toBe(200);
    } finally {
      await stand.logServer.kill('SIGCONT');
    }
    const again = async (): Promise<void> => {
      const res = await stand.post('/v1/events', {
        body: ['a', 'b', 'c'].map((id) => exampleEvent({ id: `stopped-${id}` })),
      });
      expect(res.status).toBe(202);
    };
    await eventually(again, { timeoutMs: 20_000 });
    const ids = new Set((await stand.records()).map(({ eventId }) => eventId));
    for (const id of ['a', 'b', 'c']) expect(ids).toContain(`stopped-${id}`);
  });

  it('503 while it is gone, and 202 once it is back', async () => {
    await stand.logServer.kill('SIGKILL');
    const startedAt = Date.now();
    await expectProblem(await stand.post('/v1/events', { body: exampleEvent() }), 'log_unavailable');
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    await stand.logServer.restart();
    const again = async (): Promise<void> => {
      expect((await stand.post('/v1/events', { body: exampleEvent() })).status).toBe(202);
    };
    await eventually(again, { timeoutMs: 20_000 });
  });
});

describe('the accounts are gone', () => {
  it('503 for a key that is not known yet, within 5 seconds, and 202 once they are back', async () => {
    const fresh = await stand.createKey({ customerId: stand.key.customerId, scopes: ['usage:write'] });
    await stand.postgres.kill('SIGKILL');
    const startedAt = Date.now();
    const res = await stand.post('/v1/events', { secret: fresh.secret, body: exampleEvent() });
    await expectProblem(res, 'unavailable');
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    await stand.postgres.restart();
    const again = async (): Promise<void> => {
      const res = await stand.post('/v1/events', { secret: fresh.secret, body: exampleEvent() });
      expect(res.status).toBe(202);
    };
    await eventually(again, { timeoutMs: 20_000 });
  });
});
