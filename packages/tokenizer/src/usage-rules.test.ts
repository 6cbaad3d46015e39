// What each provider's usage comes to: a line for each published shape. Long, because they are one table of all providers.

import { TOKEN_CLASSES } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from './unknown-json.ts';
import { normalizeUsage } from './usage-rules.ts';

function read(usage: JsonObject, { provider = 'unknown', model = 'm' } = {}) {
  return normalizeUsage(usage, { type: 'llm.chat', provider, model });
}

interface Case {
  readonly name: string;
  readonly provider?: string;
  readonly model?: string;
  readonly usage: JsonObject;
  readonly rule: string;
  readonly tokens: Readonly<Record<string, number>>;
  readonly more?: JsonObject;
}

/** The shapes are those of the page that each group names; the numbers are ours. */
const CASES: readonly Case[] = [
  // platform.openai.com/docs/api-reference/chat/object
  {
    name: 'OpenAI chat with every detail',
    provider: 'openai',
    usage: {
      prompt_tokens: 2006,
      completion_tokens: 300,
      total_tokens: 2306,
      prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 6, cache_write_tokens: 10 },
      completion_tokens_details: {
        reasoning_tokens: 192,
        audio_tokens: 8,
        accepted_prediction_tokens: 2,
        rejected_prediction_tokens: 5,
      },
      service_tier: 'flex',
    },
    rule: 'openai.chat',
    tokens: {
      ...{ input: 70, cache_read: 1920, input_audio: 6, cache_write_other: 10 },
      ...{ output: 100, reasoning: 192, output_audio: 8 },
    },
    more: { serviceTier: 'flex' },
  },
  {
    name: 'OpenAI chat without details, null for absent',
    provider: 'OpenAI',
    usage: { prompt_tokens: 1, completion_tokens: 2, prompt_tokens_details: null, total_tokens: 3 },
    rule: 'openai.chat',
    tokens: { input: 1, output: 2 },
  },
  {
    name: 'OpenAI embeddings, which have no output',
    provider: 'openai',
    usage: { prompt_tokens: 8, total_tokens: 8 },
    rule: 'openai.chat',
    tokens: { input: 8 },
    more: { missing: null },
  },
  {
    name: 'Azure',
    provider: 'azure.ai.openai',
    usage: {
      prompt_tokens: 40,
      completion_tokens: 9,
      total_tokens: 49,
      prompt_tokens_details: { cached_tokens: 32, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    rule: 'openai.chat',
    tokens: { input: 8, cache_read: 32, output: 9 },
  },
  // platform.openai.com/docs/api-reference/responses/object
  {
    name: 'OpenAI Responses',
    provider: 'openai',
    usage: {
      input_tokens: 36,
      input_tokens_details: { cached_tokens: 6, cache_write_tokens: 20 },
      output_tokens: 87,
      output_tokens_details: { reasoning_tokens: 64 },
      total_tokens: 123,
    },
    rule: 'openai.responses',
    tokens: { input: 10, cache_read: 6, cache_write_other: 20, output: 23, reasoning: 64 },
  },
  // platform.openai.com/docs/api-reference/realtime-server-events/response/done
  {
    name: 'OpenAI Realtime, where cached audio is told from cached text',
    usage: {
      total_tokens: 210,
      input_tokens: 200,
      output_tokens: 10,
      input_token_details: {
        text_tokens: 150,
        audio_tokens: 50,
        cached_tokens: 100,
        cached_tokens_details: { text_tokens: 60, audio_tokens: 40 },
      },
      output_token_details: { text_tokens: 3, audio_tokens: 7 },
    },
    rule: 'openai.responses',
    tokens: { input: 90, cache_read: 60, cache_read_audio: 40, input_audio: 10, output: 3, output_audio: 7 },
  },
  // platform.openai.com/docs/api-reference/images/object
  {
    name: 'OpenAI pictures',
    provider: 'openai',
    usage: {
      total_tokens: 400,
      input_tokens: 120,
      output_tokens: 280,
      input_tokens_details: { text_tokens: 20, image_tokens: 100 },
      output_tokens_details: { text_tokens: 8, image_tokens: 272 },
    },
    rule: 'openai.responses',
    tokens: { input: 20, input_image: 100, output: 8, output_image: 272 },
  },
  // docs.claude.com/en/docs/build-with-claude/prompt-caching
  {
    name: 'Anthropic, whose cache is beside its input, with both lives of an entry',
    provider: 'anthropic',
    usage: {
      input_tokens: 21,
      cache_read_input_tokens: 188_086,
      cache_creation_input_tokens: 556,
      cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 100 },
      output_tokens: 393,
      output_tokens_details: { thinking_tokens: 90 },
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
      service_tier: 'batch',
      inference_geo: 'us',
      speed: 'standard',
    },
    rule: 'anthropic',
    tokens: {
      ...{ input: 21, cache_read: 188_086, cache_write_5m: 456, cache_write_1h: 100 },
      ...{ output: 303, reasoning: 90 },
    },
    more: { webSearches: 2n, serviceTier: 'batch', region: 'us' },
  },
  {
    name: 'Anthropic without the lives: five minutes is the default',
    provider: 'claude',
    usage: { input_tokens: 5, cache_creation_input_tokens: 70, cache_read_input_tokens: null, output_tokens: 9 },
    rule: 'anthropic',
    tokens: { input: 5, cache_write_5m: 70, output: 9 },
  },
  {
    name: 'Anthropic in the fast mode',
    provider: 'anthropic',
    usage: {
      input_tokens: 5,
      output_tokens: 9,
      service_tier: 'standard',
      speed: 'fast',
      inference_geo: 'not_available',
    },
    rule: 'anthropic',
    tokens: { input: 5, output: 9 },
    more: { serviceTier: 'priority', region: '' },
  },
  // docs.claude.com/en/docs/build-with-claude/compaction: the top level leaves the compaction out
  {
    name: 'Anthropic with a compaction and an advisor',
    provider: 'anthropic',
    usage: {
      input_tokens: 220,
      output_tokens: 8,
      iterations: [
        { type: 'compaction', input_tokens: 55_000, output_tokens: 125, cache_read_input_tokens: 0 },
        { type: 'message', input_tokens: 220, output_tokens: 8 },
        {
          type: 'advisor_message',
          model: 'claude-opus-5',
          input_tokens: 30,
          output_tokens: 4,
          cache_read_input_tokens: 7,
        },
      ],
    },
    rule: 'anthropic',
    tokens: { input: 55_250, cache_read: 7, output: 137 },
    more: { flags: ['other_model:claude-opus-5'] },
  },
  {
    name: 'Anthropic on Vertex',
    provider: 'vertex_ai',
    usage: { input_tokens: 4, cache_read_input_tokens: 6, cache_creation_input_tokens: 0, output_tokens: 2 },
    rule: 'anthropic',
    tokens: { input: 4, cache_read: 6, output: 2 },
  },
  // ai.google.dev/api/generate-content#UsageMetadata
  {
    name: 'Gemini',
    provider: 'google',
    usage: {
      promptTokenCount: 1000,
      cachedContentTokenCount: 400,
      candidatesTokenCount: 50,
      thoughtsTokenCount: 120,
      toolUsePromptTokenCount: 30,
      totalTokenCount: 1200,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 500 },
        { modality: 'AUDIO', tokenCount: 300 },
        { modality: 'IMAGE', tokenCount: 120 },
        { modality: 'VIDEO', tokenCount: 60 },
      ],
      cacheTokensDetails: [
        { modality: 'TEXT', tokenCount: 150 },
        { modality: 'AUDIO', tokenCount: 250 },
      ],
      candidatesTokensDetails: [{ modality: 'TEXT', tokenCount: 50 }],
      toolUsePromptTokensDetails: [{ modality: 'TEXT', tokenCount: 30 }],
      trafficType: 'ON_DEMAND_FLEX',
    },
    rule: 'gemini',
    tokens: {
      // 20 tokens of the prompt are of no modality: text.
      ...{ input: 370, cache_read: 150, cache_read_audio: 250, input_audio: 50, input_image: 120, input_video: 60 },
      ...{ tool_input: 30, output: 50, reasoning: 120 },
    },
    more: { serviceTier: 'flex' },
  },
  {
    name: 'Gemini in snake_case, a picture of fewer tokens than the candidates',
    usage: {
      prompt_token_count: 10,
      candidates_token_count: 1216,
      total_token_count: 1226,
      candidates_tokens_details: [{ modality: 'IMAGE', token_count: 1120 }],
    },
    rule: 'gemini',
    tokens: { input: 10, output: 96, output_image: 1120 },
  },
  {
    name: 'Gemini, a prompt that was blocked',
    provider: 'gemini',
    usage: { promptTokenCount: 10, totalTokenCount: 10 },
    rule: 'gemini',
    tokens: { input: 10 },
    more: { missing: null },
  },
  {
    name: 'Gemini, a cached part of unsaid modality: text first',
    provider: 'gcp.gemini',
    usage: {
      promptTokenCount: 100,
      cachedContentTokenCount: 90,
      candidatesTokenCount: 1,
      totalTokenCount: 101,
      promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 80 }],
    },
    rule: 'gemini',
    tokens: { cache_read: 20, cache_read_audio: 70, input_audio: 10, output: 1, input: 0 },
  },
  {
    name: 'Gemini Live',
    usage: {
      promptTokenCount: 20,
      responseTokenCount: 30,
      totalTokenCount: 50,
      responseTokensDetails: [{ modality: 'AUDIO', tokenCount: 28 }],
    },
    rule: 'gemini.live',
    tokens: { input: 20, output: 2, output_audio: 28 },
  },
  {
    name: 'Gemini Interactions',
    usage: {
      ...{ total_input_tokens: 50, total_cached_tokens: 20, total_tool_use_tokens: 5, total_output_tokens: 9 },
      ...{ total_thought_tokens: 6, total_tokens: 70, grounding_tool_count: [{ type: 'google_search', count: 3 }] },
      input_tokens_by_modality: [{ modality: 'text', tokens: 50 }],
    },
    rule: 'gemini.interactions',
    tokens: { input: 30, cache_read: 20, tool_input: 5, output: 9, reasoning: 6 },
    more: { webSearches: 3n },
  },
  // ai.google.dev/gemini-api/docs/openai
  {
    name: "Gemini in OpenAI's shape: what the total has more is thoughts",
    provider: 'gemini',
    usage: { prompt_tokens: 35, completion_tokens: 12, total_tokens: 109 },
    rule: 'gemini.chat',
    tokens: { input: 35, output: 12, reasoning: 62 },
  },
  // docs.mistral.ai/api
  {
    name: 'Mistral',
    provider: 'mistral',
    usage: {
      ...{ prompt_tokens: 500, completion_tokens: 20, total_tokens: 520, num_cached_tokens: 448, request_count: 1 },
      prompt_tokens_details: { cached_tokens: 448 },
      prompt_audio_seconds: null,
    },
    rule: 'mistral.chat',
    tokens: { input: 52, cache_read: 448, output: 20 },
  },
  {
    name: 'Mistral as its SDK writes it',
    provider: 'mistral_ai',
    usage: { promptTokens: 500, completionTokens: 20, totalTokens: 520, promptAudioSeconds: {} },
    rule: 'mistral.chat',
    tokens: { input: 500, output: 20 },
  },
  // docs.cohere.com/reference/chat, v2 and v1
  {
    name: 'Cohere v2: what is billed, not what was read',
    provider: 'cohere',
    usage: {
      billed_units: { input_tokens: 17, output_tokens: 12 },
      tokens: { input_tokens: 215, output_tokens: 12 },
      cached_tokens: 160,
    },
    rule: 'cohere.billed_units',
    tokens: { input: 17, output: 12 },
  },
  {
    name: 'Cohere v1',
    usage: { meta: { api_version: { version: '1' }, billed_units: { input_tokens: 9, output_tokens: 4 } } },
    rule: 'cohere.billed_units',
    tokens: { input: 9, output: 4 },
  },
  {
    name: 'Cohere embeddings of pictures',
    usage: { billedUnits: { imageTokens: 300, inputTokens: 2 } },
    rule: 'cohere.billed_units',
    tokens: { input: 2, input_image: 300 },
  },
  // docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
  {
    name: 'Bedrock Converse, counts of the cache twice',
    provider: 'bedrock',
    usage: {
      ...{ inputTokens: 12, outputTokens: 30, totalTokens: 1242 },
      ...{ cacheReadInputTokens: 1000, cacheReadInputTokenCount: 1000 },
      ...{ cacheWriteInputTokens: 200, cacheWriteInputTokenCount: 200 },
      cacheDetails: [
        { ttl: '1h', inputTokens: 150 },
        { ttl: '5m', inputTokens: 50 },
      ],
    },
    rule: 'bedrock.converse',
    tokens: { input: 12, cache_read: 1000, cache_write_5m: 50, cache_write_1h: 150, output: 30 },
  },
  {
    name: 'Bedrock Converse, as short as it gets',
    provider: 'aws.bedrock',
    usage: { inputTokens: 12, outputTokens: 30, totalTokens: 42 },
    rule: 'bedrock.converse',
    tokens: { input: 12, output: 30 },
  },
  // api-docs.deepseek.com/api/create-chat-completion
  {
    name: 'DeepSeek',
    provider: 'deepseek',
    usage: {
      ...{ prompt_tokens: 1040, completion_tokens: 70, total_tokens: 1110 },
      ...{ prompt_cache_hit_tokens: 1024, prompt_cache_miss_tokens: 16 },
      prompt_tokens_details: { cached_tokens: 1024 },
      completion_tokens_details: { reasoning_tokens: 48 },
    },
    rule: 'deepseek.chat',
    tokens: { input: 16, cache_read: 1024, output: 22, reasoning: 48 },
  },
  // docs.x.ai/docs/api-reference
  {
    name: 'xAI chat: reasoning is beside the completion, and pictures may be cached',
    provider: 'xai',
    usage: {
      ...{
        prompt_tokens: 520,
        completion_tokens: 10,
        total_tokens: 730,
        num_sources_used: 4,
        cost_in_usd_ticks: 37_756_000,
      },
      prompt_tokens_details: { text_tokens: 20, audio_tokens: 0, image_tokens: 500, cached_tokens: 515 },
      completion_tokens_details: { reasoning_tokens: 200, audio_tokens: 0, accepted_prediction_tokens: 0 },
    },
    rule: 'xai.chat',
    tokens: { input: 0, cache_read: 515, input_image: 5, output: 10, reasoning: 200 },
    more: { webSearches: 4n },
  },
  {
    name: 'xAI chat without a total',
    provider: 'x_ai',
    usage: { prompt_tokens: 5, completion_tokens: 1, completion_tokens_details: { reasoning_tokens: 9 } },
    rule: 'xai.chat',
    tokens: { input: 5, output: 1, reasoning: 9 },
  },
  {
    name: 'xAI Responses: reasoning is inside',
    provider: 'xai',
    usage: {
      ...{ input_tokens: 32, output_tokens: 20, total_tokens: 52, num_sources_used: 0, num_server_side_tools_used: 0 },
      input_tokens_details: { cached_tokens: 6 },
      output_tokens_details: { reasoning_tokens: 15 },
    },
    rule: 'xai.responses',
    tokens: { input: 26, cache_read: 6, output: 5, reasoning: 15 },
  },
  // console.groq.com/docs/api-reference
  {
    name: 'Groq',
    provider: 'groq',
    usage: {
      ...{ queue_time: 0.03, prompt_tokens: 18, prompt_time: 0.0007, completion_tokens: 556 },
      ...{ completion_time: 0.46, total_tokens: 574, total_time: 0.46, prompt_tokens_details: { cached_tokens: 12 } },
    },
    rule: 'groq.chat',
    tokens: { input: 6, cache_read: 12, output: 556 },
  },
  // openrouter.ai/docs/use-cases/usage-accounting
  {
    name: 'OpenRouter, a Claude model',
    provider: 'openrouter',
    model: 'anthropic/claude-sonnet-5',
    usage: {
      ...{ prompt_tokens: 194, completion_tokens: 8, total_tokens: 202, cost: 0.95, is_byok: false },
      prompt_tokens_details: { cached_tokens: 50, cache_write_tokens: 100, audio_tokens: 0, video_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 2, image_tokens: 0 },
      cost_details: { upstream_inference_cost: null, upstream_inference_prompt_cost: 0.01 },
      server_tool_use_details: { web_search_requests: 1, tool_calls_requested: 1, tool_calls_executed: 1 },
    },
    rule: 'openrouter.chat',
    tokens: { input: 44, cache_read: 50, cache_write_5m: 100, output: 6, reasoning: 2 },
    more: { webSearches: 1n },
  },
  // docs.litellm.ai/docs/completion/prompt_caching
  {
    name: 'LiteLLM, Anthropic in the shape of OpenAI: the cache is named twice and counted once',
    provider: 'anthropic',
    usage: {
      ...{ prompt_tokens: 2054, completion_tokens: 60, total_tokens: 2114 },
      prompt_tokens_details: {
        ...{ cached_tokens: 2000, cache_creation_tokens: 40, text_tokens: 14 },
        cache_creation_token_details: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 10 },
      },
      completion_tokens_details: { reasoning_tokens: 20, text_tokens: 40 },
      ...{ cache_creation_input_tokens: 40, cache_read_input_tokens: 2000 },
      server_tool_use: { web_search_requests: 3 },
    },
    rule: 'litellm.chat',
    tokens: { input: 14, cache_read: 2000, cache_write_5m: 30, cache_write_1h: 10, output: 40, reasoning: 20 },
    more: { webSearches: 3n },
  },
  // docs.ollama.com/api/usage
  {
    name: 'Ollama',
    provider: 'ollama',
    usage: {
      ...{
        total_duration: 174_560_334,
        load_duration: 101_397_084,
        prompt_eval_count: 11,
        prompt_eval_cached_count: 8,
      },
      ...{ prompt_eval_duration: 13_074_791, eval_count: 18, eval_duration: 52_479_709 },
    },
    rule: 'ollama',
    tokens: { input: 3, cache_read: 8, output: 18 },
  },
  {
    name: 'Ollama, a prompt that was cached as a whole and is not counted',
    provider: 'ollama',
    usage: { eval_count: 18 },
    rule: 'ollama',
    tokens: { output: 18 },
    more: { missing: 'input' },
  },
  // opentelemetry.io/docs/specs/semconv/gen-ai
  {
    name: 'OpenTelemetry',
    provider: 'anthropic',
    usage: {
      'gen_ai.request.model': 'claude-sonnet-5',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 50,
      'gen_ai.usage.cache_creation.input_tokens': 25,
      'gen_ai.usage.output_tokens': 30,
      'gen_ai.usage.reasoning.output_tokens': 10,
    },
    rule: 'opentelemetry',
    tokens: { input: 25, cache_read: 50, cache_write_5m: 25, output: 20, reasoning: 10 },
  },
  {
    name: 'OpenTelemetry, the names of before',
    usage: {
      'gen_ai.usage.prompt_tokens': 100,
      'gen_ai.usage.completion_tokens': 30,
      'llm.usage.total_tokens': 130,
      'gen_ai.usage.cache_read_input_tokens': 50,
    },
    rule: 'opentelemetry',
    tokens: { input: 50, cache_read: 50, output: 30 },
  },
  {
    name: 'our own words',
    usage: { input: 5, cache_read: 7, tool_input: 1, output: 3, reasoning: 2, web_searches: 4, total: 18 },
    rule: 'tollgate',
    tokens: { input: 5, cache_read: 7, tool_input: 1, output: 3, reasoning: 2 },
    more: { webSearches: 4n },
  },
];

