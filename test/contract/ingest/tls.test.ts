// Ingest with a certificate of its own, which is renewed while it runs.

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { createTestCertificate, type TestCertificate, type TlsAnswer } from '../../support/test-certificate.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

let certificate: TestCertificate;
let stand: Stand;
beforeAll(async () => {
  certificate = await createTestCertificate();
  stand = await startStand(certificate.env);
});
afterAll(async () => {
  await stand.close();
  await certificate.close();
});

const post = (body: unknown): Promise<TlsAnswer> =>
  certificate.send(`${stand.ingest.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stand.key.secret}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

it('takes events and refuses them as without TLS, and tells browsers to stay with TLS', async () => {
  const taken = await post(exampleEvent());
  expect(taken).toMatchObject({ status: 202, text: '{"accepted":1,"duplicates":0,"rejected":[]}' });
  const refused = await post('{');
  expect(refused.status).toBe(400);
  const missing = await certificate.send(`${stand.ingest.url}/nothing`);
  expect(missing.status).toBe(404);
  for (const { headers } of [taken, refused, missing]) {
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  }
  expect(await stand.records()).toHaveLength(1);
});

it('shows a renewed certificate without a restart', async () => {
  await certificate.renew();
  const answers = async (): Promise<void> => expect((await post(exampleEvent())).status).toBe(202);
  await eventually(answers, { timeoutMs: 10_000 });
});

it('closes a connection that speaks plain HTTP, and goes on', async () => {
  const socket = connect(Number(new URL(stand.ingest.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume().write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  const startedAtMs = Date.now();
  await once(socket, 'close');
  expect(Date.now() - startedAtMs).toBeLessThan(1_500);
  expect((await post(exampleEvent())).status).toBe(202);
});

it('ends in order while connections are open', async () => {
  await stand.ingest.signal('SIGTERM');
  expect(stand.ingest.output()).toContain('"msg":"stopped"');
});
