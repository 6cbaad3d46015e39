import { EventSchema } from '@tollgate/domain';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { checkEvent, nothingToCount } from './check-event.ts';

const schema = Compile(EventSchema);
const valid = { id: 'a', type: 'llm.chat', usage: { prompt_tokens: 1 } };

function pointers(value: unknown): readonly string[] {
  const checked = checkEvent(value, '/3');
  return 'errors' in checked ? checked.errors.map(({ pointer }) => pointer) : [];
}

describe('checkEvent', () => {
  it.each<[string, unknown, string]>([
    ['no object', 'text', '/3'],
    ['null', null, '/3'],
    ['an array', [], '/3'],
    ['no id', { type: 'x' }, '/3/id'],
    ['an empty id', { ...valid, id: '' }, '/3/id'],
    ['a number as id', { ...valid, id: 7 }, '/3/id'],
    ['an id of 257 characters', { ...valid, id: '😀'.repeat(257) }, '/3/id'],
    ['a control character in the id', { ...valid, id: 'a\u0000b' }, '/3/id'],
    ['no type', { id: 'a' }, '/3/type'],
    ['a member that does not exist', { ...valid, 'mod/el': 'x' }, '/3/mod~1el'],
    ['an inherited name as member', { ...valid, toString: 'x' }, '/3/toString'],
    ['usage as text', { ...valid, usage: '12' }, '/3/usage'],
    ['usage as array', { ...valid, usage: [] }, '/3/usage'],
    ['another status', { ...valid, status: 'done' }, '/3/status'],
    ['negative latency', { ...valid, latency_ms: -1 }, '/3/latency_ms'],
    ['a customer id as key', { ...valid, key: 'cus_1' }, '/3/key'],
    ['nested metadata', { ...valid, metadata: { a: {} } }, '/3/metadata/a'],
    ['long metadata', { ...valid, metadata: { a: 'x'.repeat(513) } }, '/3/metadata/a'],
  ])('refuses %s', (_name, value, pointer) => {
    expect(pointers(value)).toEqual([pointer]);
  });

  it('names everything that is wrong at once', () => {
    expect(pointers({ id: 7, type: '', metadata: { a: [] } })).toEqual(['/3/id', '/3/type', '/3/metadata/a']);
  });

  it('says a bounded amount, however much is wrong', () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `${index}`.repeat(500));
    const wrong = Object.fromEntries(names.map((name) => [name, []]));
    expect(JSON.stringify(checkEvent({ ...valid, ...wrong }, '')).length).toBeLessThan(3_000);
    expect(pointers({ ...valid, metadata: wrong }).length).toBeLessThan(60);
    expect(pointers({ ...valid, metadata: Object.fromEntries(names.map((name) => [name.slice(0, 9), 1])) })).toEqual([
      '/3/metadata',
    ]);
  });

  it('takes an id of 256 characters, however many units they have', () => {
    expect(pointers({ ...valid, id: '😀'.repeat(256) })).toEqual([]);
  });

  it('is as strict as the published schema, and stricter only by what that cannot say', () => {
    const text = fc.oneof(fc.constantFrom('', 'a', 'completed', 'failed', 'x'.repeat(257)), fc.string());
    const anything = fc.oneof(
      text,
      fc.integer({ min: -2 }),
      fc.boolean(),
      fc.constant(null),
      fc.constant({}),
      fc.constant([]),
    );
    const members = Object.keys(EventSchema.properties);
    const event = fc
      .tuple(fc.dictionary(fc.constantFrom(...members, 'other'), anything), fc.boolean())
      .map(([some, isValid]) => (isValid ? { ...some, ...valid } : some));
    fc.assert(
      fc.property(event, (value) => {
        const stricter = ['id', 'type', 'provider', 'model', 'service_tier', 'reservation', 'key', 'customer'];
        const errors = pointers(value);
        if (schema.Check(value)) {
          expect(errors.filter((pointer) => !stricter.includes(pointer.slice('/3/'.length)))).toEqual([]);
        } else {
          expect(errors).not.toEqual([]);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('nothingToCount', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ['a model call with usage', { type: 'llm.chat', usage: { prompt_tokens: 1 } }, true],
    ['a model call with text', { type: 'llm.embedding', input: 'text' }, true],
    ['a model call with an answer alone', { type: 'llm.responses', output: [] }, true],
    ['a model call with nothing', { type: 'llm.chat' }, false],
    ['a model call with null and nothing', { type: 'llm.chat', input: null, usage: null }, false],
    ['a model call with empty usage', { type: 'llm.chat', usage: {} }, false],
    ['a model call with data alone', { type: 'llm.chat', data: { tokens: 1 } }, false],
    ['a meter event with a number', { type: 'gpu', data: { seconds: 1.5, host: 'a' } }, true],
    ['a meter event with a number as text', { type: 'gpu', data: { seconds: '1.5' } }, true],
    ['a meter event with text alone', { type: 'gpu', data: { host: 'a' } }, false],
    ['a meter event without data', { type: 'gpu', usage: { prompt_tokens: 1 } }, false],
  ])('%s', (_name, members, isCountable) => {
    const checked = checkEvent({ id: 'a', ...members }, '');
    if (!('event' in checked)) throw new Error('not valid');
    expect(nothingToCount(checked.event, '') === undefined).toBe(isCountable);
  });
});
