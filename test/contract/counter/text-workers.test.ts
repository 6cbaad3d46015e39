// The real worker threads of the built counter: they count what the main thread would, and losing one loses nothing.

import { createTextCounter } from '@tollgate/tokenizer';
import { afterEach, expect, it } from 'vitest';
import { assessEvent } from '../../../services/counter/src/assess-event.ts';
import { createTextPool, type TextPool, type TextPoolOptions } from '../../../services/counter/src/text-pool.ts';

const workerUrl = new URL('../../../services/counter/dist/text-worker.js', import.meta.url);
const counting = { modelAliases: {}, text: { counter: createTextCounter({ now: () => 0 }), deadlineMs: 1 } };

let pool: TextPool;
let replaced: string[];
let compared: { readonly isSame: boolean }[];

function start(options: Partial<TextPoolOptions>): void {
  replaced = [];
  compared = [];
  pool = createTextPool({
    ...{ workerUrl, size: 2, deadlineMs: 10_000, graceMs: 2_000, modelAliases: {}, compareEvery: 1 },
    ...{ onReplaced: (reason) => replaced.push(reason), onCompared: (comparison) => compared.push(comparison) },
    ...options,
  });
}

afterEach(() => pool.close());

function eventOf(content: string, model = 'gpt-4o'): Uint8Array {
  const event = { id: 'e', type: 'llm.chat', model, input: { messages: [{ role: 'user', content }] } };
  return new TextEncoder().encode(JSON.stringify(event));
}

it('count what the main thread counts', async () => {
  start({});
  const bodies = ['Hi', 'naïve 中文 text', '<|endoftext|>', 'x'.repeat(5_000), ' \n'.repeat(99)].flatMap((content) =>
    ['gpt-4o', 'gpt-4', 'davinci', 'unheard-of'].map((model) => eventOf(content, model)),
  );
  expect(await pool.assess(bodies)).toEqual(bodies.map((body) => assessEvent(body, counting)));
  expect(compared.length).toBeGreaterThanOrEqual(bodies.length);
  expect(compared.every(({ isSame }) => isSame)).toBe(true);
});

it('are replaced when they do not come back, and only the event in work is given up', async () => {
  // With no time at all for the pool's own watch, any text that takes a second is stuck.
  start({ deadlineMs: 100, graceMs: -50, size: 1 });
  await pool.assess([eventOf('warm')]).catch(() => undefined);
  const stuck = eventOf('a'.repeat(3_000_000));
  const [before, given, after] = await pool.assess([eventOf('Hi'), stuck, eventOf('Hi')]);
  expect(given).toMatchObject({ kind: 'dead', code: 'count_timeout' });
  for (const assessment of [before, after]) expect(assessment).toMatchObject({ kind: 'countable' });
});
