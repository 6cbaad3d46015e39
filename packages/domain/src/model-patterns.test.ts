import { describe, expect, it } from 'vitest';
import { createModelList, flawOfModelPattern } from './model-patterns.ts';

describe('a model list', () => {
  it.each([
    ['gpt-4o', 'gpt-4o', true],
    ['gpt-4o', 'gpt-4o-mini', false],
    ['gpt-4o*', 'gpt-4o', true],
    ['gpt-4o*', 'gpt-4o-mini', true],
    ['gpt-4o*', 'gpt-4', false],
    ['gpt-4o*', 'GPT-4o', false],
    ['*', 'anything', true],
    ['*', '', true],
    ['claude-*-sonnet-*', 'claude-3-5-sonnet-20241022', true],
    ['claude-*-sonnet-*', 'claude-3-5-sonnet', false],
    ['claude-*-sonnet', 'claude-sonnet', false],
    ['*/gpt-4o', 'openai/gpt-4o', true],
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['a*b*c', 'abbbc', true],
    ['a*bc*cd', 'abcd', false],
    ['gpt-4.1', 'gpt-4x1', false],
    ['[gpt]', 'g', false],
  ])('with %s has %s: %s', (pattern, model, isInside) => {
    expect(flawOfModelPattern(pattern)).toBeUndefined();
    expect(createModelList([pattern]).has(model)).toBe(isInside);
  });

  it('has what any of its patterns has, and nothing when it has none', () => {
    const list = createModelList(['o3', 'gpt-4o*', 'claude-*']);
    expect(['o3', 'gpt-4o-mini', 'claude-opus-4', 'o3-mini'].map((model) => list.has(model))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(createModelList([]).has('gpt-4o')).toBe(false);
  });

  it('answers in time linear in the name', () => {
    const list = createModelList([`a${'*a'.repeat(4)}b`]);
    const startedAt = performance.now();
    expect(list.has('a'.repeat(5_000_000))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

it.each(['', ' ', 'gpt 4', 'gpt\n', 'gpt-4ö', 'a**', '*a*b*c*d*', 'x'.repeat(129)])(
  'the pattern %j has a flaw',
  (pattern) => {
    expect(flawOfModelPattern(pattern)).toMatch(/\.$/);
  },
);
