// 408, 411 and 431, and connections that misbehave: written by hand, byte by byte.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { head, openConnection } from './raw-http.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand({ INGEST_REQUEST_TIMEOUT_MS: '1500' });
});
afterAll(() => stand.close());

function requestHead(...lines: readonly string[]): string {
  const auth = `Authorization: Bearer ${stand.key.secret}`;
  return head('POST /v1/events HTTP/1.1', 'Host: x', auth, 'Content-Type: application/json', ...lines);
}

it('408 for a body that comes too slowly, and closes', async () => {
  const connection = openConnection(stand.ingest.url);
  connection.write(`${requestHead('Content-Length: 100')}{"id":`);
  const answer = await connection.answer();
  expect(answer.status).toBe(408);
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'request_timeout' });
  expect(answer.headers.get('connection')).toBe('close');
  await connection.closed();
});

it.each(['POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Slow: ', ''])(
  '408 for headers that do not end: %j',
  async (text) => {
    const connection = openConnection(stand.ingest.url);
    connection.write(text);
    expect((await connection.answer()).status).toBe(408);
    await connection.closed();
  },
);

it('411 for a request without a length', async () => {
  const connection = openConnection(stand.ingest.url);
  connection.write(requestHead());
  const answer = await connection.answer();
  expect(answer.status).toBe(411);
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'length_required' });
  connection.socket.destroy();
});

it('431 for headers that are too large', async () => {
  const connection = openConnection(stand.ingest.url);
  connection.write(requestHead(`X-Large: ${'x'.repeat(20_000)}`, 'Content-Length: 0'));
  const answer = await connection.answer();
  expect(answer.status).toBe(431);
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'headers_too_large' });
  await connection.closed();
});

it('asks for the body of a sender that waits for `100 Continue`', async () => {
  const body = JSON.stringify(exampleEvent());
  const connection = openConnection(stand.ingest.url);
  connection.write(requestHead(`Content-Length: ${body.length}`, 'Expect: 100-continue'));
  expect((await connection.answer()).status).toBe(100);
  connection.write(body);
  expect((await connection.answer()).status).toBe(202);
  connection.socket.destroy();
});

it('refuses such a sender before it has sent the body', async () => {
  const connection = openConnection(stand.ingest.url);
  connection.write(requestHead('Content-Length: 6000000', 'Expect: 100-continue'));
  expect((await connection.answer()).status).toBe(413);
  connection.socket.destroy();
});

it('answers requests that are sent without waiting, in their order', async () => {
  const connection = openConnection(stand.ingest.url);
  const bodies = [exampleEvent(), {}, exampleEvent()].map((event) => JSON.stringify(event));
  connection.write(bodies.map((body) => requestHead(`Content-Length: ${body.length}`) + body).join(''));
  const answers = [await connection.answer(), await connection.answer(), await connection.answer()];
  expect(answers.map(({ status }) => status)).toEqual([202, 422, 202]);
  connection.socket.destroy();
});

it('answers what came whole before it answers the rubbish behind it', async () => {
  const event = exampleEvent();
  const body = JSON.stringify(event);
  const connection = openConnection(stand.ingest.url);
  connection.write(`${requestHead(`Content-Length: ${body.length}`)}${body}rubbish\r\n\r\n`);
  expect((await connection.answer()).status).toBe(202);
  expect((await connection.answer()).status).toBe(400);
  await connection.closed();
  expect((await stand.records()).map(({ eventId }) => eventId)).toContain(event['id']);
});

it('takes nothing of a sender that goes away in the middle', async () => {
  const body = JSON.stringify(exampleEvent({ id: 'gone' }));
  const connection = openConnection(stand.ingest.url);
  connection.write(requestHead(`Content-Length: ${body.length + 1}`) + body);
  connection.socket.end();
  await connection.closed();
  expect((await stand.records()).map(({ eventId }) => eventId)).not.toContain('gone');
});

it('takes a body in chunks of one byte', async () => {
  const connection = openConnection(stand.ingest.url);
  const body = JSON.stringify(exampleEvent());
  connection.write(requestHead('Transfer-Encoding: chunked'));
  connection.write(`${[...body].map((byte) => `1\r\n${byte}\r\n`).join('')}0\r\n\r\n`);
  expect((await connection.answer()).status).toBe(202);
  connection.socket.destroy();
});

it('is well after all of that', async () => {
  expect((await stand.post('/v1/events', { body: exampleEvent() })).status).toBe(202);
  const metrics = (await (await fetch(`${stand.ingest.url}/metrics`)).text())
    .split('\n')
    .filter((line) => line.startsWith('tollgate_'))
    .join('\n');
  expect(metrics).toMatch(/tollgate_ingest_requests_in_flight\{[^}]*\} 0/);
  expect(metrics).toMatch(/tollgate_ingest_body_bytes_in_flight\{[^}]*\} 0/);
});
