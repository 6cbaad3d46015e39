import { describe, expect, it } from 'vitest';
import { countEventText, type EventText } from './count-event-text.ts';
import { createTextCounter } from './text-counter.ts';

const counter = createTextCounter({ now: () => 0 });

function countPrompt(event: Partial<EventText> & { readonly input: unknown }) {
  const whole: EventText = { type: 'llm.chat', model: 'gpt-4o', status: 'completed', output: undefined, ...event };
  return countEventText(whole, { counter, deadlineMs: 1, modelAliases: {} });
}

function tokensOf(model: string, input: unknown): number | undefined {
  return countPrompt({ model, input }).input?.tokens;
}

// OpenAI's cookbook, "How to count tokens with tiktoken": the prompt with one tool, as the API reported it.
const weather = {
  type: 'function',
  function: {
    name: 'get_current_weather',
    description: 'Get the current weather in a given location',
    parameters: {
      type: 'object',
      properties: {
        location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
        unit: {
          type: 'string',
          description: 'The unit of temperature to return',
          enum: ['celsius', 'fahrenheit'],
        },
      },
      required: ['location'],
    },
  },
};
const asked = [
  { role: 'system', content: 'You are a helpful assistant that can answer to questions about the weather.' },
  { role: 'user', content: "What's the weather like in San Francisco?" },
];

describe('tools in Chat Completions', () => {
  it.each([
    ['gpt-3.5-turbo', 105],
    ['gpt-4', 105],
    ['gpt-4o', 101],
    ['gpt-4o-mini', 101],
  ])("the cookbook's are the tokens that the API reported for %s", (model, tokens) => {
    expect(countPrompt({ model, input: { messages: asked, tools: [weather] } })).toMatchObject({
      input: { tokens, provenance: 'counted' },
      rule: expect.not.stringContaining('+'),
    });
  });

  // In words of our own; the figures follow from the rule that reproduces the published ones.
  const ring = { type: 'function', function: { name: 'ring_bell' } };
  const messages = [{ role: 'user', content: 'Ring it twice, please.' }];

  it.each([
    ['gpt-4o', { tool_choice: 'auto' }, 0],
    ['gpt-4o', { tool_choice: 'required' }, 0],
    ['gpt-4o', { tool_choice: 'none' }, 1],
    ['gpt-4', { tool_choice: { type: 'function', function: { name: 'ring_bell' } } }, 7 + 3],
    ['gpt-5', { tool_choice: 'none' }, 0],
    ['gpt-5', { tool_choice: { type: 'function', function: { name: 'ring_bell' } } }, 0],
  ])('%s with %j: %i more', (model, choice, more) => {
    const plain = tokensOf(model, { messages, tools: [ring] }) ?? 0;
    expect(tokensOf(model, { messages, tools: [ring], ...choice })).toBe(plain + more);
  });

  it('cost gpt-5 82 more than in Responses', () => {
    const chat = tokensOf('gpt-5', { messages, tools: [weather] }) ?? 0;
    const input = { input: messages, tools: [{ type: 'function', ...weather.function }] };
    expect(countPrompt({ type: 'llm.responses', model: 'gpt-5', input })).toMatchObject({
      input: { tokens: chat - 82, provenance: 'counted' },
    });
  });

  it('are written as in 2023 where they are `functions` of that time', () => {
    const described = { ...weather.function, parameters: { type: 'object', properties: { a: { type: 'string' } } } };
    const now = tokensOf('gpt-3.5-turbo', { messages, tools: [{ type: 'function', function: described }] }) ?? 0;
    expect(tokensOf('gpt-3.5-turbo', { messages, functions: [described] })).toBe(now + 1);
    expect(tokensOf('gpt-3.5-turbo-0125', { messages, functions: [described] })).toBe(now);
  });

  it('take a developer message for a system message', () => {
    const prompt = (role: string) => ({ messages: [{ role, content: 'Be short.' }, ...messages], tools: [ring] });
    expect(tokensOf('gpt-4o', prompt('developer'))).toBe(tokensOf('gpt-4o', prompt('system')));
  });
});

