// Requests for ingest: events with usage of every provider's shape and with text, CloudEvents in all modes, voids and
// authorizations; right at first, then changed here and there.

import fc from 'fast-check';
import { type FuzzRequest, headerText, senderHeaders, urlText } from './fuzz-request.ts';
import { changed, changes, damage, hostileText, hostileValue } from './hostile-values.ts';
import { markOf } from './schema-values.ts';

const count = fc.oneof({ weight: 5, arbitrary: fc.nat(100_000) }, { weight: 1, arbitrary: hostileValue });
const usageOf = (shape: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> =>
  fc.record(shape, { requiredKeys: [] });

const usage = fc.oneof(
  usageOf({
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    prompt_tokens_details: usageOf({ cached_tokens: count, audio_tokens: count, image_tokens: count }),
    completion_tokens_details: usageOf({
      reasoning_tokens: count,
      audio_tokens: count,
      accepted_prediction_tokens: count,
    }),
  }),
  usageOf({
    input_tokens: count,
    output_tokens: count,
    cache_read_input_tokens: count,
    cache_creation_input_tokens: count,
    cache_creation: usageOf({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }),
    server_tool_use: usageOf({ web_search_requests: count }),
    input_tokens_details: usageOf({ cached_tokens: count }),
    output_tokens_details: usageOf({ reasoning_tokens: count }),
  }),
  usageOf({
    promptTokenCount: count,
    candidatesTokenCount: count,
    thoughtsTokenCount: count,
    cachedContentTokenCount: count,
    toolUsePromptTokenCount: count,
    promptTokensDetails: fc.array(
      fc.record({ modality: fc.oneof(fc.constantFrom('TEXT', 'AUDIO', 'IMAGE'), hostileValue), tokenCount: count }),
      { maxLength: 3 },
    ),
  }),
  usageOf({
    inputTokens: count,
    outputTokens: count,
    cacheReadInputTokens: count,
    cacheWriteInputTokens: count,
    totalTokens: count,
  }),
  usageOf({
    prompt_eval_count: count,
    eval_count: count,
    billed_units: usageOf({ input_tokens: count, output_tokens: count }),
    tokens: usageOf({ input_tokens: count }),
  }),
  fc.dictionary(
    fc.oneof(hostileText, fc.constantFrom('gen_ai.usage.input_tokens', 'prompt_cache_hit_tokens', 'queue_time')),
    count,
    { maxKeys: 5 },
  ),
);

const content = fc.oneof(
  hostileText,
  fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('text'), text: hostileText }),
      fc.record({
        type: fc.constant('image_url'),
        image_url: fc.record({
          url: fc.oneof(
            hostileText,
            fc.base64String().map((data) => `data:image/png;base64,${data}`),
          ),
          detail: fc.constantFrom('low', 'high', 'x'),
        }),
      }),
      fc.record({
        type: fc.constant('input_audio'),
        input_audio: fc.record({ data: fc.base64String(), format: fc.constantFrom('wav', 'mp3') }),
      }),
    ),
    { maxLength: 3 },
  ),
);
const messages = fc.array(
  fc.record(
    {
      role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
      content,
      name: hostileText,
      tool_calls: hostileValue,
    },
    { requiredKeys: ['role'] },
  ),
  { maxLength: 4 },
);
const tools = fc.array(
  fc.record({
    type: fc.constant('function'),
    function: fc.record(
      { name: hostileText, description: hostileText, parameters: hostileValue },
      { requiredKeys: ['name'] },
    ),
  }),
  { maxLength: 2 },
);
const input = fc.oneof(
  hostileText,
  fc.record({ messages, tools, response_format: hostileValue }, { requiredKeys: ['messages'] }),
  hostileValue,
);
const output = fc.oneof(
  fc.record({ message: fc.record({ role: fc.constant('assistant'), content }) }),
  fc.array(
    fc.record({ choices: fc.array(fc.record({ delta: fc.record({ content: hostileText }) }), { maxLength: 2 }) }),
    { maxLength: 3 },
  ),
  hostileText,
  hostileValue,
);

const type = fc.constantFrom('llm.chat', 'llm.responses', 'llm.completion', 'llm.embedding', 'calls');
const provider = fc.constantFrom(
  'openai',
  'anthropic',
  'gemini',
  'bedrock',
  'cohere',
  'ollama',
  'groq',
  'xai',
  'deepseek',
  'nobody',
);
const model = fc.constantFrom(
  'gpt-4o',
  'gpt-4o-mini',
  'o3',
  'claude-sonnet-4-5',
  'gemini-2.5-pro',
  'text-embedding-3-small',
  'unheard-of',
);
const owner = fc.oneof(
  fc.nat(20).map((number) => ({ key: markOf('key', number) })),
  fc.nat(20).map((number) => ({ customer: markOf('cus', number) })),
  fc.constant({}),
);

