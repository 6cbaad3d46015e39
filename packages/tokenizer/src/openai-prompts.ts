// Embeddings and legacy completions: the tokens of the text and nothing beside them. Both also take tokens for text.

import { estimateJson } from './estimate.ts';
import { type CountText, Tally } from './tally.ts';
import type { TextRule } from './text-rules.ts';
import { isGiven, isObject } from './unknown-json.ts';

export const openAiEmbedding: TextRule = {
  countInput: (input, { countText, isKnownModel }) =>
    countPrompts(memberOf(input, 'input'), { countText, isKnownModel }),
  countOutput: () => new Tally(),
};

export const openAiCompletion: TextRule = {
  countInput: (input, { countText, isKnownModel }) =>
    countPrompts(memberOf(input, 'prompt'), { countText, isKnownModel }),
  countOutput(output, { countText, isKnownModel }) {
    const choices = isObject(output) && Array.isArray(output['choices']) ? output['choices'] : [output];
    return countPrompts(
      choices.map((choice) => memberOf(choice, 'text')),
      { countText, isKnownModel },
    );
  },
};

function memberOf(value: unknown, member: string): unknown {
  return isObject(value) && isGiven(value[member]) ? value[member] : value;
}

interface PromptCounting {
  readonly countText: CountText;
  readonly isKnownModel: boolean;
}

/** A text, texts, tokens, or lists of tokens. */
function countPrompts(prompt: unknown, { countText, isKnownModel }: PromptCounting): Tally {
  const tally = new Tally();
  if (!isKnownModel) tally.doubt('default_encoding');
  for (const part of Array.isArray(prompt) ? prompt : [prompt]) {
    if (typeof part === 'string') tally.add(countText(part));
    else if (typeof part === 'number') tally.add(1);
    else if (Array.isArray(part) && part.every((token) => typeof token === 'number')) tally.add(part.length);
    else if (isGiven(part)) tally.addEstimate(estimateJson(part, countText), 'json_text');
  }
  return tally;
}
