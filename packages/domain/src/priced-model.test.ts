import { describe, expect, it } from 'vitest';
import { modelNamesOf, providerNameOf } from './priced-model.ts';

describe('a provider', () => {
  it.each([
    ['openai', 'openai'],
    ['OpenAI', 'openai'],
    ['Gemini', 'google'],
    ['vertex-ai', 'google'],
    ['gcp.vertex_ai', 'google'],
    ['claude', 'anthropic'],
    ['x-ai', 'xai'],
    ['azure.ai.openai', 'azure'],
    ['aws.bedrock', 'bedrock'],
    // Resellers and strangers keep their own names.
    ['azure', 'azure'],
    ['my-provider', 'my_provider'],
    ['*', '*'],
  ])('%s is called %s', (spelling, name) => {
    expect(providerNameOf(spelling)).toBe(name);
  });
});

describe('a model', () => {
  it.each([
    ['openai', 'openai/gpt-4o', 'gpt-4o', 'gpt-4o'],
    ['google', 'vertex_ai/gemini-2.5-pro', 'gemini-2.5-pro', 'gemini-2.5-pro'],
    ['openrouter', 'openai/gpt-4o', 'openai/gpt-4o', 'openai/gpt-4o'],
    ['openai', 'openai/', 'openai/', 'openai/'],
    ['openai', 'GPT-4o-2024-08-06', 'gpt-4o-2024-08-06', 'gpt-4o'],
  ])('of %s called %s is %s, undated %s', (provider, model, name, undated) => {
    expect(modelNamesOf(provider, model)).toEqual({ name, undated });
  });
});
