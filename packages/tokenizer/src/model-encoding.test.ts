import { expect, it } from 'vitest';
import { encodingOfModel } from './model-encoding.ts';

it.each([
  ['gpt-4o', 'o200k_base'],
  ['gpt-4o-2024-08-06', 'o200k_base'],
  ['gpt-4o-audio-preview-2025-06-03', 'o200k_base'],
  ['chatgpt-4o-latest', 'o200k_base'],
  ['gpt-4.1-nano-2025-04-14', 'o200k_base'],
  ['gpt-5.6-luna', 'o200k_base'],
  ['gpt-5-codex', 'o200k_base'],
  ['o3-pro', 'o200k_base'],
  ['o4-mini-deep-research', 'o200k_base'],
  ['gpt-oss-120b', 'o200k_base'],
  ['gpt-4', 'cl100k_base'],
  ['gpt-4-turbo-2024-04-09', 'cl100k_base'],
  ['gpt-3.5-turbo-instruct', 'cl100k_base'],
  ['gpt-35-turbo-16k', 'cl100k_base'],
  ['davinci-002', 'cl100k_base'],
  ['text-embedding-3-large', 'cl100k_base'],
  ['text-davinci-003', 'p50k_base'],
  ['text-davinci-edit-001', 'p50k_edit'],
  ['davinci', 'r50k_base'],
  ['openai/gpt-4o', 'o200k_base'],
  ['openrouter/openai/gpt-4-0613', 'cl100k_base'],
  ['openai.gpt-5.6-luna', 'o200k_base'],
  ['us.openai.gpt-oss-120b-1:0', 'o200k_base'],
  ['openai/gpt-4o:extended', 'o200k_base'],
  ['davinci:2023-07-21-v2', 'cl100k_base'],
  ['computer-use-preview-2025-03-11', 'o200k_base'],
  ['GPT-4o', 'o200k_base'],
  ['ft:gpt-4.1-2025-04-14:acme::9xYz', 'o200k_base'],
  ['ft:o4-mini-2025-04-16:acme::9xYz', 'o200k_base'],
  ['ft:gpt-3.5-turbo-0125:acme:name:9xYz', 'cl100k_base'],
  ['gpt-35-turbo-0125.ft-0a1b2c', 'cl100k_base'],
])('%s is counted with %s', (model, encoding) => {
  expect(encodingOfModel(model)).toMatchObject({ encoding, isKnown: true });
});

it.each([
  ['chat-prod', 'gpt-4o-2024-08-06'],
  ['azure/Chat-Prod', 'gpt-4o-2024-08-06'],
  ['azure/eu/old-chat', 'gpt-35-turbo'],
])("a deployment's name stands for its model: %s", (name, model) => {
  const aliases = { 'chat-prod': 'gpt-4o-2024-08-06', 'azure/eu/old-chat': 'azure/gpt-35-turbo' };
  expect(encodingOfModel(name, aliases)).toMatchObject({ model, isKnown: true });
});

it('a name that every object has is no alias', () => {
  expect(encodingOfModel('constructor', {})).toMatchObject({ isKnown: false });
});

it.each(['gpt-6', 'gpt-6.1-terra', 'gpt-realtime', 'gpt-audio', 'claude-sonnet-5', 'my-deployment', '', 'ft:'])(
  '%s has no public encoding: the default stands in, and says so',
  (model) => {
    expect(encodingOfModel(model)).toMatchObject({ encoding: 'o200k_base', isKnown: false });
  },
);
