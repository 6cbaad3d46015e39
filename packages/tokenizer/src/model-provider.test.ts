import { expect, it } from 'vitest';
import { providerOfModel } from './model-provider.ts';

it.each([
  ['gpt-4o-2024-08-06', 'openai'],
  ['ft:gpt-4o:acme::abc', 'openai'],
  ['claude-sonnet-4-5', 'anthropic'],
  ['gemini-2.5-pro', 'google'],
  ['vertex_ai/gemini-2.5-pro', 'vertex_ai'],
  ['openai/gpt-4o', 'openai'],
  ['openrouter/anthropic/claude-sonnet-4.5', 'openrouter'],
  ['mistral-large-latest', 'mistral'],
  ['grok-4', 'xai'],
  ['our-deployment', undefined],
])('the model %s is of %s', (model, provider) => {
  expect(providerOfModel(model, {})).toBe(provider);
});

it('a deployment is of the model that it is an alias of', () => {
  expect(providerOfModel('chat-prod', { 'chat-prod': 'gpt-4o' })).toBe('openai');
});