describe("a provider's usage", () => {
  it.each(CASES)('$name', ({ provider, model, usage, rule, tokens, more }) => {
    const expected = Object.fromEntries(Object.entries(tokens).map(([name, count]) => [name, BigInt(count)]));
    expect(read(usage, { ...(provider && { provider }), ...(model && { model }) })).toMatchObject({
      ...{ kind: 'usage', rule, flags: [], missing: null, ...more },
      tokens: expected,
    });
    // Not a token more than what is named.
    const { tokens: found } = counted(usage, { ...(provider && { provider }), ...(model && { model }) });
    expect(found).toEqual(expected);
  });
});

describe('whose shape it is', () => {
  const chat = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };

  it.each([
    ['anthropic', chat, 'openai.chat'],
    ['bedrock', chat, 'openai.chat'],
    ['openai', { ...chat, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 }, 'deepseek.chat'],
    ['openai', { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: 100 }, 'anthropic'],
    ['openai', { promptTokenCount: 3, candidatesTokenCount: 4 }, 'gemini'],
    ['someone', { input_tokens: 3, output_tokens: 4 }, 'openai.responses'],
    ['anthropic', { input_tokens: 3, output_tokens: 4 }, 'anthropic'],
    ['openrouter', { ...chat, cache_read_input_tokens: 4 }, 'openrouter.chat'],
    ['someone', { usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4 } }, 'gemini'],
    ['groq', { x_groq: { usage: chat } }, 'unknown_usage_shape'],
  ])('named %s: %j is read as %s', (provider, usage, rule) => {
    const result = read(usage, { provider });
    expect(result.kind === 'usage' ? result.rule : result.code).toBe(rule);
  });

  it('lets the total say where the cache of Anthropic is, for gateways that put it inside', () => {
    const usage = { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 4 };
    expect(counted({ ...usage, total_tokens: 19 }).tokens).toEqual({ input: 10n, cache_read: 4n, output: 5n });
    expect(counted({ ...usage, total_tokens: 15 }).tokens).toEqual({ input: 6n, cache_read: 4n, output: 5n });
    expect(read({ ...usage, total_tokens: 16 })).toMatchObject({ code: 'invalid_usage' });
    expect(read({ ...usage, input_tokens_details: { cached_tokens: 4 } })).toMatchObject({ code: 'invalid_usage' });
  });

  it('says which side is not named: absent is not zero', () => {
    expect(counted({ prompt_tokens: 3 })).toMatchObject({ tokens: { input: 3n }, missing: 'output' });
    expect(counted({ completion_tokens: 3 })).toMatchObject({ tokens: { output: 3n }, missing: 'input' });
    expect(counted({ input_tokens: 3, cache_read_input_tokens: 9 })).toMatchObject({ missing: 'output' });
    const embedding = { type: 'llm.embedding', provider: 'x', model: 'm' } as const;
    expect(normalizeUsage({ prompt_tokens: 3 }, embedding)).toMatchObject({ missing: null });
  });

  it.each([{}, { foo: 1 }, { usage: {} }, { total_tokens: 3 }])('refuses %j, which is never zero', (usage) => {
    expect(read(usage)).toMatchObject({ kind: 'refusal', code: 'unknown_usage_shape' });
  });
});

