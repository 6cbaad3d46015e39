// 207 and 422: each element is looked at by itself; 207 when some were rejected, 422 when all were.

import { EVENT_AGE_MAX_MS, EVENT_AHEAD_MAX_MS } from '@tollgate/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultOf } from './result.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.close());

describe('207', () => {
  it('takes the good ones and says of each other what is wrong with it, in their order', async () => {
    const good = exampleEvent();
    const conflicting = { ...good, model: 'another' };
    const old = exampleEvent({ time: new Date(Date.now() - EVENT_AGE_MAX_MS - 60_000).toISOString() });
    const strange = exampleEvent({ key: stand.strangerKey.id });
    const body = [7, good, strange, { id: 'half' }, conflicting, good, old];
    const res = await stand.post('/v1/events', { body });
    expect(res.status).toBe(207);
    expect(await res.json()).toMatchObject({
      accepted: 1,
      duplicates: 1,
      rejected: [
        { index: 0, id: null, code: 'invalid_event', errors: [{ pointer: '/0' }] },
        { index: 2, id: strange['id'], code: 'customer_mismatch', errors: [{ pointer: '/2/key' }] },
        { index: 3, id: 'half', code: 'invalid_event', errors: [{ pointer: '/3/type' }] },
        { index: 4, id: good['id'], code: 'event_conflict', errors: [{ pointer: '/4/id' }] },
        { index: 6, id: old['id'], code: 'timestamp_out_of_range', errors: [{ pointer: '/6/time' }] },
      ],
    });
    const ids = (await stand.records()).map(({ eventId }) => eventId);
    expect(ids.filter((id) => id === good['id'])).toHaveLength(1);
    expect(ids).not.toContain(strange['id']);
  });

  it('keeps a flaw to the element that has it, so that one sender’s text cannot spoil the others’', async () => {
    const good = exampleEvent();
    const flawed = '{"id":"flawed","type":"llm.chat","input":"half a pair: \\ud83d"}';
    const res = await stand.post('/v1/events', { body: `[${JSON.stringify(good)},${flawed}]` });
    expect(res.status).toBe(207);
    expect(await res.json()).toMatchObject({
      accepted: 1,
      rejected: [{ index: 1, id: 'flawed', code: 'malformed_json', errors: [{ pointer: '/1/input' }] }],
    });
  });
});

describe('a backfill', () => {
  const old = () => exampleEvent({ time: '2024-02-29T12:00:00Z', key: stand.key.id });
  const backfill = '/v1/events?backfill=true';

  it('takes events from before the window, from an operator who says so', async () => {
    const event = old();
    const { secret } = stand.operator;
    expect((await stand.post('/v1/events', { secret, body: event })).status).toBe(422);
    expect((await stand.post(backfill, { secret, body: event })).status).toBe(202);
    const stored = (await stand.records()).find(({ eventId }) => eventId === event['id']);
    expect(stored?.timeMs).toBe(Date.UTC(2024, 1, 29, 12));
  });

  it('is refused to a customer, and never reaches back for ever', async () => {
    const refused = await stand.post(backfill, { body: old() });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'insufficient_scope' });
    const ancient = exampleEvent({ time: '2001-01-01T00:00:00Z', key: stand.key.id });
    expect((await stand.post(backfill, { secret: stand.operator.secret, body: ancient })).status).toBe(422);
    expect((await stand.post('/v1/events?backfill=yes', { body: old() })).status).toBe(400);
  });
});