const details = fc.record(
  {
    time: fc
      .integer({ min: -3_000_000, max: 200 })
      .map((seconds) => new Date(Date.now() + seconds * 1_000).toISOString()),
    provider,
    model,
    input,
    output,
    usage,
    service_tier: fc.constantFrom('standard', 'batch', 'flex', 'priority', null),
    status: fc.constantFrom('completed', 'aborted', 'failed'),
    stream: fc.boolean(),
    latency_ms: fc.nat(),
    reservation: fc.oneof(
      fc.nat(20).map((number) => markOf('res', number)),
      hostileText,
    ),
    metadata: fc.oneof(
      { weight: 4, arbitrary: fc.constant({ feature: 'a' }) },
      { weight: 1, arbitrary: fc.dictionary(hostileText, fc.oneof(hostileText, fc.integer()), { maxKeys: 3 }) },
    ),
    data: fc.dictionary(fc.oneof(fc.constantFrom('amount', 'user'), hostileText), count, { maxKeys: 3 }),
  },
  { requiredKeys: [] },
);
const event = fc
  .tuple(fc.record({ id: fc.oneof(fc.uuid(), fc.constantFrom('same', 'other')), type }), owner, details)
  .map((parts) => Object.assign({}, ...parts));

const cloudEvent = fc
  .record({
    id: fc.uuid(),
    source: fc.constantFrom('gateway', '/a/b', 'a/../b'),
    type,
    subject: fc.option(
      fc.nat(20).map((number) => markOf('key', number)),
      { nil: undefined },
    ),
    data: fc.oneof(
      event,
      fc.tuple(usage, model).map(([counts, of]) => Object.assign({ model: of }, counts)),
      hostileValue,
    ),
  })
  .map((members) => ({ specversion: '1.0', ...members }));

interface Sent {
  readonly path: string;
  readonly value: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

function sent(path: string, values: fc.Arbitrary<unknown>, mediaType = 'application/json'): fc.Arbitrary<Sent> {
  return fc
    .tuple(values, changes)
    .map(([value, all]) => ({ path, value: changed(value, all), headers: { 'Content-Type': mediaType } }));
}

const binaryCloudEvent: fc.Arbitrary<Sent> = fc
  .tuple(cloudEvent, hostileText, hostileText)
  .map(([{ data, ...attributes }, time, extension]) => ({
    path: '/v1/events',
    value: data,
    headers: {
      'Content-Type': 'application/json',
      ...Object.fromEntries(
        Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[`ce-${name}`, value]])),
      ),
      'ce-time': headerText(time),
      'ce-extension': headerText(extension),
    },
  }));

const authorization = fc
  .tuple(
    owner,
    fc.record(
      {
        provider,
        model,
        input_tokens: count,
        input,
        max_output_tokens: count,
        type,
        ttl_seconds: count,
        ip: hostileText,
        metadata: hostileValue,
      },
      { requiredKeys: ['model'] },
    ),
  )
  .map((parts) => Object.assign({}, ...parts));
const voids = fc.array(
  fc
    .tuple(owner, fc.record({ id: fc.constantFrom('same', 'other', 'none'), reason: hostileText }))
    .map((parts) => Object.assign({}, ...parts)),
  { maxLength: 3 },
);

const posts = fc.oneof(
  { weight: 5, arbitrary: sent('/v1/events', event) },
  { weight: 3, arbitrary: sent('/v1/events', fc.array(event, { maxLength: 6 })) },
  { weight: 2, arbitrary: sent('/api/v1/events', cloudEvent, 'application/cloudevents+json') },
  {
    weight: 2,
    arbitrary: sent('/v1/events', fc.array(cloudEvent, { maxLength: 4 }), 'application/cloudevents-batch+json'),
  },
  { weight: 2, arbitrary: binaryCloudEvent },
  { weight: 3, arbitrary: sent('/v1/authorizations', authorization) },
  { weight: 1, arbitrary: sent('/v1/events/void', voids) },
  {
    weight: 1,
    arbitrary: fc.tuple(hostileText, hostileText).map(([of, mediaType]) => ({
      path: '/v1/events',
      value: of,
      headers: { 'Content-Type': headerText(mediaType) },
    })),
  },
);

const releases = fc
  .tuple(
    senderHeaders,
    fc.oneof(
      fc.nat(20).map((number) => markOf('res', number)),
      hostileText.map(urlText),
      fc.constantFrom('%', '%zz', '%ff', '..', '?a'),
    ),
  )
  .map(
    ([headers, id]): FuzzRequest => ({
      to: 'ingest',
      method: 'DELETE',
      path: `/v1/authorizations/${id}`,
      headers,
      body: undefined,
    }),
  );

export const ingestRequests: fc.Arbitrary<FuzzRequest> = fc.oneof(
  {
    weight: 15,
    arbitrary: fc.tuple(posts, senderHeaders, damage).map(
      ([{ path, value, headers }, sender, damaged]): FuzzRequest => ({
        to: 'ingest',
        method: 'POST',
        path,
        headers: { ...sender, ...headers },
        body: damaged(JSON.stringify(value) ?? ''),
      }),
    ),
  },
  { weight: 1, arbitrary: releases },
);
