import { createTextCounter } from '@tollgate/tokenizer';
import { describe, expect, it } from 'vitest';
import { assessEvent } from './assess-event.ts';

const counting = { modelAliases: {}, text: { counter: createTextCounter({ now: () => 0 }), deadlineMs: 1 } };
const withoutText = { modelAliases: {}, text: null };
const encoder = new TextEncoder();
const messages = [{ role: 'user', content: 'Hi' }];
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

function assess(event: unknown, given: typeof counting | typeof withoutText = counting) {
  return assessEvent(encoder.encode(JSON.stringify(event)), given);
}

describe('an event with usage', () => {
  it('is counted as reported, whatever else is absent', () => {
    expect(assess({ id: 'a', type: 'llm.chat', model: 'gpt-4o', usage }, withoutText)).toMatchObject({
      kind: 'countable',
      event: {
        count: {
          tokens: { input: 10n, output: 5n },
          provenance: { input: 'reported', output: 'reported' },
          rule: 'openai.chat',
          textInput: null,
        },
        requests: 1n,
        provider: 'openai',
        serviceTier: 'standard',
        status: 'completed',
        isStream: false,
        latencyMs: null,
        reportedUsage: JSON.stringify(usage),
      },
    });
  });

  it('keeps the tokens of its text beside it', () => {
    const event = { id: 'a', type: 'llm.chat', model: 'gpt-4', usage, input: { messages }, stream: true };
    expect(assess(event)).toMatchObject({
      event: { count: { tokens: { input: 10n, output: 5n }, textInput: 8n, textOutput: null }, isStream: true },
    });
  });

  it('is counted though its text cannot be', () => {
    let now = 0;
    const late = { modelAliases: {}, text: { counter: createTextCounter({ now: () => now++ }), deadlineMs: -1 } };
    const text = { messages: [{ role: 'user', content: 'words '.repeat(20_000) }] };
    const event = { id: 'a', type: 'llm.chat', model: 'gpt-4', input: text };
    expect(assess({ ...event, usage }, late)).toMatchObject({
      event: { count: { tokens: { input: 10n }, textInput: null } },
    });
    expect(assess(event, late)).toMatchObject({ kind: 'dead', code: 'count_timeout' });
  });

  it('that leaves a side out has it counted in the text, or is dead: absent is not zero', () => {
    const cut = { type: 'llm.chat', provider: 'anthropic', model: 'claude-x', usage: { input_tokens: 25 } };
    expect(assess({ ...cut, output: { message: { content: 'Hello there' } } })).toMatchObject({
      event: {
        count: {
          tokens: { input: 25n, output: 2n },
          provenance: { input: 'reported', output: 'estimated' },
          rule: 'anthropic',
          flags: ['output_not_reported'],
        },
      },
    });
    expect(assess(cut)).toMatchObject({ kind: 'dead', code: 'unknown_usage_shape' });
  });

  it('is flagged for what no rule knows, and names its service tier and region', () => {
    const event = { id: 'a', type: 'llm.chat', provider: 'anthropic', model: 'claude-x' };
    const served = { input_tokens: 1, output_tokens: 2, service_tier: 'priority', inference_geo: 'us', new_tokens: 4 };
    expect(assess({ ...event, usage: served })).toMatchObject({
      event: { serviceTier: 'priority', region: 'us', count: { flags: ['unknown_usage_member:new_tokens'] } },
    });
    expect(assess({ ...event, usage: served, service_tier: 'batch' })).toMatchObject({
      event: { serviceTier: 'batch' },
    });
    expect(assess({ ...event, usage, output: { service_tier: 'flex' } })).toMatchObject({
      event: { serviceTier: 'flex' },
    });
    expect(assess({ ...event, usage, service_tier: 'default' })).toMatchObject({ event: { serviceTier: 'standard' } });
  });

  it('has the searches of its answer, which the usage of OpenAI does not count', () => {
    const output = [
      { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'q' } },
      { type: 'web_search_call', status: 'completed', action: { type: 'open_page' } },
      { type: 'web_search_call', status: 'failed' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] },
    ];
    const event = { id: 'a', type: 'llm.responses', model: 'gpt-4o', usage: { input_tokens: 9, output_tokens: 2 } };
    for (const answer of [output, { output }]) {
      expect(assess({ ...event, output: answer })).toMatchObject({ event: { count: { webSearches: 1n } } });
    }
  });

  it('writes labels as text', () => {
    const metadata = { feature: 'summarize', n: 1.5, ok: true, none: null };
    expect(assess({ id: 'a', type: 'llm.chat', model: 'gpt-4o', usage, metadata })).toMatchObject({
      event: { metadata: { feature: 'summarize', n: '1.5', ok: 'true', none: 'null' } },
    });
  });
});

