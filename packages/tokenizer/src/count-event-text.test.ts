import { describe, expect, it } from 'vitest';
import { countEventText, type EventText } from './count-event-text.ts';
import { createTextCounter } from './text-counter.ts';

const counter = createTextCounter({ now: () => 0 });

function count(event: Partial<EventText>) {
  return countEventText(
    { type: 'llm.chat', model: 'gpt-4o', status: 'completed', input: undefined, output: undefined, ...event },
    { counter, deadlineMs: 1, modelAliases: {} },
  );
}

// The example of OpenAI's cookbook, "How to count tokens with tiktoken", with the counts that the API reported for it.
const cookbook = [
  {
    role: 'system',
    content: 'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
  },
  { role: 'system', name: 'example_user', content: 'New synergies will help drive top-line growth.' },
  { role: 'system', name: 'example_assistant', content: 'Things working well together will increase revenue.' },
  {
    role: 'system',
    name: 'example_user',
    content: "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
  },
  {
    role: 'system',
    name: 'example_assistant',
    content: "Let's talk later when we're less busy about how to do better.",
  },
  {
    role: 'user',
    content: "This late pivot means we don't have time to boil the ocean for the client deliverable.",
  },
];

describe('chat prompts', () => {
  it.each([
    ['gpt-3.5-turbo', 129],
    ['gpt-3.5-turbo-0613', 129],
    ['gpt-4-0613', 129],
    ['gpt-4', 129],
    ['gpt-4o', 124],
    ['gpt-4o-mini', 124],
  ])("the cookbook's six messages are the tokens that the API reported for %s", (model, tokens) => {
    expect(count({ model, input: { messages: cookbook } }).input).toMatchObject({ tokens, provenance: 'counted' });
  });

  it('counts the parts of a content one by one', () => {
    const whole = count({ input: { messages: [{ role: 'user', content: 'One. Two.' }] } });
    const content = [
      { type: 'text', text: 'One.' },
      { type: 'text', text: ' Two.' },
    ];
    expect(count({ input: { messages: [{ role: 'user', content }] } }).input).toEqual(whole.input);
  });

  it.each([
    ['a model without a public encoding', { model: 'gpt-6', input: { messages: cookbook } }],
    ['a hosted tool', { input: { messages: cookbook, tools: [{ type: 'web_search' }] } }],
    ['tool calls', { input: { messages: [{ role: 'assistant', content: null, tool_calls: [{ id: 'c' }] }] } }],
    [
      'a picture',
      { input: { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: '' } }] }] } },
    ],
    ['no messages', { input: { text: 'hello' } }],
    ['messages of no shape', { input: { messages: [null, 7, 'text', { role: 3 }] } }],
    ['a prompt that the API adds to', { model: 'gpt-4o-search-preview', input: { messages: cookbook } }],
  ])('%s is an estimate, never silently exact', (_, event) => {
    const { input } = count(event);
    expect(input?.provenance).toBe('estimated');
    expect(input?.tokens).toBeGreaterThan(0);
  });
});

describe('answers', () => {
  it('are exact where the API reports the tokens of their text', () => {
    const output = { message: { role: 'assistant', content: 'Hello there!' } };
    expect(count({ model: 'gpt-4', output }).output).toMatchObject({ tokens: 3, provenance: 'counted' });
    expect(count({ model: 'gpt-4', output: { choices: [output, output] } }).output?.tokens).toBe(6);
  });

  it('are estimates where the API reports more than their text, and where the stream was cut off', () => {
    const output = { message: { role: 'assistant', content: 'Hello there!' } };
    expect(count({ model: 'gpt-4o', output }).output).toMatchObject({ tokens: 3, provenance: 'estimated' });
    expect(count({ model: 'gpt-5', output }).output).toMatchObject({ tokens: 12, provenance: 'estimated' });
    expect(count({ model: 'gpt-4', status: 'aborted', output }).output?.provenance).toBe('estimated');
  });

  const args = '{"a":1}';
  const uses = `{"recipient_name":"functions.ring","parameters":${args}}`;
  it.each([
    ['one call', 'gpt-4o', 1, [' to=functions.ring', args], 4],
    [
      'two, which are one of multi_tool_use.parallel',
      'gpt-4o',
      2,
      [' to=multi_tool_use.parallel', `{"tool_uses":[${uses},${uses}]}`],
      4,
    ],
    ['two of gpt-5', 'gpt-5', 2, [' to=functions.ring', args, ' to=functions.ring', args], 9 + 2 * 4],
  ])('calls, %s: an estimate by what the model wrote', (_, model, calls, texts, more) => {
    const call = { type: 'function', function: { name: 'ring', arguments: args } };
    const output = { message: { role: 'assistant', content: null, tool_calls: Array(calls).fill(call) } };
    const tokens = texts.reduce((sum, text) => sum + counter.count(text, 'o200k_base', 1), more);
    expect(count({ model, output }).output).toMatchObject({ tokens, provenance: 'estimated' });
  });

  it('are null where none came, which is not zero', () => {
    expect(count({ input: { messages: cookbook } }).output).toBeNull();
  });
});

describe('other APIs', () => {
  it('responses: instructions are a developer message, a string is one of the user', () => {
    const input = { instructions: 'Be brief.', input: 'Hi' };
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ];
    expect(count({ type: 'llm.responses', model: 'gpt-5', input }).input).toEqual(
      count({ model: 'gpt-5', input: { messages } }).input,
    );
  });

  it('responses: what refers to text that is not here is an estimate', () => {
    const input = { input: 'Hi', previous_response_id: 'resp_1' };
    expect(count({ type: 'llm.responses', model: 'gpt-5', input }).input?.provenance).toBe('estimated');
  });

  it('embeddings: the text and nothing beside it, in every form', () => {
    const embed = (input: unknown) => count({ type: 'llm.embedding', model: 'text-embedding-3-small', input }).input;
    expect(embed({ input: 'Hello there!' })).toMatchObject({ tokens: 3, provenance: 'counted' });
    expect(embed({ input: ['Hello there!', 'Hello there!'] })?.tokens).toBe(6);
    expect(embed({ input: [9906, 1070, 0] })).toMatchObject({ tokens: 3, provenance: 'counted' });
    expect(embed({ input: [[9906], [1070, 0]] })?.tokens).toBe(3);
  });

  it('completions: the prompt and the text', () => {
    const completion = { type: 'llm.completion', model: 'davinci-002' } as const;
    const counts = count({
      ...completion,
      input: { prompt: 'Hello there!' },
      output: { choices: [{ text: 'Hello' }] },
    });
    expect(counts).toMatchObject({
      input: { tokens: 3, provenance: 'counted' },
      output: { tokens: 1, provenance: 'counted' },
      rule: 'cl100k_base',
    });
  });
});
