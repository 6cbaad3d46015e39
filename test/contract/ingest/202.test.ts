// 202: everything was taken, and the log has it.

import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleEvent, type Stand, startStand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.close());

async function recordOf(id: unknown) {
  const found = (await stand.records()).filter(({ eventId }) => eventId === id);
  expect(found).toHaveLength(1);
  return found[0];
}

describe('POST /v1/events', () => {
  it('puts one event into the log as it came, for the key that sent it', async () => {
    const text = '{ "type" : "llm.chat",\n "id": "as-it-came", "usage": {"prompt_tokens": 1.0e1}, "model": "gpt-4o" }';
    const res = await stand.post('/v1/events', { body: `  ${text}\n` });
    expect(res.status).toBe(202);
    expect(await res.json()).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    const record = await recordOf('as-it-came');
    expect(Buffer.from(record?.body ?? []).toString()).toBe(text);
    expect(record).toMatchObject({
      kind: 'event',
      customerId: stand.key.customerId,
      keyId: stand.key.id,
      reporterKeyId: stand.key.id,
      isReplay: false,
    });
    expect(record?.timeMs).toBe(record?.receivedAtMs);
  });

  it('gives back the id of the request', async () => {
    const res = await stand.post('/v1/events', { headers: { 'X-Request-Id': 'abc-1' }, body: exampleEvent() });
    expect(res.headers.get('x-request-id')).toBe('abc-1');
  });

  it('takes a thousand events, each with its own bytes', async () => {
    const events = Array.from({ length: 1_000 }, (_, index) =>
      exampleEvent({ id: `many-${index}`, input: `é${index}😀` }),
    );
    const res = await stand.post('/v1/events', { body: events });
    expect(res.status).toBe(202);
    expect(await res.json()).toEqual({ accepted: 1_000, duplicates: 0, rejected: [] });
    const bodies = (await stand.records())
      .filter(({ eventId }) => eventId.startsWith('many-'))
      .map(({ body }) => JSON.parse(Buffer.from(body).toString()));
    expect(bodies.sort((a, b) => Number(a.id.slice(5)) - Number(b.id.slice(5)))).toEqual(events);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('takes a body in %s', async (coding, compress) => {
    const event = exampleEvent();
    const res = await stand.post('/v1/events', {
      headers: { 'Content-Encoding': coding },
      body: compress(JSON.stringify(event)),
    });
    expect(res.status).toBe(202);
    const record = await recordOf(event['id']);
    expect(JSON.parse(Buffer.from(record?.body ?? []).toString())).toEqual(event);
  });

  it('counts copies inside one request, whatever their time or the order of their members', async () => {
    const event = exampleEvent({ time: new Date().toISOString() });
    const otherTime = { ...event, time: new Date(Date.now() - 60_000).toISOString() };
    const otherOrder = Object.fromEntries(Object.entries(event).reverse());
    const res = await stand.post('/v1/events', { body: [event, event, otherTime, otherOrder] });
    expect(res.status).toBe(202);
    expect(await res.json()).toEqual({ accepted: 1, duplicates: 3, rejected: [] });
    await recordOf(event['id']);
  });

  it('takes what a gateway reports for a key or for a customer', async () => {
    const [forKey, forCustomer] = [
      exampleEvent({ key: stand.key.id }),
      exampleEvent({ customer: stand.key.customerId }),
    ];
    const res = await stand.post('/v1/events', { secret: stand.operator.secret, body: [forKey, forCustomer] });
    expect(res.status).toBe(202);
    const common = { customerId: stand.key.customerId, reporterKeyId: stand.operator.id };
    expect(await recordOf(forKey['id'])).toMatchObject({ ...common, keyId: stand.key.id });
    expect(await recordOf(forCustomer['id'])).toMatchObject({ ...common, keyId: null });
  });

  it('takes what a key reports for another key of its customer', async () => {
    const event = exampleEvent({ key: stand.siblingKey.id });
    expect((await stand.post('/v1/events', { body: event })).status).toBe(202);
    expect(await recordOf(event['id'])).toMatchObject({ keyId: stand.siblingKey.id, reporterKeyId: stand.key.id });
  });

  it('waits for `100 Continue` to be given', async () => {
    const res = await stand.post('/v1/events', { headers: {}, body: exampleEvent() });
    expect(res.status).toBe(202);
  });
});

describe('POST /v1/events/void', () => {
  it('puts the withdrawal into the log, with its reason', async () => {
    const res = await stand.post('/v1/events/void', { body: { id: 'withdrawn', reason: 'sent by mistake' } });
    expect(res.status).toBe(202);
    expect(await res.json()).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    const record = await recordOf('withdrawn');
    expect(record).toMatchObject({ kind: 'void', customerId: stand.key.customerId, reporterKeyId: stand.key.id });
    expect(JSON.parse(Buffer.from(record?.body ?? []).toString())).toEqual({
      reason: 'sent by mistake',
      origin: { address: '127.0.0.1', request_id: expect.any(String) },
    });
  });

  it('lets an operator name the customer', async () => {
    const body = [
      { id: 'one', customer: stand.key.customerId, reason: 'test' },
      { id: 'one', customer: stand.strangerKey.customerId, reason: 'test' },
    ];
    const res = await stand.post('/v1/events/void', { secret: stand.operator.secret, body });
    expect(await res.json()).toEqual({ accepted: 2, duplicates: 0, rejected: [] });
  });
});
