// The usage of every provider, from `POST /v1/events` to `GET /v1/events/{id}`: classes, provenance, flags; what contradicts
// itself among the dead letters; and the drift of what was both reported and counted.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestCustomer, type TestCustomer } from '../../support/customer.ts';
import { eventually } from '../../support/eventually.ts';
import { type Stack, startStack } from '../../support/stack.ts';

const START_TIMEOUT_MS = 120_000;
const SOON = { timeoutMs: 15_000 };
const HOUR_MS = 60 * 60 * 1000;

let stack: Stack;
let customer: TestCustomer;
beforeAll(async () => {
  stack = await startStack({ log: 'redis-streams' });
  customer = await createTestCustomer(stack);
}, START_TIMEOUT_MS);
afterAll(async () => stack?.close(), START_TIMEOUT_MS);

interface EventAnswer {
  readonly state: string;
  readonly tokens: Readonly<Record<string, number>>;
  readonly provenance: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

interface ProviderCase {
  readonly event: Readonly<Record<string, unknown>>;
  readonly tokens: Readonly<Record<string, number>>;
  readonly more?: Readonly<Record<string, unknown>>;
}

const anthropicChunks = [
  { type: 'message_start', message: { usage: { input_tokens: 9, cache_read_input_tokens: 4, output_tokens: 1 } } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Two cranes.' } },
];

/** One for each shape. */
const CASES: Readonly<Record<string, ProviderCase>> = {
  'openai.chat': {
    event: {
      provider: 'openai',
      model: 'gpt-4o',
      usage: {
        ...{ prompt_tokens: 70, completion_tokens: 30, total_tokens: 100 },
        prompt_tokens_details: { cached_tokens: 64 },
        completion_tokens_details: { reasoning_tokens: 12 },
      },
    },
    tokens: { input: 6, cache_read: 64, output: 18, reasoning: 12 },
  },
  'openai.responses': {
    event: {
      type: 'llm.responses',
      provider: 'azure',
      model: 'gpt-5',
      usage: { input_tokens: 20, input_tokens_details: { cached_tokens: 8 }, output_tokens: 5, total_tokens: 25 },
      service_tier: 'default',
    },
    tokens: { input: 12, cache_read: 8, output: 5 },
    more: { service_tier: 'standard' },
  },
  anthropic: {
    event: {
      provider: 'anthropic',
      model: 'claude-sonnet-5',
      usage: {
        ...{ input_tokens: 3, cache_read_input_tokens: 90, cache_creation_input_tokens: 50, output_tokens: 11 },
        cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 },
        ...{ server_tool_use: { web_search_requests: 2 }, service_tier: 'batch', brand_new_tokens: 1 },
      },
    },
    tokens: { input: 3, cache_read: 90, cache_write_5m: 20, cache_write_1h: 30, output: 11 },
    more: { web_searches: 2, service_tier: 'batch', flags: ['unknown_usage_member:brand_new_tokens'] },
  },
  gemini: {
    event: {
      provider: 'google',
      model: 'gemini-3.1-pro',
      usage: {
        ...{ promptTokenCount: 50, cachedContentTokenCount: 20, candidatesTokenCount: 8, thoughtsTokenCount: 6 },
        ...{ toolUsePromptTokenCount: 4, totalTokenCount: 68, trafficType: 'ON_DEMAND' },
        promptTokensDetails: [{ modality: 'IMAGE', tokenCount: 10 }],
      },
    },
    tokens: { input: 20, cache_read: 20, input_image: 10, tool_input: 4, output: 8, reasoning: 6 },
  },
  'gemini.chat': {
    event: { provider: 'gemini', model: 'g', usage: { prompt_tokens: 35, completion_tokens: 12, total_tokens: 109 } },
    tokens: { input: 35, output: 12, reasoning: 62 },
  },
  'mistral.chat': {
    event: {
      provider: 'mistral',
      model: 'mistral-large',
      usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11, num_cached_tokens: 4 },
    },
    tokens: { input: 5, cache_read: 4, output: 2 },
  },
  'cohere.billed_units': {
    event: {
      provider: 'cohere',
      model: 'command-a',
      usage: { billed_units: { input_tokens: 7, output_tokens: 3 }, tokens: { input_tokens: 70, output_tokens: 3 } },
    },
    tokens: { input: 7, output: 3 },
  },
  'bedrock.converse': {
    event: {
      provider: 'bedrock',
      model: 'amazon.nova-pro-v1:0',
      usage: { inputTokens: 5, cacheReadInputTokens: 6, cacheWriteInputTokens: 7, outputTokens: 8, totalTokens: 26 },
    },
    tokens: { input: 5, cache_read: 6, cache_write_5m: 7, output: 8 },
  },
  'deepseek.chat': {
    event: {
      provider: 'deepseek',
      model: 'deepseek-chat',
      usage: {
        ...{ prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 },
        ...{ prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 },
      },
    },
    tokens: { input: 2, cache_read: 8, output: 4 },
  },
  'xai.chat': {
    event: {
      provider: 'xai',
      model: 'grok-4',
      usage: {
        ...{ prompt_tokens: 12, completion_tokens: 3, total_tokens: 35, num_sources_used: 5 },
        completion_tokens_details: { reasoning_tokens: 20 },
      },
    },
    tokens: { input: 12, output: 3, reasoning: 20 },
    more: { web_searches: 5 },
  },
  'groq.chat': {
    event: {
      provider: 'groq',
      model: 'llama-3.3-70b',
      usage: { queue_time: 0.1, prompt_tokens: 5, completion_tokens: 6, total_tokens: 11, total_time: 0.2 },
    },
    tokens: { input: 5, output: 6 },
  },
  'openrouter.chat': {
    event: {
      provider: 'openrouter',
      model: 'openai/gpt-5',
      usage: { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11, cost: 0.0001, is_byok: false },
    },
    tokens: { input: 5, output: 6 },
  },
  'litellm.chat': {
    event: {
      provider: 'anthropic',
      model: 'claude-sonnet-5',
      usage: {
        ...{ prompt_tokens: 30, completion_tokens: 2, total_tokens: 32, cache_read_input_tokens: 20 },
        ...{ cache_creation_input_tokens: 4, prompt_tokens_details: { cached_tokens: 20 } },
      },
    },
    tokens: { input: 6, cache_read: 20, cache_write_5m: 4, output: 2 },
  },
  ollama: {
    event: { provider: 'ollama', model: 'gemma4', usage: { prompt_eval_count: 5, eval_count: 6, eval_duration: 7 } },
    tokens: { input: 5, output: 6 },
  },
  opentelemetry: {
    event: {
      model: 'x',
      usage: {
        ...{ 'gen_ai.usage.input_tokens': 9, 'gen_ai.usage.output_tokens': 2 },
        'gen_ai.usage.cache_read.input_tokens': 4,
      },
    },
    tokens: { input: 5, cache_read: 4, output: 2 },
  },
  tollgate: {
    event: { provider: 'own', model: 'own-1', usage: { input: 5, cache_read: 4, output: 2, web_searches: 1 } },
    tokens: { input: 5, cache_read: 4, output: 2 },
    more: { web_searches: 1 },
  },
};