describe('an event with text only', () => {
  const event = {
    id: 'a',
    type: 'llm.chat',
    model: 'gpt-4',
    input: { messages },
    output: { message: { content: 'Hello' } },
  };

  it('asks for a counter', () => {
    expect(assess(event, withoutText)).toEqual({ kind: 'needs_text' });
  });

  it('is counted', () => {
    expect(assess(event)).toMatchObject({
      event: {
        count: {
          tokens: { input: 8n, output: 1n },
          provenance: { input: 'counted', output: 'counted' },
          rule: 'cl100k_base',
        },
      },
    });
  });

  it('has its recordings in a class of their own', () => {
    const data = 'A'.repeat(53_340);
    const content = [
      { type: 'text', text: 'Hi' },
      { type: 'input_audio', input_audio: { data, format: 'mp3' } },
    ];
    const input = { messages: [{ role: 'user', content }] };
    expect(assess({ id: 'a', type: 'llm.chat', model: 'gpt-4o', input })).toMatchObject({
      event: {
        count: {
          tokens: { input: 8n, input_audio: 100n },
          provenance: { input: 'estimated', input_audio: 'estimated' },
          rule: 'o200k_base+audio_duration',
        },
      },
    });
  });

  it('of an unknown model is an estimate by the default encoding', () => {
    expect(assess({ ...event, model: 'mystery-1' })).toMatchObject({
      event: {
        provider: 'unknown',
        count: { provenance: { input: 'estimated', output: 'estimated' }, rule: 'o200k_base+default_encoding' },
      },
    });
  });
});

describe('an event with the chunks of a stream', () => {
  const chunk = (delta: unknown) => ({ object: 'chat.completion.chunk', choices: [{ index: 0, delta }] });
  const text = [chunk({ content: 'Hel' }), chunk({ content: 'lo' })];
  const event = { id: 'a', type: 'llm.chat', model: 'gpt-4', input: { messages } };

  it('takes the usage of the last one, and counts the text beside it', () => {
    const output = { chunks: [...text, { object: 'chat.completion.chunk', choices: [], usage }] };
    expect(assess({ ...event, output })).toMatchObject({
      event: {
        count: { tokens: { input: 10n, output: 5n }, rule: 'openai.chat', textInput: 8n, textOutput: 1n },
        isStream: true,
        reportedUsage: JSON.stringify(usage),
      },
    });
  });

  it('without usage is counted by what was produced, which is an estimate when it was cut off', () => {
    expect(assess({ ...event, output: text, status: 'aborted' })).toMatchObject({
      event: {
        count: {
          tokens: { input: 8n, output: 1n },
          provenance: { input: 'counted', output: 'estimated' },
          rule: expect.stringMatching(/^cl100k_base/),
        },
        status: 'aborted',
        reportedUsage: '',
      },
    });
  });
});

it('takes any other type for a meter, text and all', () => {
  expect(assess({ id: 'a', type: 'storage', data: { gib: 3 }, input: 'x' }, withoutText)).toMatchObject({
    event: { type: 'storage', requests: 0n, count: { tokens: {} }, data: '{"gib":3}', model: '' },
  });
});

describe('what cannot be counted', () => {
  it.each([
    ['an unknown shape of usage', { type: 'llm.chat', model: 'm', usage: { foo: 1 } }, 'unknown_usage_shape'],
    ['an empty usage', { type: 'llm.chat', model: 'm', usage: {} }, 'unknown_usage_shape'],
    ['a usage that contradicts itself', { type: 'llm.chat', usage: { ...usage, total_tokens: 3 } }, 'invalid_usage'],
    ['nothing', { type: 'llm.chat', model: 'gpt-4o' }, 'nothing_to_count'],
    ['a list', [1], 'malformed_json'],
  ])('%s is dead, with its reason', (_, event, code) => {
    expect(assess(event)).toMatchObject({ kind: 'dead', code });
  });

  it.each([
    ['no JSON', encoder.encode('{"type": "llm.chat"')],
    ['no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['endless nesting', encoder.encode(`{"type":"x","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
  ])('%s is dead, and its reason quotes none of it', (_, body) => {
    const assessment = assessEvent(body, counting);
    expect(assessment).toMatchObject({ kind: 'dead', code: 'malformed_json' });
    expect(JSON.stringify(assessment, (__, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toMatch(
      /llm/,
    );
  });
});
