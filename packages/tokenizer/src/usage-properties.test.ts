// Whatever a provider reports, not a token is lost or invented: the classes come to the provider's own total, and what
// cannot be is refused.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from './unknown-json.ts';
import { normalizeUsage } from './usage-rules.ts';

const count = fc.oneof(fc.nat(20), fc.nat(2_000_000));

/** Two parts and what is left, of a total that they are inside of. */
const split = fc.record({ one: count, two: count, rest: count });

interface Generated {
  readonly usage: JsonObject;
  readonly total: number;
}

const PROVIDERS: Readonly<Record<string, fc.Arbitrary<Generated>>> = {
  openai: fc.record({ input: split, output: split, audio: count }).map(({ input, output, audio }) => {
    const prompt = input.one + input.two + input.rest + audio;
    const completion = output.one + output.two + output.rest;
    return {
      total: prompt + completion,
      usage: {
        prompt_tokens: prompt,
        completion_tokens: completion,
        total_tokens: prompt + completion,
        prompt_tokens_details: { cached_tokens: input.one, cache_write_tokens: input.two, audio_tokens: audio },
        completion_tokens_details: { reasoning_tokens: output.one, audio_tokens: output.two },
      },
    };
  }),
  responses: fc.record({ input: split, output: split }).map(({ input, output }) => ({
    total: sumOf(input) + sumOf(output),
    usage: {
      input_tokens: sumOf(input),
      output_tokens: sumOf(output),
      total_tokens: sumOf(input) + sumOf(output),
      input_tokens_details: { cached_tokens: input.one, cache_write_tokens: input.two },
      output_tokens_details: { reasoning_tokens: output.one },
    },
  })),
  anthropic: fc
    .record({ input: split, hour: count, output: split, compaction: split })
    .map(({ input, hour, output, compaction }) => ({
      total: sumOf(input) + hour + sumOf(output) + sumOf(compaction),
      usage: {
        input_tokens: input.rest,
        cache_read_input_tokens: input.one,
        cache_creation_input_tokens: input.two + hour,
        cache_creation: { ephemeral_5m_input_tokens: input.two, ephemeral_1h_input_tokens: hour },
        output_tokens: sumOf(output),
        output_tokens_details: { thinking_tokens: output.one },
        iterations: [
          { type: 'message', input_tokens: input.rest, output_tokens: sumOf(output) },
          {
            type: 'compaction',
            input_tokens: compaction.one,
            cache_read_input_tokens: compaction.two,
            output_tokens: compaction.rest,
          },
        ],
      },
    })),
  google: fc
    .record({ prompt: split, audioCached: count, cachedText: count, output: split, tool: count, isTold: fc.boolean() })
    .map(({ prompt, audioCached, cachedText, output, tool, isTold }) => {
      const promptTotal = sumOf(prompt) + audioCached + cachedText;
      const total = promptTotal + output.one + output.two + output.rest + tool;
      return {
        total,
        usage: {
          promptTokenCount: promptTotal,
          cachedContentTokenCount: audioCached + cachedText,
          candidatesTokenCount: output.one + output.two,
          thoughtsTokenCount: output.rest,
          toolUsePromptTokenCount: tool,
          totalTokenCount: total,
          promptTokensDetails: [
            { modality: 'AUDIO', tokenCount: prompt.one + audioCached },
            { modality: 'IMAGE', tokenCount: prompt.two },
            { modality: 'TEXT' },
          ],
          ...(isTold ? { cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: audioCached }] } : {}),
          candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: output.one }],
        },
      };
    }),
  gemini: fc.record({ input: count, output: count, thoughts: count }).map(({ input, output, thoughts }) => ({
    total: input + output + thoughts,
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output + thoughts },
  })),
  mistral: fc.record({ input: split, output: count }).map(({ input, output }) => ({
    total: sumOf(input) + output,
    usage: {
      prompt_tokens: sumOf(input),
      completion_tokens: output,
      total_tokens: sumOf(input) + output,
      num_cached_tokens: input.one,
      prompt_tokens_details: { cached_tokens: input.one },
    },
  })),
  cohere: fc.record({ input: count, output: count, unbilled: count }).map(({ input, output, unbilled }) => ({
    total: input + output,
    usage: {
      billed_units: { input_tokens: input, output_tokens: output },
      tokens: { input_tokens: input + unbilled, output_tokens: output },
    },
  })),
  bedrock: fc.record({ input: split, output: count, hour: count }).map(({ input, output, hour }) => ({
    total: sumOf(input) + hour + output,
    usage: {
      inputTokens: input.rest,
      outputTokens: output,
      totalTokens: sumOf(input) + hour + output,
      cacheReadInputTokens: input.one,
      cacheWriteInputTokens: input.two + hour,
      cacheDetails: [{ ttl: '1h', inputTokens: hour }],
    },
  })),
  deepseek: fc.record({ input: split, output: split }).map(({ input, output }) => ({
    total: sumOf(input) + sumOf(output),
    usage: {
      prompt_tokens: sumOf(input),
      completion_tokens: sumOf(output),
      total_tokens: sumOf(input) + sumOf(output),
      prompt_cache_hit_tokens: input.one,
      prompt_cache_miss_tokens: input.two + input.rest,
      completion_tokens_details: { reasoning_tokens: output.one },
    },
  })),
  xai: fc
    .record({ text: count, image: count, cachedShare: fc.double({ min: 0, max: 1, noNaN: true }), output: split })
    .map(({ text, image, cachedShare, output }) => ({
      total: text + image + output.one + output.two,
      usage: {
        prompt_tokens: text + image,
        completion_tokens: output.one,
        total_tokens: text + image + output.one + output.two,
        prompt_tokens_details: {
          text_tokens: text,
          image_tokens: image,
          cached_tokens: Math.floor((text + image) * cachedShare),
        },
        completion_tokens_details: { reasoning_tokens: output.two },
      },
    })),
  groq: fc.record({ input: split, output: split }).map(({ input, output }) => ({
    total: sumOf(input) + sumOf(output),
    usage: {
      queue_time: 0.1,
      prompt_tokens: sumOf(input),
      completion_tokens: sumOf(output),
      total_tokens: sumOf(input) + sumOf(output),
      prompt_tokens_details: { cached_tokens: input.one },
      completion_tokens_details: { reasoning_tokens: output.one },
    },
  })),
  openrouter: fc.record({ input: split, output: split }).map(({ input, output }) => ({
    total: sumOf(input) + sumOf(output),
    usage: {
      prompt_tokens: sumOf(input),
      completion_tokens: sumOf(output),
      total_tokens: sumOf(input) + sumOf(output),
      prompt_tokens_details: { cached_tokens: input.one, cache_write_tokens: input.two },
      completion_tokens_details: { reasoning_tokens: output.one },
      cost: 0.01,
    },
  })),
  litellm: fc.record({ input: split, hour: count, output: count }).map(({ input, hour, output }) => ({
    total: sumOf(input) + hour + output,
    usage: {
      prompt_tokens: sumOf(input) + hour,
      completion_tokens: output,
      total_tokens: sumOf(input) + hour + output,
      cache_read_input_tokens: input.one,
      cache_creation_input_tokens: input.two + hour,
      prompt_tokens_details: {
        cached_tokens: input.one,
        cache_creation_tokens: input.two + hour,
        cache_creation_token_details: { ephemeral_5m_input_tokens: input.two, ephemeral_1h_input_tokens: hour },
        text_tokens: input.rest,
      },
    },
  })),
  ollama: fc.record({ input: split, output: count }).map(({ input, output }) => ({
    total: sumOf(input) + output,
    usage: { prompt_eval_count: sumOf(input), prompt_eval_cached_count: input.one, eval_count: output },
  })),
  opentelemetry: fc.record({ input: split, output: split }).map(({ input, output }) => ({
    total: sumOf(input) + sumOf(output),
    usage: {
      'gen_ai.usage.input_tokens': sumOf(input),
      'gen_ai.usage.output_tokens': sumOf(output),
      'gen_ai.usage.cache_read.input_tokens': input.one,
      'gen_ai.usage.cache_creation.input_tokens': input.two,
      'gen_ai.usage.reasoning.output_tokens': output.one,
    },
  })),
  tollgate: fc.record({ input: count, cache_read: count, output: count, reasoning: count }).map((usage) => ({
    total: Object.values(usage).reduce((sum, tokens) => sum + tokens, 0),
    usage,
  })),
};

