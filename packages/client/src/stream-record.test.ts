import { foldStream } from '@tollgate/tokenizer';
import { describe, expect, it } from 'vitest';
import { createStreamRecord, type StreamRecord } from './stream-record.ts';

function recordOf(chunks: readonly unknown[]): StreamRecord {
  const record = createStreamRecord();
  for (const chunk of chunks) record.add(chunk);
  return record;
}

const words = Array.from({ length: 500 }, (_, index) => `word${index} `);
const usage = { prompt_tokens: 3, completion_tokens: 500, total_tokens: 503 };

const chat = (choice: object, id: number) => ({
  id: `chunk_${id}`,
  object: 'chat.completion.chunk',
  created: id,
  model: 'gpt-4o-2024-08-06',
  service_tier: 'default',
  choices: [{ index: 0, finish_reason: null, logprobs: null, ...choice }],
  usage: null,
});

/** Each cut off before its end; `kept`: how many chunks are left of hundreds. */
const CUT_STREAMS: readonly { readonly api: string; readonly chunks: readonly object[]; readonly keptMax: number }[] = [
  {
    api: 'Chat Completions',
    chunks: [
      chat({ delta: { role: 'assistant', content: '' } }, 0),
      ...words.map((content, id) => chat({ delta: { content } }, id)),
    ],
    keptMax: 2,
  },
  {
    api: 'Chat Completions with two answers in turns',
    chunks: words.map((content, id) => chat({ index: id % 2, delta: { content } }, id)),
    keptMax: 2,
  },
  {
    api: 'Chat Completions with calls of tools',
    chunks: [0, 1].flatMap((index) => [
      chat({ delta: { tool_calls: [{ index, id: `call_${index}`, function: { name: 'find', arguments: '' } }] } }, 0),
      ...words.map((text, id) => chat({ delta: { tool_calls: [{ index, function: { arguments: text } }] } }, id)),
    ]),
    keptMax: 4,
  },
  {
    api: 'a model that reasons',
    chunks: [
      ...words.map((text, id) => chat({ delta: { reasoning_content: text } }, id)),
      ...words.map((content, id) => chat({ delta: { content } }, id)),
    ],
    keptMax: 2,
  },
  {
    api: 'Responses',
    chunks: [
      { type: 'response.created', sequence_number: 0, response: { model: 'gpt-4o', instructions: 'x', usage: null } },
      { type: 'response.output_item.added', output_index: 1, item: { type: 'function_call', id: 'i', name: 'find' } },
      ...words.map((delta, id) => ({
        type: 'response.function_call_arguments.delta',
        sequence_number: id,
        item_id: 'i',
        output_index: 1,
        delta,
        obfuscation: `${id}`,
      })),
      ...words.map((delta, id) => ({
        type: 'response.output_text.delta',
        sequence_number: id,
        output_index: 0,
        content_index: 0,
        delta,
        logprobs: [],
      })),
      { type: 'response.output_text.done', output_index: 0, text: words.join('') },
    ],
    keptMax: 3,
  },
  {
    api: 'Anthropic',
    chunks: [
      { type: 'message_start', message: { model: 'claude', usage: { input_tokens: 12, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
      ...words.map((thinking) => ({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'thinking_delta', thinking },
      })),
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 't', name: 'find', input: {} } },
      ...words.map((text) => ({
        type: 'content_block_delta',
        index: 1,
        delta: { type: 'input_json_delta', partial_json: text },
      })),
    ],
    keptMax: 6,
  },
  {
    api: 'Gemini without counts',
    chunks: [
      ...words.map((text) => ({ candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0 }] })),
      ...Array(2).fill({ candidates: [{ content: { parts: [{ functionCall: { name: 'find', args: { a: 1 } } }] } }] }),
    ],
    keptMax: 3,
  },
  {
    api: 'Ollama',
    chunks: words.map((response, id) => ({ model: 'llama', created_at: `${id}`, response, done: false })),
    keptMax: 1,
  },
];

describe('a stream that was cut off', () => {
  it.each(CUT_STREAMS)('is counted by what is kept as by its chunks: $api', ({ chunks, keptMax }) => {
    const record = recordOf(chunks);
    expect(record.usage()).toBeNull();
    expect(record.chunks().length).toBeLessThanOrEqual(keptMax);
    expect(foldStream({ chunks: record.chunks() })?.output).toEqual(foldStream({ chunks })?.output);
    expect(foldStream({ chunks: record.chunks() })?.usage).toEqual(foldStream({ chunks })?.usage);
  });

  it('is kept up to a bound', () => {
    const record = recordOf(Array.from({ length: 100 }, () => chat({ delta: { content: 'x'.repeat(50_000) } }, 0)));
    const { length } = JSON.stringify(record.chunks());
    expect(length).toBeGreaterThan(1_900_000);
    expect(length).toBeLessThan(2_100_000);
  });

  it('may hold anything at all', () => {
    const record = recordOf([null, 1, 'text', [], { choices: 'none' }, { type: 7, message: null, delta: [null] }]);
    expect(record.hasChunks()).toBe(true);
    expect(record.usage()).toBeNull();
  });
});

describe('the usage that a stream carries', () => {
  it.each([
    ['Chat Completions', [chat({ delta: { content: 'a' } }, 0), { ...chat({}, 1), choices: [], usage }], usage],
    ['Groq', [{ ...chat({}, 1), x_groq: { usage } }], usage],
    ['Responses', [{ type: 'response.completed', response: { usage: { input_tokens: 3 } } }], { input_tokens: 3 }],
    [
      'Anthropic: the start’s, corrected by the end',
      [
        {
          type: 'message_start',
          message: { usage: { input_tokens: 12, output_tokens: 1, cache_read_input_tokens: 5 } },
        },
        { type: 'message_delta', usage: { output_tokens: 40, input_tokens: null } },
      ],
      { input_tokens: 12, output_tokens: 40, cache_read_input_tokens: 5 },
    ],
    [
      'Gemini: the last',
      [1, 2].map((count) => ({ candidates: [], usageMetadata: { promptTokenCount: 3, candidatesTokenCount: count } })),
      { promptTokenCount: 3, candidatesTokenCount: 2 },
    ],
    ['Bedrock', [{ metadata: { usage: { inputTokens: 3, outputTokens: 4 } } }], { inputTokens: 3, outputTokens: 4 }],
    [
      'Cohere',
      [{ type: 'message-end', delta: { usage: { tokens: { input_tokens: 3 } } } }],
      { tokens: { input_tokens: 3 } },
    ],
    [
      'Ollama',
      [{ done: true, prompt_eval_count: 3, eval_count: 4, eval_duration: 9 }],
      { prompt_eval_count: 3, eval_count: 4 },
    ],
  ])('is taken as it is: %s', (_api, chunks, expected) => {
    expect(recordOf(chunks).usage()).toEqual(expected);
  });

  it('comes with the names that the chunks say', () => {
    expect(recordOf([chat({ delta: {} }, 0)]).names).toEqual({ model: 'gpt-4o-2024-08-06', service_tier: 'default' });
    const response = { model: 'gpt-4.1', service_tier: 'flex', usage: {} };
    const { names } = recordOf([{ type: 'response.completed', response }]);
    expect(names).toEqual({ type: 'llm.responses', model: 'gpt-4.1', service_tier: 'flex' });
  });
});
