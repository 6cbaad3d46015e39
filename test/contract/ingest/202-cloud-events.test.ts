// CloudEvents 1.0 in all three modes, sent by the official SDK and as OpenMeter's clients and LiteLLM send them.

import { randomUUID } from 'node:crypto';
import { CloudEvent, HTTP } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stand, startStand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.close());

async function bodyOf(id: string): Promise<Record<string, unknown>> {
  const found = (await stand.records()).filter(({ eventId }) => eventId === id);
  expect(found).toHaveLength(1);
  return JSON.parse(Buffer.from(found[0]?.body ?? []).toString());
}

const data = { provider: 'openai', model: 'gpt-4o', usage: { prompt_tokens: 12, completion_tokens: 3 } };

describe.each(['/v1/events', '/api/v1/events'])('POST %s', (path) => {
  it.each(['binary', 'structured'] as const)('takes what the official SDK sends in %s mode', async (mode) => {
    const id = randomUUID();
    const event = new CloudEvent({ id, source: '/my/gateway', type: 'llm.chat', subject: stand.key.id, data });
    const { headers, body } = HTTP[mode](event);
    const res = await stand.post(path, { headers: headers as Record<string, string>, body });
    expect(await res.json()).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    expect(await bodyOf(`%2Fmy%2Fgateway/${id}`)).toMatchObject({ ...data, type: 'llm.chat', time: event.time });
  });

  it('takes a batch as OpenMeter’s client sends it', async () => {
    const common = { specversion: '1.0', source: '@openmeter/sdk', subject: 'customer-1', type: 'request' };
    const ids = [randomUUID(), randomUUID()];
    const body = ids.map((id) => ({ ...common, id, time: new Date(), data: { method: 'GET', route: '/hello' } }));
    const headers = { 'Content-Type': 'application/cloudevents-batch+json' };
    const res = await stand.post(path, { headers, body });
    expect(res.status).toBe(202);
    expect(await bodyOf(`%40openmeter%2Fsdk/${ids[1]}`)).toMatchObject({
      type: 'request',
      data: { method: 'GET', route: '/hello' },
      metadata: { subject: 'customer-1' },
    });
  });

  it('takes what LiteLLM’s OpenMeter callback sends', async () => {
    const id = `chatcmpl-${randomUUID()}`;
    const res = await stand.post(path, {
      headers: { 'Content-Type': 'application/cloudevents+json' },
      body: {
        specversion: '1.0',
        type: 'litellm_tokens',
        id,
        time: `${new Date().toISOString().slice(0, -1)}456+00:00`,
        subject: 'end-user-7',
        source: 'litellm-proxy',
        data: { model: 'gpt-4o', cost: 0.00012, prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
      },
    });
    expect(res.status).toBe(202);
    expect(await bodyOf(`litellm-proxy/${id}`)).toMatchObject({
      type: 'llm.chat',
      model: 'gpt-4o',
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
      metadata: { subject: 'end-user-7', reported_cost: 0.00012 },
    });
  });
});

it('takes CloudEvents and events side by side as plain JSON', async () => {
  const id = randomUUID();
  const body = [
    { id, type: 'gpu', data: { seconds: 1 } },
    { specversion: '1.0', id, source: 's', type: 'gpu', data: { seconds: 1 } },
  ];
  expect(await (await stand.post('/v1/events', { body })).json()).toMatchObject({ accepted: 2 });
});

it('decodes the attributes of binary mode and takes an event without data', async () => {
  const id = randomUUID();
  const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': 'caf%C3%A9', 'ce-type': 'login' };
  const res = await stand.post('/v1/events', { headers, body: '' });
  expect(res.status).toBe(202);
  expect(await bodyOf(`caf%C3%A9/${id}`)).toMatchObject({ type: 'login', data: {} });
});

it('lets the subject name the customer or key that an operator reports for', async () => {
  const body = [stand.key.id, stand.key.customerId, 'customer-1'].map((subject, index) => {
    return { specversion: '1.0', id: `by-operator-${index}`, source: 's', type: 'llm.chat', subject, data };
  });
  const headers = { 'Content-Type': 'application/cloudevents-batch+json' };
  const res = await stand.post('/v1/events', { secret: stand.operator.secret, headers, body });
  expect(res.status).toBe(207);
  expect(await res.json()).toMatchObject({
    accepted: 2,
    rejected: [{ index: 2, id: 'by-operator-2', code: 'invalid_event', errors: [{ pointer: '/2/subject' }] }],
  });
});

it('points into the CloudEvent that is wrong', async () => {
  const body = { specversion: '1.0', id: '1', source: 's', type: 'llm.chat', data: { model: 7 } };
  const headers = { 'Content-Type': 'application/cloudevents+json' };
  const res = await stand.post('/v1/events', { headers, body });
  expect(res.status).toBe(422);
  expect(await res.json()).toMatchObject({ errors: [{ pointer: '/data/model' }] });
});
