// 400: the body cannot be read as one event or an array of them. Nothing of it is taken.

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from './problem.ts';
import { head, openConnection } from './raw-http.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(async () => {
  await stand.close();
});

describe('malformed_json', () => {
  const usage = '"type":"llm.chat","usage":{"prompt_tokens":1}';

  it.each<[string, string | Uint8Array, string | undefined]>([
    ['an empty body', '', undefined],
    ['text that is not JSON', 'hello', undefined],
    ['JSON that is cut off', `{"id":"a",${usage}`, undefined],
    ['something behind the event', `{"id":"a",${usage}} {}`, undefined],
    ['an array with a comma too many', `[{"id":"a",${usage}},]`, undefined],
    ['a byte-order mark', `\ufeff{"id":"a",${usage}}`, undefined],
    ['invalid UTF-8', Buffer.from(`{"id":"\xff",${usage}}`, 'latin1'), undefined],
    ['a member twice', `{"id":"a","id":"b",${usage}}`, '/id'],
    ['__proto__', `{"id":"a","__proto__":{},${usage}}`, '/__proto__'],
    ['a number that overflows', `{"id":"a","latency_ms":1e400,${usage}}`, '/latency_ms'],
    ['an integer that is not safe', '{"id":"a","type":"llm.chat","usage":{"n":9007199254740993}}', '/usage/n'],
    ['half a surrogate pair', `{"id":"a\\ud800",${usage}}`, '/id'],
    ['deep nesting', `{"id":"a","type":"llm.chat","input":${'['.repeat(64)}${']'.repeat(64)}}`, ''],
    ['a million brackets', '['.repeat(1_000_000), '/0'],
  ])('%s', async (_name, body, pointer) => {
    const problem = await expectProblem(await stand.post('/v1/events', { body }), 'malformed_json');
    expect(problem.errors?.[0]?.pointer).toBe(pointer);
  });

  it('takes nothing of a batch that is cut off', async () => {
    const events = [exampleEvent({ id: 'cut-1' }), exampleEvent({ id: 'cut-2' })];
    await expectProblem(
      await stand.post('/v1/events', { body: JSON.stringify(events).slice(0, -2) }),
      'malformed_json',
    );
    expect((await stand.records()).filter(({ eventId }) => eventId.startsWith('cut-'))).toEqual([]);
  });
});

describe('invalid_request', () => {
  it('an empty array', async () => {
    await expectProblem(await stand.post('/v1/events', { body: [] }), 'invalid_request');
  });

  it('bytes that are not what Content-Encoding says', async () => {
    for (const body of ['{}', gzipSync('{}').subarray(0, -3)]) {
      const res = await stand.post('/v1/events', { headers: { 'Content-Encoding': 'gzip' }, body });
      await expectProblem(res, 'invalid_request');
    }
  });

  it.each<[string, string]>([
    ['something that is not HTTP', 'hello\r\n\r\n'],
    ['a length that is no number', head('POST /v1/events HTTP/1.1', 'Host: x', 'Content-Length: 1x')],
    ['two lengths', head('POST /v1/events HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Content-Length: 2')],
    [
      'a length and chunks, as request smuggling uses them',
      `${head('POST /v1/events HTTP/1.1', 'Host: x', 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    ],
    ['a header with a line break inside', 'POST /v1/events HTTP/1.1\r\nHost: x\r\nA: b\r\n c\0\r\n\r\n'],
    ['no host', head('POST /v1/events HTTP/1.1', 'Content-Length: 0')],
  ])('%s', async (_name, text) => {
    const connection = openConnection(stand.ingest.url);
    connection.write(text);
    const answer = await connection.answer();
    expect(answer.status).toBe(400);
    await connection.closed();
  });

  it('a chunk that is none, in the middle of a body', async () => {
    const connection = openConnection(stand.ingest.url);
    const auth = `Authorization: Bearer ${stand.key.secret}`;
    const type = 'Content-Type: application/json';
    connection.write(head('POST /v1/events HTTP/1.1', 'Host: x', auth, type, 'Transfer-Encoding: chunked'));
    connection.write('5\r\n{"id"\r\nzz\r\n');
    const answer = await connection.answer();
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid_request' });
    await connection.closed();
  });

  it('an attribute of a CloudEvent twice, or not percent-encoded', async () => {
    const ce = { 'ce-specversion': '1.0', 'ce-source': 's', 'ce-type': 'login' };
    const res = await stand.post('/v1/events', { headers: { ...ce, 'ce-id': '%E0%A4' }, body: '{}' });
    await expectProblem(res, 'invalid_request');
    const connection = openConnection(stand.ingest.url);
    const auth = `Authorization: Bearer ${stand.key.secret}`;
    const attributes = ['ce-specversion: 1.0', 'ce-source: s', 'ce-type: t', 'ce-id: a', 'ce-id: b'];
    const lines = ['Host: x', auth, 'Content-Type: application/json', 'Content-Length: 2', ...attributes];
    connection.write(`${head('POST /v1/events HTTP/1.1', ...lines)}{}`);
    expect(await connection.answer()).toMatchObject({ status: 400 });
    connection.socket.destroy();
  });
});
