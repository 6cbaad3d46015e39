// Tokens per minute through the whole pipe: counted after the fact, charged once, and then the key waits.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { type Stack, startStack } from '../support/stack.ts';

const TIMEOUT_MS = 180_000;
const TOKENS_PER_MINUTE = 1_000;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ log: 'redis-streams' });
}, TIMEOUT_MS);
afterAll(async () => stack?.close(), TIMEOUT_MS);

it(
  'a key that used more than its tokens waits until they have drained, though the batch came twice',
  async () => {
    const api = createApiClient(stack.api.url, stack.operatorKey);
    const customer = await api.json<{ id: string }>(api.post('/v1/customers', { name: `test ${randomUUID()}` }));
    const createKey = (fields: object) =>
      api.json<{ id: string; secret: string }>(
        api.post('/v1/keys', { name: 'test', customer: customer.id, scopes: ['usage:write'], ...fields }),
      );
    const limited = await createKey({ rate_limits: { tokens_per_minute: TOKENS_PER_MINUTE } });
    const free = await createKey({});
    const ingest = createApiClient(stack.ingest.url, limited.secret);
    const event = { id: 'big', type: 'llm.chat', provider: 'openai', model: 'gpt-4o' };
    const usage = { prompt_tokens: 2_000, completion_tokens: 500, total_tokens: 2_500 };

    const [counter] = stack.counters;
    await counter.signal('SIGTERM');
    const taken = await ingest.post('/v1/events', { ...event, usage });
    expect([taken.status, taken.headers.get('ratelimit')]).toEqual([202, '"tokens";r=1000;t=0']);
    // Charged, and killed before the log knows of it: the same batch comes again.
    await counter.runUntilKilledAt('counter.after_settle');
    const chargedAtMs = Date.now();
    await counter.start();
    const other = createApiClient(stack.ingest.url, free.secret);
    expect((await other.post('/v1/events', { ...event, id: 'after', usage })).status).toBe(202);
    const isCounted = async (): Promise<void> => {
      const { state } = await api.json<{ state: string }>(api.get(`/v1/events/after?customer=${customer.id}`));
      expect(state).toBe('counted');
    };
    await eventually(isCounted, { timeoutMs: 60_000 });

    const refused = await ingest.post('/v1/events', { ...event, id: 'next', usage });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({
      code: 'rate_limited',
      detail: expect.stringContaining('1000 tokens'),
    });
    // 2,500 charged once are 1,501 too many, and twice 4,001; 1,000 drain in a minute.
    const retryAfter = Number(refused.headers.get('retry-after'));
    const drainedSeconds = Math.ceil((Date.now() - chargedAtMs) / 1_000);
    expect(retryAfter).toBeLessThanOrEqual(91);
    expect(retryAfter).toBeGreaterThanOrEqual(90 - drainedSeconds - 2);
    expect(refused.headers.get('ratelimit')).toBe(`"tokens";r=0;t=${retryAfter}`);
  },
  TIMEOUT_MS,
);