describe('422', () => {
  const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

  it.each<[string, () => Record<string, unknown>, string, string]>([
    ['an unknown member', () => exampleEvent({ modle: 'x' }), 'invalid_event', '/modle'],
    ['nothing to count', () => exampleEvent({ usage: null }), 'invalid_event', ''],
    ['a meter event without numbers', () => exampleEvent({ type: 'gpu', data: { a: 'b' } }), 'invalid_event', '/data'],
    ['a time without a zone', () => exampleEvent({ time: '2026-11-24T09:30:00' }), 'invalid_event', '/time'],
    ['31 February', () => exampleEvent({ time: '2026-02-31T00:00:00Z' }), 'invalid_event', '/time'],
    [
      '36 days ago',
      () => exampleEvent({ time: ago(EVENT_AGE_MAX_MS + 86_400_000) }),
      'timestamp_out_of_range',
      '/time',
    ],
    [
      '6 minutes ahead',
      () => exampleEvent({ time: ago(-EVENT_AHEAD_MAX_MS - 60_000) }),
      'timestamp_out_of_range',
      '/time',
    ],
    ['another customer', () => exampleEvent({ customer: stand.strangerKey.customerId }), 'invalid_event', '/customer'],
    ['another customer’s key', () => exampleEvent({ key: stand.strangerKey.id }), 'invalid_event', '/key'],
    ['a key that does not exist', () => exampleEvent({ key: 'key_none' }), 'invalid_event', '/key'],
  ])('%s', async (_name, event, code, pointer) => {
    const before = (await stand.records()).length;
    const res = await stand.post('/v1/events', { body: event() });
    expect(res.status).toBe(422);
    expect(res.headers.get('content-type')).toBe('application/problem+json');
    const problem = await resultOf(res);
    expect(problem).toMatchObject({ code, status: 422, errors: [{ pointer }], accepted: 0, duplicates: 0 });
    expect(problem.rejected).toHaveLength(1);
    expect((await stand.records()).length).toBe(before);
  });

  it('tells a customer the same of a key that is another’s and of one that does not exist', async () => {
    const answers = [];
    for (const key of [stand.strangerKey.id, 'key_none']) {
      const { rejected } = await resultOf(await stand.post('/v1/events', { body: exampleEvent({ id: 'x', key }) }));
      answers.push(rejected);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject([{ code: 'customer_mismatch' }]);
  });

  it.each<[string, () => Record<string, unknown>, string, string]>([
    ['names nobody', () => exampleEvent(), 'invalid_event', ''],
    ['names a key that does not exist', () => exampleEvent({ key: 'key_none' }), 'invalid_event', '/key'],
    [
      'names a customer that does not exist',
      () => exampleEvent({ customer: 'cus_none' }),
      'invalid_event',
      '/customer',
    ],
    ['names its own key', () => exampleEvent({ key: stand.operator.id }), 'invalid_event', '/key'],
    [
      'names a key and another customer',
      () => exampleEvent({ key: stand.key.id, customer: stand.strangerKey.customerId }),
      'customer_mismatch',
      '/key',
    ],
  ])('an operator’s key that %s', async (_name, event, code, pointer) => {
    const res = await stand.post('/v1/events', { secret: stand.operator.secret, body: event() });
    expect(res.status).toBe(422);
    expect((await resultOf(res)).rejected).toMatchObject([{ code, errors: [{ pointer }] }]);
  });

  it('a thousand keys that do not exist, looked up without a flood', async () => {
    const body = Array.from({ length: 1_000 }, (_, index) => exampleEvent({ key: `key_none${index}` }));
    const res = await stand.post('/v1/events', { secret: stand.operator.secret, body });
    expect(res.status).toBe(422);
    expect((await resultOf(res)).rejected).toHaveLength(1_000);
  });

  it.each<[string, unknown, string]>([
    ['a withdrawal without a reason', { id: 'a' }, '/reason'],
    ['a withdrawal with a blank reason', { id: 'a', reason: ' ' }, '/reason'],
    ['a withdrawal without an id', { reason: 'test' }, '/id'],
    ['a withdrawal with an unknown member', { id: 'a', reason: 'test', why: 1 }, '/why'],
    ['a withdrawal that is no object', 'a', ''],
  ])('%s', async (_name, body, pointer) => {
    const res = await stand.post('/v1/events/void', { body: JSON.stringify(body) });
    expect(res.status).toBe(422);
    expect(await res.json()).toMatchObject({ errors: [{ pointer }] });
  });
});
