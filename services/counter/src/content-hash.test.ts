import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contentHashOf } from './content-hash.ts';

const event = { id: 'a', time: '2026-11-24T09:30:00Z', type: 'llm.chat', model: 'gpt-4o', usage: { prompt_tokens: 1 } };

it('does not see the time, the id and the order of members', () => {
  const copy = {
    usage: { prompt_tokens: 1 },
    model: 'gpt-4o',
    type: 'llm.chat',
    time: '2027-01-01T00:00:00Z',
    id: 'b',
  };
  expect(contentHashOf(copy)).toBe(contentHashOf(event));
});

it('sees everything else, text and the order of lists too', () => {
  const others = [
    { ...event, model: 'gpt-4' },
    { ...event, usage: { prompt_tokens: 2 } },
    { ...event, usage: { prompt_tokens: '1' } },
    { ...event, usage: { prompt_tokens: 1, id: 'x' } },
    { ...event, input: { messages: ['a', 'b'] } },
    { ...event, input: { messages: ['b', 'a'] } },
    { ...event, output: null },
  ];
  const hashes = new Set([event, ...others].map(contentHashOf));
  expect(hashes.size).toBe(others.length + 1);
});

it('is 64 bits', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (content) => {
      const hash = contentHashOf(content);
      expect(hash >= 0n && hash < 2n ** 64n).toBe(true);
    }),
  );
});
