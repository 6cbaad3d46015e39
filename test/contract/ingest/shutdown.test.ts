// The orderly end: what is under way is answered truthfully, and no answer is lost.

import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { head, openConnection } from './raw-http.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand({ TOLLGATE_SHUTDOWN_TIMEOUT_MS: '4000' });
});
afterAll(() => stand.close());

function requestHead(length: number): string {
  const lines = ['Host: x', `Authorization: Bearer ${stand.key.secret}`, 'Content-Type: application/json'];
  return head('POST /v1/events HTTP/1.1', ...lines, `Content-Length: ${length}`);
}

it('finishes a request whose body was still on its way, says that the connection ends, and takes no new one', async () => {
  const body = JSON.stringify(exampleEvent({ id: 'half-way' }));
  const connection = openConnection(stand.ingest.url);
  await once(connection.socket, 'connect');
  connection.write(requestHead(body.length) + body.slice(0, 10));
  // A full exchange on another connection: the first has been read by then.
  expect((await stand.post('/v1/events', { body: exampleEvent() })).status).toBe(202);
  const ended = stand.ingest.signal('SIGTERM');
  await expect
    .poll(
      () =>
        stand.post('/v1/events', { body: exampleEvent() }).then(
          () => 'open',
          () => 'closed',
        ),
      { timeout: 3_000 },
    )
    .toBe('closed');
  connection.write(body.slice(10));
  const answer = await connection.answer();
  expect(answer.status).toBe(202);
  expect(answer.headers.get('connection')).toBe('close');
  await ended;
  expect((await stand.records()).map(({ eventId }) => eventId)).toContain('half-way');
  await stand.ingest.start();
});

it('has in the log what it acknowledged while it was stopped under load, and nothing that it refused', async () => {
  const acknowledged: string[] = [];
  let isStopped = false;
  const send = async (sender: number): Promise<void> => {
    for (let count = 0; !isStopped; count++) {
      const id = `load-${sender}-${count}`;
      const res = await stand.post('/v1/events', { body: exampleEvent({ id }) }).catch(() => undefined);
      if (res?.status === 202) acknowledged.push(id);
    }
  };
  const senders = Array.from({ length: 8 }, (_, sender) => send(sender));
  await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(200);
  await stand.ingest.signal('SIGTERM');
  isStopped = true;
  await Promise.all(senders);
  const stored = new Set((await stand.records()).map(({ eventId }) => eventId));
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  expect(stand.ingest.output()).not.toMatch(/"level":"(error|fatal)"/);
  await stand.ingest.start();
});

it('cuts off a sender that never finishes, in time', async () => {
  const connection = openConnection(stand.ingest.url);
  connection.write(`${requestHead(100)}{`);
  expect((await stand.post('/v1/events', { body: exampleEvent() })).status).toBe(202);
  const startedAt = Date.now();
  await stand.ingest.signal('SIGTERM');
  expect(Date.now() - startedAt).toBeLessThan(4_000);
  await connection.closed();
});
