// 413 and 415: too much, and what is not JSON.

import { setImmediate as turn } from 'node:timers/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { EVENTS_BODY_BYTES_MAX } from '@tollgate/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from './problem.ts';
import { head, openConnection } from './raw-http.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.close());

/** A valid event that takes exactly so many bytes. */
function eventOfBytes(bytes: number): string {
  const empty = JSON.stringify(exampleEvent({ input: '' }));
  return empty.replace('"input":""', `"input":"${'x'.repeat(bytes - empty.length)}"`);
}

describe('413', () => {
  it('takes a body of exactly the bound', async () => {
    expect((await stand.post('/v1/events', { body: eventOfBytes(EVENTS_BODY_BYTES_MAX) })).status).toBe(202);
  });

  it('refuses one byte more', async () => {
    const res = await stand.post('/v1/events', { body: eventOfBytes(EVENTS_BODY_BYTES_MAX + 1) });
    await expectProblem(res, 'body_too_large');
  });

  it('refuses by the declared length, before the body comes', async () => {
    const connection = openConnection(stand.ingest.url);
    const auth = `Authorization: Bearer ${stand.key.secret}`;
    const lines = ['Host: x', auth, 'Content-Type: application/json', 'Content-Length: 99999999999'];
    connection.write(head('POST /v1/events HTTP/1.1', ...lines));
    expect((await connection.answer()).status).toBe(413);
    await connection.closed();
  });

  it('refuses chunks without an end', async () => {
    let chunks = 0;
    const endless = new ReadableStream({
      async pull(controller) {
        // A turn of the event loop for each, so that the answer is read as soon as it comes.
        await turn();
        // An end all the same, for the memory of this process, should nobody refuse it.
        if (++chunks > 5_000) controller.error(new Error('nobody refused the body'));
        else controller.enqueue(new Uint8Array(65_536));
      },
    });
    const res = await fetch(`${stand.ingest.url}/v1/events`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${stand.key.secret}` },
      body: endless,
      duplex: 'half',
    } as RequestInit);
    await expectProblem(res, 'body_too_large');
  });

  it.each([
    ['gzip', gzipSync],
    // The best compression would take ten seconds, and is no worse a bomb.
    ['br', (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
  ])('refuses a bomb in %s', async (coding, compress) => {
    const body = compress(Buffer.alloc(200 * 1024 * 1024));
    const startedAt = Date.now();
    const res = await stand.post('/v1/events', { headers: { 'Content-Encoding': coding }, body });
    await expectProblem(res, 'body_too_large');
    expect(Date.now() - startedAt).toBeLessThan(2_000);
  });

  it('refuses 1,001 events and takes none of them', async () => {
    const body = Array.from({ length: 1_001 }, (_, index) => exampleEvent({ id: `too-many-${index}` }));
    await expectProblem(await stand.post('/v1/events', { body }), 'batch_too_large');
    expect((await stand.records()).some(({ eventId }) => eventId.startsWith('too-many'))).toBe(false);
  });
});

describe('415', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json; charset=latin1',
    'application/json; charset="utf-16"',
    'application/cloudevents+xml',
    'application/cloudevents-batch',
    '*/*',
  ])('refuses %s', async (type) => {
    const res = await stand.post('/v1/events', { headers: { 'Content-Type': type }, body: exampleEvent() });
    await expectProblem(res, 'unsupported_media_type');
  });

  it('refuses a body whose type is not said', async () => {
    const res = await fetch(`${stand.ingest.url}/v1/events`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${stand.key.secret}` },
      body: new Uint8Array([0x7b, 0x7d]),
    });
    await expectProblem(res, 'unsupported_media_type');
  });

  it.each(['application/json;charset=utf-8', 'Application/JSON; Charset="UTF-8"'])('takes %s', async (type) => {
    const res = await stand.post('/v1/events', { headers: { 'Content-Type': type }, body: exampleEvent() });
    expect(res.status).toBe(202);
  });

  it.each(['deflate', 'zstd', 'gzip, br'])('refuses Content-Encoding %s', async (coding) => {
    const res = await stand.post('/v1/events', { headers: { 'Content-Encoding': coding }, body: exampleEvent() });
    await expectProblem(res, 'unsupported_encoding');
  });
});
