// Memory under a flood: more than the process may hold is refused, not kept.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { head, openConnection } from './raw-http.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

const MIB = 1024 * 1024;

let stand: Stand;
beforeAll(async () => {
  stand = await startStand({ INGEST_BYTES_MAX: `${16 * MIB}`, INGEST_REQUEST_TIMEOUT_MS: '60000' });
});
afterAll(() => stand.close());

async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${stand.ingest.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

it('holds 16 MiB of bodies while 100 senders offer 400, and is well afterwards', async () => {
  const secrets = [stand.key.secret, stand.siblingKey.secret, stand.strangerKey.secret];
  const before = await residentBytes();
  const part = Buffer.alloc(4 * MIB, ' ');
  const senders = Array.from({ length: 100 }, (_, index) => {
    const connection = openConnection(stand.ingest.url);
    const auth = `Authorization: Bearer ${secrets[index % secrets.length]}`;
    const lines = ['Host: x', auth, 'Content-Type: application/json', `Content-Length: ${5 * MIB}`];
    connection.write(head('POST /v1/events HTTP/1.1', ...lines));
    connection.write(part);
    return connection;
  });
  const refusals: number[] = [];
  for (const sender of senders)
    void sender.answer().then(
      ({ status }) => refusals.push(status),
      () => undefined,
    );
  // All but those that fit are refused while their bodies are still on the way; those that fit wait for their rest.
  await expect.poll(() => refusals.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(96);
  expect(refusals.every((status) => status === 503 || status === 429)).toBe(true);
  expect((await residentBytes()) - before).toBeLessThan(150 * MIB);
  for (const { socket } of senders) socket.destroy();
  await expect
    .poll(async () => (await stand.post('/v1/events', { body: exampleEvent() })).status, { timeout: 10_000 })
    .toBe(202);
});

it('is not filled by idle connections', async () => {
  const before = await residentBytes();
  const connections = Array.from({ length: 500 }, () => openConnection(stand.ingest.url));
  expect((await stand.post('/v1/events', { body: exampleEvent() })).status).toBe(202);
  expect((await residentBytes()) - before).toBeLessThan(50 * MIB);
  for (const { socket } of connections) socket.destroy();
});
