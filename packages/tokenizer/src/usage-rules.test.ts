import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeUsage } from './usage-rules.ts';

describe('OpenAI', () => {
  it('takes what is inside a total out of it', () => {
    const usage = {
      prompt_tokens: 2006,
      completion_tokens: 300,
      total_tokens: 2306,
      prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 6, cache_write_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 192, audio_tokens: 8, rejected_prediction_tokens: 5 },
    };
    expect(normalizeUsage('openai', usage)).toMatchObject({
      rule: 'openai.chat',
      tokens: {
        input: 70n,
        cache_read: 1920n,
        input_audio: 6n,
        cache_write_other: 10n,
        output: 100n,
        reasoning: 192n,
        output_audio: 8n,
      },
    });
  });

  it('reads Responses', () => {
    const usage = {
      input_tokens: 36,
      input_tokens_details: { cached_tokens: 6 },
      output_tokens: 87,
      output_tokens_details: { reasoning_tokens: 64 },
      total_tokens: 123,
    };
    expect(normalizeUsage('openai', usage)).toMatchObject({
      rule: 'openai.responses',
      tokens: { input: 30n, cache_read: 6n, output: 23n, reasoning: 64n },
    });
  });

  it('reads embeddings, whose usage has no output', () => {
    const { tokens } = normalized({ prompt_tokens: 8, total_tokens: 8 });
    expect(tokens).toEqual({ input: 8n });
  });

  it('keeps cached audio apart', () => {
    const details = {
      cached_tokens: 100,
      audio_tokens: 50,
      cached_tokens_details: { text_tokens: 60, audio_tokens: 40 },
    };
    const { tokens } = normalized({ input_tokens: 200, output_tokens: 0, input_tokens_details: details });
    expect(tokens).toEqual({ input: 90n, cache_read: 60n, cache_read_audio: 40n, input_audio: 10n, output: 0n });
  });

  it('takes null for absent, as the API writes it', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, prompt_tokens_details: null, total_tokens: 3 };
    expect(normalized(usage).tokens).toEqual({ input: 1n, output: 2n });
  });

  it.each([
    ['negative', { prompt_tokens: -1, completion_tokens: 0 }],
    ['fractional', { prompt_tokens: 1.5, completion_tokens: 0 }],
    ['unsafe', { prompt_tokens: 2 ** 53, completion_tokens: 0 }],
    ['not a number', { prompt_tokens: '12', completion_tokens: 0 }],
    [
      'cached beyond the input',
      { prompt_tokens: 5, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 6 } },
    ],
    [
      'cached and audio beyond the input',
      { prompt_tokens: 5, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 3, audio_tokens: 3 } },
    ],
    [
      'reasoning beyond the output',
      { prompt_tokens: 5, completion_tokens: 1, completion_tokens_details: { reasoning_tokens: 2 } },
    ],
    ['a total that is none', { prompt_tokens: 5, completion_tokens: 1, total_tokens: 7 }],
    ['details that are none', { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: 3 }],
  ])('refuses %s', (_, usage) => {
    expect(normalizeUsage('openai', usage)).toMatchObject({ kind: 'refusal', code: 'invalid_usage' });
  });
});

describe('other providers', () => {
  it('reads the shape of OpenAI whoever sends it, and lets the total say where reasoning is', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 20,
      total_tokens: 60,
      completion_tokens_details: { reasoning_tokens: 30 },
    };
    expect(normalizeUsage('xai', usage)).toMatchObject({ tokens: { input: 10n, output: 20n, reasoning: 30n } });
  });

  it.each([
    {},
    { foo: 1 },
    { promptTokenCount: 3, candidatesTokenCount: 4 },
    { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: 100 },
    { prompt_tokens: 3 },
    { completion_tokens: 3 },
  ])('refuses %j, which is never zero', (usage) => {
    expect(normalizeUsage('someone', usage)).toMatchObject({ kind: 'refusal', code: 'unknown_usage_shape' });
  });
});

it('loses and invents no token, and no class is negative', () => {
  const count = fc.integer({ min: 0, max: 1_000 });
  const anyUsage = fc.record({
    input: count,
    output: count,
    cached: count,
    write: count,
    audio: count,
    reasoning: count,
  });
  fc.assert(
    fc.property(anyUsage, ({ input, output, cached, write, audio, reasoning }) => {
      const result = normalizeUsage('openai', {
        prompt_tokens: input,
        completion_tokens: output,
        prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: write, audio_tokens: audio },
        completion_tokens_details: { reasoning_tokens: reasoning },
      });
      const isPossible = cached + write + audio <= input && reasoning <= output;
      expect(result.kind).toBe(isPossible ? 'usage' : 'refusal');
      if (result.kind === 'refusal') return;
      const counts = Object.values(result.tokens);
      expect(counts.every((tokens) => tokens >= 0n)).toBe(true);
      expect(counts.reduce((sum, tokens) => sum + tokens, 0n)).toBe(BigInt(input + output));
    }),
  );
});

function normalized(usage: Readonly<Record<string, unknown>>) {
  const result = normalizeUsage('openai', usage);
  if (result.kind === 'refusal') throw new Error(result.detail);
  return result;
}