describe('tool calls in the history', () => {
  const call = (name: string, args: string) => ({ id: 'c', type: 'function', function: { name, arguments: args } });
  const result = { role: 'tool', tool_call_id: 'c', content: 'done' };
  const history = (calls: readonly unknown[]) => ({
    messages: [{ role: 'assistant', content: null, tool_calls: calls }, ...calls.map(() => result)],
  });

  it('count the same however the arguments are spaced', () => {
    const compact = countPrompt({ input: history([call('ring', '{"times":2}')]) });
    expect(countPrompt({ input: history([call('ring', '{ "times":\n 2 }')]) })).toEqual(compact);
    expect(compact).toMatchObject({ input: { provenance: 'counted' }, rule: 'o200k_base' });
  });

  it('are six tokens more in gpt-5, and one less for the prime', () => {
    const input = history([call('ring', '{"times":2}')]);
    expect(tokensOf('gpt-5', input)).toBe((tokensOf('gpt-4o', input) ?? 0) + 5);
  });

  it('two at once are one call of multi_tool_use.parallel', () => {
    const text =
      '{"tool_uses":[{"recipient_name":"functions.a","parameters":{}},{"recipient_name":"functions.b","parameters":{}}]}';
    const words = (content: string) => counter.count(content, 'o200k_base', 1);
    const frames = 3 + (3 + words('assistant')) + 2 * (3 + words('tool') + words('done'));
    expect(tokensOf('gpt-4o', history([call('a', '{}'), call('b', '{}')]))).toBe(
      frames + words(' to=multi_tool_use.parallel') + words(text) + 6,
    );
  });

  it.each([
    ['three at once', { input: history([call('a', '{}'), call('b', '{}'), call('c', '{}')]) }],
    ['two at once in gpt-5', { model: 'gpt-5', input: history([call('a', '{}'), call('b', '{}')]) }],
    ['beside text', { input: { messages: [{ role: 'assistant', content: 'So:', tool_calls: [call('a', '{}')] }] } }],
    ['of no shape', { input: history([null, 7, { id: 'x' }]) }],
  ])('%s are an estimate', (_, event) => {
    expect(countPrompt(event)).toMatchObject({
      input: { provenance: 'estimated' },
      rule: 'o200k_base+tool_calls',
    });
  });

  it('in the form of 2023 cost three more than their texts, and the result two less than a named message', () => {
    const words = (content: string) => counter.count(content, 'cl100k_base', 1);
    const args = '{"a": 1}';
    const input = {
      messages: [
        { role: 'assistant', content: '', function_call: { name: 'ring', arguments: args } },
        { role: 'function', name: 'ring', content: 'done' },
      ],
    };
    const called = 3 + words('assistant') + 3 + words('ring') + words(args);
    const given = 3 + words('function') + words('done') + words('ring') + 1 - 2;
    expect(countPrompt({ model: 'gpt-3.5-turbo', input })).toMatchObject({
      input: { tokens: 3 + called + given, provenance: 'counted' },
    });
  });

  it('as items of Responses are those of Chat Completions', () => {
    const items = [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Ring.' }] },
      { type: 'function_call', call_id: 'c', name: 'ring', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'done' },
    ];
    const messages = [{ role: 'user', content: 'Ring.' }, ...history([call('ring', '{}')]).messages];
    expect(countPrompt({ type: 'llm.responses', model: 'gpt-5', input: { input: items } })).toMatchObject({
      input: { tokens: tokensOf('gpt-5', { messages }), provenance: 'estimated' },
      rule: 'o200k_base+tool_calls',
    });
  });
});

describe('schemas of structured answers', () => {
  const schema = {
    type: 'object',
    properties: { answer: { type: 'string' } },
    required: ['answer'],
    additionalProperties: false,
  };
  const format = { type: 'json_schema', json_schema: { name: 'reply', description: 'A reply.', strict: true, schema } };
  const messages = [{ role: 'user', content: 'Well?' }];
  const text =
    '# Response Formats\n\n## reply\n\n// A reply.\n{"type":"object","properties":{"answer":{"type":"string"}}}';

  it('make a system message where there is none', () => {
    const plain = tokensOf('gpt-4o', { messages }) ?? 0;
    expect(countPrompt({ input: { messages, response_format: format } }).input).toMatchObject({
      tokens: plain + counter.count(text, 'o200k_base', 1) + 8,
      provenance: 'counted',
    });
  });

  it('stand behind the text of the one that there is', () => {
    const system = (content: string) => [{ role: 'system', content }, ...messages];
    const whole = tokensOf('gpt-4o', { messages: system(`Be short.\n\n${text}`) }) ?? 0;
    expect(tokensOf('gpt-4o', { messages: system('Be short.'), response_format: format })).toBe(whole + 4);
  });

  it('cost nothing when any JSON will do', () => {
    expect(tokensOf('gpt-4o', { messages, response_format: { type: 'json_object' } })).toBe(
      tokensOf('gpt-4o', { messages }),
    );
  });

  it('are an estimate where no call was recorded', () => {
    expect(countPrompt({ model: 'gpt-4', input: { messages, response_format: format } }).rule).toBe(
      'cl100k_base+response_format',
    );
  });
});