async function send(id: string, event: Readonly<Record<string, unknown>>): Promise<void> {
  const answer = await customer.ingest.post('/v1/events', { id, type: 'llm.chat', ...event });
  expect(answer.status).toBe(202);
}

async function eventOf(id: string): Promise<EventAnswer> {
  const path = `/v1/events/${id}?customer=${customer.customerId}`;
  return await eventually(async () => {
    const event = await customer.api.json<EventAnswer>(customer.api.get(path));
    expect(event.state).not.toBe('accepted');
    return event;
  }, SOON);
}

it.each(Object.entries(CASES))('%s', async (rule, { event, tokens, more = {} }) => {
  await send(`shape:${rule}`, event);
  const counted = await eventOf(`shape:${rule}`);
  expect(counted).toMatchObject({ state: 'counted', ...more });
  expect(counted.tokens).toEqual(tokens);
  expect(new Set(Object.values(counted.provenance))).toEqual(new Set(['reported']));
  expect(counted['rule']).toBe(rule);
});

it('counts what arrived of a stream that was cut off, and takes the rest from its first chunk', async () => {
  const event = { provider: 'anthropic', model: 'claude-sonnet-5', status: 'aborted', stream: true };
  await send('cut', { ...event, output: { chunks: anthropicChunks } });
  const counted = await eventOf('cut');
  expect(counted).toMatchObject({
    ...{ state: 'counted', status: 'aborted', flags: ['output_not_reported'] },
    tokens: { input: 9, cache_read: 4 },
    provenance: { input: 'reported', cache_read: 'reported', output: 'estimated' },
  });
  expect(counted.tokens['output']).toBeGreaterThan(1);
});

it('keeps what cannot be among the dead letters', async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 6 } };
  await send('impossible', { provider: 'openai', model: 'gpt-4o', usage });
  expect(await eventOf('impossible')).toMatchObject({ state: 'dead_lettered' });
});

it('shows the drift between what was reported and what was counted', async () => {
  const input = { messages: [{ role: 'user', content: 'Hi' }] };
  const usage = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 };
  await send('both', { provider: 'openai', model: 'gpt-4', input, output: { message: { content: 'Hello' } }, usage });
  await eventOf('both');
  const [start, end] = [-HOUR_MS, HOUR_MS].map((shift) => new Date(Date.now() + shift).toISOString());
  const drift = await customer.api.json<{ readonly data: unknown }>(
    customer.api.get(`/v1/usage/drift?start=${start}&end=${end}&customer=${customer.customerId}&model=gpt-4`),
  );
  expect(drift.data).toEqual([
    {
      group: { model: 'gpt-4' },
      events: 1,
      input: {
        ...{ events: 1, reported_tokens: 10, counted_tokens: 8, difference: -2, relative_difference: -0.2 },
        ...{ event_p50: 0.2, event_p95: 0.2, event_max: 0.2 },
      },
      output: expect.objectContaining({ reported_tokens: 4, counted_tokens: 1 }),
    },
  ]);
  const metrics = await (await fetch(`${stack.counters[0].url}/metrics`)).text();
  expect(metrics).toMatch(/^tollgate_counter_drift_counted_tokens_total\{family="gpt-4",side="input"[^\n]*\} 8$/m);
  expect(metrics).toMatch(/^tollgate_counter_flags_total\{flag="unknown_usage_member"[^\n]*\} 1$/m);
});
