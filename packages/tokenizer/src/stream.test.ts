import { describe, expect, it } from 'vitest';
import { foldStream } from './stream.ts';
import type { JsonObject } from './unknown-json.ts';

const toolCalls = [{ type: 'function', function: { name: 'get_rate', arguments: '{"to":"EUR"}' } }];
const message = { role: 'assistant', content: 'Good day' };

/** The answer that the chunks make, and the usage in them. */
const STREAMS: readonly {
  readonly api: string;
  readonly chunks: readonly JsonObject[];
  readonly output: unknown;
  readonly usage: JsonObject | null;
  readonly serviceTier?: string;
}[] = [
  {
    api: 'Chat Completions',
    chunks: [
      {
        object: 'chat.completion.chunk',
        service_tier: 'flex',
        choices: [{ index: 0, delta: { role: 'assistant', content: 'Good ' } }],
      },
      { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'day' } }], usage: null },
      {
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { name: 'get_rate', arguments: '' } }] } }],
      },
      {
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '{"to":' } }] } }],
      },
      {
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '"EUR"}' } }] } }],
      },
      {
        object: 'chat.completion.chunk',
        choices: [],
        usage: { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 },
      },
    ],
    output: { choices: [{ message: { ...message, tool_calls: toolCalls }, text: 'Good day' }] },
    usage: { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 },
    serviceTier: 'flex',
  },
  {
    api: 'Groq, whose usage is in a member of its own',
    chunks: [
      { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'Good day' } }] },
      {
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: {} }],
        x_groq: { id: 'r', usage: { prompt_tokens: 3, completion_tokens: 2 } },
      },
    ],
    output: { choices: [{ message, text: 'Good day' }] },
    usage: { prompt_tokens: 3, completion_tokens: 2 },
  },
  {
    api: 'Responses',
    chunks: [
      { type: 'response.created', response: { usage: null } },
      { type: 'response.output_text.delta', output_index: 0, delta: 'Good ' },
      {
        type: 'response.completed',
        response: {
          service_tier: 'default',
          output: [{ type: 'message', content: [] }],
          usage: { input_tokens: 4, output_tokens: 2 },
        },
      },
    ],
    output: { output: [{ type: 'message', content: [] }] },
    usage: { input_tokens: 4, output_tokens: 2 },
    serviceTier: 'default',
  },
  {
    api: 'Responses, cut off',
    chunks: [
      { type: 'response.created', response: { output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { type: 'function_call', name: 'get_rate' } },
      { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"to":' },
      { type: 'response.output_text.delta', output_index: 1, delta: 'Good day' },
    ],
    output: {
      output: [
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Good day' }] },
        { type: 'function_call', name: 'get_rate', arguments: '{"to":' },
      ],
    },
    usage: null,
  },
  {
    // Each count is of the whole answer so far, and the input is revised: nothing may be added up.
    api: 'Anthropic',
    chunks: [
      {
        type: 'message_start',
        message: {
          usage: { input_tokens: 25, cache_read_input_tokens: 7, output_tokens: 1, service_tier: 'standard' },
        },
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Good ' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'day' } },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', name: 'get_rate' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"to":"EUR"}' } },
      { type: 'message_delta', delta: {}, usage: { output_tokens: 12 } },
      {
        type: 'message_delta',
        delta: {},
        usage: { input_tokens: 10_682, cache_read_input_tokens: null, output_tokens: 30 },
      },
    ],
    output: { message: { ...message, tool_calls: toolCalls } },
    usage: { input_tokens: 10_682, cache_read_input_tokens: 7, output_tokens: 30, service_tier: 'standard' },
  },
  {
    api: 'Anthropic, cut off before the output is known',
    chunks: [
      { type: 'message_start', message: { usage: { input_tokens: 25, output_tokens: 1 } } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Good day' } },
    ],
    output: { message },
    usage: { input_tokens: 25 },
  },
  {
    api: 'Gemini',
    chunks: [
      {
        candidates: [{ content: { parts: [{ text: 'Good ' }] } }],
        usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 1 },
      },
      {
        candidates: [{ content: { parts: [{ text: 'day' }] } }],
        usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 2 },
      },
    ],
    output: { message },
    usage: { promptTokenCount: 4, candidatesTokenCount: 2 },
  },
  {
    api: 'Bedrock Converse',
    chunks: [
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Good day' } } },
      { metadata: { usage: { inputTokens: 4, outputTokens: 2, totalTokens: 6 } } },
    ],
    output: { message },
    usage: { inputTokens: 4, outputTokens: 2, totalTokens: 6 },
  },
  {
    api: 'Cohere',
    chunks: [
      { type: 'message-start' },
      { type: 'content-delta', delta: { message: { content: { text: 'Good day' } } } },
      { type: 'message-end', delta: { usage: { billed_units: { input_tokens: 1, output_tokens: 2 } } } },
    ],
    output: { message },
    usage: { billed_units: { input_tokens: 1, output_tokens: 2 } },
  },
  {
    api: 'Ollama',
    chunks: [
      { model: 'm', message: { content: 'Good ' }, done: false },
      { model: 'm', message: { content: 'day' }, done: true, prompt_eval_count: 4, eval_count: 2, eval_duration: 9 },
    ],
    output: { message },
    usage: { prompt_eval_count: 4, eval_count: 2, eval_duration: 9 },
  },
];

describe('the chunks of a stream', () => {
  it.each(STREAMS)('$api', ({ chunks, output, usage, serviceTier = '' }) => {
    expect(foldStream({ chunks })).toEqual({ output, usage, serviceTier });
    expect(foldStream(chunks)).toEqual({ output, usage, serviceTier });
  });

  it.each([
    'text',
    null,
    [],
    ['text'],
    { chunks: 'no' },
    { message },
    [
      { type: 'message', role: 'assistant', content: [] },
      { type: 'function_call', name: 'f', arguments: '{}' },
    ],
  ])('are not seen in %j', (output) => {
    expect(foldStream(output)).toBeNull();
  });

  it('may be damaged', () => {
    const chunks = [
      { type: 'message_start' },
      { type: 'content_block_delta', delta: 7 },
      { type: 'message_delta', usage: [] },
    ];
    expect(foldStream(chunks)).toMatchObject({ usage: null, output: { message: { content: '' } } });
  });
});