describe('members that no rule knows', () => {
  it('are flagged with their place, in the spelling that they came in', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 1, brand_new: 7, prompt_tokens_details: { dreamTokens: 3 } };
    expect(counted(usage).flags).toEqual([
      'unknown_usage_member:brand_new',
      'unknown_usage_member:prompt_tokens_details.dreamTokens',
    ]);
  });

  it('are not, when they say nothing', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 1, one: null, two: [], three: {} };
    expect(counted(usage).flags).toEqual([]);
  });

  it('make bounded flags of plain characters', () => {
    const names = Array.from({ length: 500 }, (_, index) => [`${'ü\n'.repeat(500)}${index}`, 1]);
    const { flags } = counted({ input_tokens: 1, output_tokens: 1, ...Object.fromEntries(names) });
    expect(flags.length).toBeLessThanOrEqual(8);
    expect(flags.at(-1)).toBe('more_flags');
    for (const flag of flags) expect(flag).toMatch(/^[\w.:?-]{1,120}$/);
  });
});

it('keeps the object, but nothing that is not usage', () => {
  const attributes = {
    'gen_ai.input.messages': 'secret',
    'gen_ai.usage.input_tokens': 1,
    'gen_ai.usage.output_tokens': 1,
  };
  const answer = { response: 'secret', prompt_eval_count: 1, eval_count: 2, context: [1, 2] };
  const whole = { id: 'x', choices: ['secret'], usage: { prompt_tokens: 1, completion_tokens: 2 } };
  for (const usage of [attributes, answer, whole])
    expect(JSON.stringify(counted(usage).reported)).not.toContain('secret');
});

