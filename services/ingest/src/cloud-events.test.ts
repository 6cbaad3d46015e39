import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityOf, readCloudEvent } from './cloud-events.ts';

const envelope = { specversion: '1.0', id: '1', source: 'litellm-proxy', type: 'litellm_tokens' };
const litellmData = { model: 'gpt-4o', cost: 1.2e-5, prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };

function read(value: unknown, isSubjectFree = true) {
  const reading = readCloudEvent(value, { isSubjectFree });
  if ('error' in reading) throw new Error(`${reading.error.pointer}: ${reading.error.detail}`);
  return reading;
}

function refusal(value: unknown, isSubjectFree = true): string | undefined {
  const reading = readCloudEvent(value, { isSubjectFree });
  return 'error' in reading ? reading.error.pointer : undefined;
}

describe('readCloudEvent', () => {
  it('reads what LiteLLM’s OpenMeter callback sends as usage', () => {
    const time = '2026-11-24T09:30:00.123456+00:00';
    const { event, isMeter } = read({ ...envelope, time, subject: 'some-user', data: litellmData });
    expect(isMeter).toBe(false);
    expect(event).toEqual({
      id: 'litellm-proxy/1',
      time,
      type: 'llm.chat',
      model: 'gpt-4o',
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
      metadata: { reported_cost: 1.2e-5, event_type: 'litellm_tokens', subject: 'some-user' },
    });
  });

  it('leaves out a cost that LiteLLM does not know', () => {
    const { event } = read({ ...envelope, type: 'llm.embedding', data: { ...litellmData, cost: null } });
    expect(event['metadata']).toBeUndefined();
    expect(event['type']).toBe('llm.embedding');
  });

  it('keeps every token field and every label beside a model', () => {
    const data = { model: 'm', provider: 'p', input_tokens: 1, input_tokens_details: { cached_tokens: 1 }, team: 't' };
    expect(read({ ...envelope, data }).event).toMatchObject({
      provider: 'p',
      usage: { input_tokens: 1, input_tokens_details: { cached_tokens: 1 } },
      metadata: { team: 't' },
    });
  });

  it('reads the members of an event in `data`', () => {
    const data = { provider: 'openai', model: 'gpt-4o', input: 'text', metadata: { a: 1 }, latency_ms: 5 };
    const { event, pointerOf } = read({ ...envelope, type: 'llm.completion', subject: 'key_1', data });
    expect(event).toEqual({ ...data, id: 'litellm-proxy/1', type: 'llm.completion', key: 'key_1' });
    expect(pointerOf('/provider')).toBe('/data/provider');
    expect(pointerOf('/time')).toBe('/time');
  });

  it('takes any other data for meters, as OpenMeter’s clients send it', () => {
    const data = { method: 'GET', route: '/hello' };
    const { event, isMeter } = read({ ...envelope, type: 'request', subject: 'cus_1', data });
    expect(isMeter).toBe(true);
    expect(event).toEqual({ id: 'litellm-proxy/1', type: 'request', customer: 'cus_1', data });
    expect(read({ ...envelope, type: 'prompt', data: { tokens: 5, model: 'gpt4' } }).isMeter).toBe(true);
    expect(read({ ...envelope, type: 'login' }).event['data']).toEqual({});
  });

  it('reads null attributes as absent', () => {
    expect(
      read({ ...envelope, subject: null, time: null, datacontenttype: null, data: null }).event,
    ).not.toHaveProperty('time');
  });

  it.each<[string, unknown, string]>([
    ['no object', 7, ''],
    ['another version', { ...envelope, specversion: '0.3' }, '/specversion'],
    ['no version', { ...envelope, specversion: undefined }, '/specversion'],
    ['no id', { ...envelope, id: '' }, '/id'],
    ['a number as id', { ...envelope, id: 1 }, '/id'],
    ['no source', { ...envelope, source: undefined }, '/source'],
    ['a number as time', { ...envelope, time: 1 }, '/time'],
    ['binary data', { ...envelope, data_base64: 'AA==' }, '/data_base64'],
    ['another type of data', { ...envelope, datacontenttype: 'text/xml', data: '<a/>' }, '/datacontenttype'],
    ['text as data', { ...envelope, data: 'text' }, '/data'],
  ])('refuses %s', (_name, value, pointer) => {
    expect(refusal(value)).toBe(pointer);
  });

  it('refuses a subject that names nobody when an operator’s key sends it', () => {
    expect(refusal({ ...envelope, subject: 'some-user' }, false)).toBe('/subject');
    expect(read({ ...envelope, subject: 'key_1', data: litellmData }, false).event['key']).toBe('key_1');
  });
});

it('gives no two pairs of source and id the same identity', () => {
  const pair = fc.tuple(fc.string(), fc.string());
  fc.assert(
    fc.property(pair, pair, ([source, id], [otherSource, otherId]) => {
      fc.pre(source !== otherSource || id !== otherId);
      expect(identityOf(source, id)).not.toBe(identityOf(otherSource, otherId));
    }),
  );
  expect(identityOf('a/b', 'c')).not.toBe(identityOf('a', 'b/c'));
});
