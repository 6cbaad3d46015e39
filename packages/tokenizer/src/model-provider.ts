// Whose model it is, where an event does not say: gateways' clients often send the model alone, and usage of a model that
// everybody knows should not be unpriced for want of its maker's name.

import { encodingOfModel, type ModelAliases } from './model-encoding.ts';

/** What names of models begin with, by maker. */
const MAKERS: readonly (readonly [string, RegExp])[] = [
  ['anthropic', /^claude-/],
  ['google', /^(?:gemini|gemma|text-embedding-00\d)/],
  ['mistral', /^(?:mistral|ministral|magistral|codestral|devstral|pixtral|voxtral)/],
  ['deepseek', /^deepseek-/],
  ['xai', /^grok-/],
  ['cohere', /^(?:command|embed-(?:english|multilingual|v\d)|rerank-)/],
];

/** `vertex_ai/gemini-2.5-pro`: a gateway's way to say the provider. */
const PREFIXED = /^([a-z][a-z0-9_.-]{1,63})\/./;

/** The provider by its usual name; undefined when the name tells none. */
export function providerOfModel(model: string, aliases: ModelAliases): string | undefined {
  const lower = model.toLowerCase();
  const maker = MAKERS.find(([, beginning]) => beginning.test(lower));
  if (maker !== undefined) return maker[0];
  const prefix = PREFIXED.exec(lower)?.[1];
  if (prefix !== undefined) return prefix;
  return encodingOfModel(model, aliases).isKnown ? 'openai' : undefined;
}