describe('what cannot be', () => {
  const openAi = { prompt_tokens: 5, completion_tokens: 1 };
  it.each<[string, JsonObject]>([
    ['negative', { ...openAi, prompt_tokens: -1 }],
    ['fractional', { ...openAi, prompt_tokens: 1.5 }],
    ['unsafe', { ...openAi, prompt_tokens: 2 ** 53 }],
    ['absurd', { ...openAi, prompt_tokens: 1e12 }],
    ['a number as text', { ...openAi, prompt_tokens: '12' }],
    ['true', { ...openAi, completion_tokens: true }],
    ['cached beyond the input', { ...openAi, prompt_tokens_details: { cached_tokens: 6 } }],
    ['cached and audio beyond the input', { ...openAi, prompt_tokens_details: { cached_tokens: 3, audio_tokens: 3 } }],
    ['reasoning beyond the output', { ...openAi, completion_tokens_details: { reasoning_tokens: 2 } }],
    ['a total that is none', { ...openAi, total_tokens: 7 }],
    ['details that are none', { ...openAi, prompt_tokens_details: 3 }],
    ['a cache with two sizes', { ...openAi, num_cached_tokens: 3, prompt_tokens_details: { cached_tokens: 2 } }],
    ['hits and misses that are not the prompt', { ...openAi, prompt_cache_hit_tokens: 1, prompt_cache_miss_tokens: 1 }],
    [
      'cached beyond the input of Responses',
      { input_tokens: 5, output_tokens: 1, input_tokens_details: { cached_tokens: 6 } },
    ],
    ['negative, Anthropic', { input_tokens: 1, output_tokens: 1, cache_read_input_tokens: -4 }],
    [
      'lives beyond the writes, Anthropic',
      {
        input_tokens: 1,
        output_tokens: 1,
        cache_creation_input_tokens: 5,
        cache_creation: { ephemeral_1h_input_tokens: 6 },
      },
    ],
    [
      'thinking beyond the output',
      { input_tokens: 1, output_tokens: 1, iterations: [], output_tokens_details: { thinking_tokens: 2 } },
    ],
    ['iterations that are none', { input_tokens: 1, output_tokens: 1, iterations: [7] }],
    ['cached beyond the prompt, Gemini', { promptTokenCount: 5, candidatesTokenCount: 1, cachedContentTokenCount: 6 }],
    [
      'modalities beyond the prompt, Gemini',
      { promptTokenCount: 5, candidatesTokenCount: 1, promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 6 }] },
    ],
    ['a total that is none, Gemini', { promptTokenCount: 5, candidatesTokenCount: 1, totalTokenCount: 9 }],
    ['a total that is none, Bedrock', { inputTokens: 5, outputTokens: 1, cacheReadInputTokens: 2, totalTokens: 6 }],
    ['fractional, Cohere', { billed_units: { input_tokens: 0.5, output_tokens: 1 } }],
    ['cached beyond the prompt, Ollama', { prompt_eval_count: 5, prompt_eval_cached_count: 6, eval_count: 1 }],
    [
      'cached beyond the input, OpenTelemetry',
      { 'gen_ai.usage.input_tokens': 1, 'gen_ai.usage.cache_read.input_tokens': 2 },
    ],
    ['a total that is none, our own words', { input: 1, output: 1, total: 3 }],
  ])('%s is refused with a sentence', (_, usage) => {
    const result = read(usage);
    expect(result).toMatchObject({ kind: 'refusal', code: 'invalid_usage' });
    expect(result).toHaveProperty('detail', expect.stringMatching(/^\S.{15,}\.$/));
  });
});

function counted(usage: JsonObject, event: { readonly provider?: string; readonly model?: string } = {}) {
  const result = read(usage, event);
  if (result.kind === 'refusal') throw new Error(result.detail);
  for (const name of Object.keys(result.tokens)) expect(TOKEN_CLASSES).toContain(name);
  return result;
}