describe("the classes add up to the provider's total", () => {
  it.each(Object.entries(PROVIDERS))('%s', (provider, generated) => {
    fc.assert(
      fc.property(generated, ({ usage, total }) => {
        const result = normalizeUsage(usage, { type: 'llm.chat', provider, model: 'm' });
        if (result.kind === 'refusal') throw new Error(result.detail);
        const counts = Object.values(result.tokens);
        expect(counts.every((tokens) => tokens >= 0n)).toBe(true);
        expect(counts.reduce((sum, tokens) => sum + tokens, 0n)).toBe(BigInt(total));
        expect(result.flags).toEqual([]);
      }),
    );
  });
});

it('refuses parts of OpenAI that are more than their total, and nothing else', () => {
  const parts = fc.record({ input: count, output: count, cached: count, write: count, audio: count, reasoning: count });
  fc.assert(
    fc.property(parts, ({ input, output, cached, write, audio, reasoning }) => {
      const usage = {
        prompt_tokens: input,
        completion_tokens: output,
        prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: write, audio_tokens: audio },
        completion_tokens_details: { reasoning_tokens: reasoning },
      };
      const result = normalizeUsage(usage, { type: 'llm.chat', provider: 'openai', model: 'm' });
      const isPossible = cached + write + audio <= input && reasoning <= output;
      expect(result.kind).toBe(isPossible ? 'usage' : 'refusal');
    }),
  );
});

it('reads or refuses any JSON, whoever is named, and never fails', () => {
  const names = [
    'prompt_tokens',
    'input_tokens',
    'promptTokenCount',
    'billed_units',
    'eval_count',
    'inputTokens',
    'iterations',
  ];
  const anyUsage = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), fc.jsonValue());
  fc.assert(
    fc.property(
      anyUsage,
      fc.constantFrom('openai', 'anthropic', 'google', 'bedrock', '__proto__'),
      (usage, provider) => {
        const { kind } = normalizeUsage(usage, { type: 'llm.chat', provider, model: 'm' });
        expect(['usage', 'refusal']).toContain(kind);
      },
    ),
  );
});

function sumOf({ one, two, rest }: { readonly one: number; readonly two: number; readonly rest: number }): number {
  return one + two + rest;
}
