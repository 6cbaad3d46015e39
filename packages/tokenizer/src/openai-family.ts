// What the OpenAI API adds to a prompt's text, by family of models. The constants reproduce what the API reports; families
// without a confirmed formula take the nearest one and are marked as not exact.

import type { ModelEncoding } from './model-encoding.ts';

/** Tools, tool calls and schemas are written into the prompt in one of three ways. */
export type PromptGeneration = 'gpt-4' | 'gpt-4o' | 'gpt-5';

export interface OpenAiFamily {
  readonly generation: PromptGeneration;
  /** Tokens that open the answer, once a prompt. */
  readonly prime: number;
  readonly perMessage: number;
  readonly perName: number;
  /** For each message of the assistant in the prompt that has text. */
  readonly perAssistantText: number;
  readonly isPromptExact: boolean;
  /** False where no recorded call with tools confirms the generation's rules. */
  readonly areToolsExact: boolean;
  /** False where no recorded call with the schema of an answer confirms them. */
  readonly areSchemasExact: boolean;
  /** What an answer costs beside its text, in Chat Completions and in Responses. */
  readonly perChatAnswer: number;
  readonly perResponsesAnswer: number;
  /** False where the API reports more than the answer's text by an amount that the text does not tell. */
  readonly isAnswerExact: boolean;
  /** The declarations that `functions`, the older form of `tools`, are written as. */
  readonly legacyFunctions: 'current' | '2023';
}

const GPT_4: OpenAiFamily = {
  generation: 'gpt-4',
  prime: 3,
  perMessage: 3,
  perName: 1,
  perAssistantText: 0,
  isPromptExact: true,
  areToolsExact: true,
  areSchemasExact: false,
  perChatAnswer: 0,
  perResponsesAnswer: 0,
  isAnswerExact: true,
  legacyFunctions: 'current',
};
/** Without a date the name meant the snapshot of June 2023 for as long as `functions` were in use. */
const GPT_35_0613: OpenAiFamily = { ...GPT_4, legacyFunctions: '2023' };
/** The snapshot of March 2023: the name stood in the role's place. */
const GPT_35_0301: OpenAiFamily = { ...GPT_4, perMessage: 4, perName: -1, areToolsExact: false };
/** Answers are reported as the text's tokens or one more (Responses: one or two more). */
const GPT_4O: OpenAiFamily = {
  ...GPT_4,
  generation: 'gpt-4o',
  areSchemasExact: true,
  perResponsesAnswer: 1,
  isAnswerExact: false,
};
/** Reasoning is part of the answer's tokens and is not in its text. */
const O3: OpenAiFamily = { ...GPT_4O, prime: 2, areToolsExact: false, areSchemasExact: false };
const GPT_5: OpenAiFamily = {
  ...O3,
  generation: 'gpt-5',
  perAssistantText: 2,
  areToolsExact: true,
  perChatAnswer: 9,
  perResponsesAnswer: 4,
};
const GPT_5_4: OpenAiFamily = { ...GPT_5, areSchemasExact: true, perChatAnswer: 3 };
const UNKNOWN: OpenAiFamily = { ...GPT_4O, isPromptExact: false, areToolsExact: false, areSchemasExact: false };

/** Kinds of a family whose prompts hold more than the request says, or which no recorded call confirms. */
const UNCONFIRMED = /-(search|audio|realtime|transcribe|tts|chat|codex|pro|deep)\b/;

/** The first that fits wins. */
const FAMILIES: readonly (readonly [RegExp, OpenAiFamily])[] = [
  [/^gpt-3\.5-turbo-0301$/, GPT_35_0301],
  [/^gpt-(3\.5|35)-turbo(-16k)?(-0613)?$/, GPT_35_0613],
  [/^(gpt-4o|chatgpt-4o|gpt-4\.1|gpt-4\.5)/, GPT_4O],
  [/^(gpt-4|gpt-3\.5|gpt-35)/, GPT_4],
  [/^gpt-5\.[4-6]\b/, GPT_5_4],
  [/^gpt-5(\.[1-3])?(-|$)/, GPT_5],
  [/^(o3\b|computer-use-preview)/, O3],
  [/^(o1|o4|gpt-5)/, { ...O3, isPromptExact: false }],
];

export function familyOf({ model, isKnown }: ModelEncoding): OpenAiFamily {
  const family = isKnown ? FAMILIES.find(([pattern]) => pattern.test(model))?.[1] : undefined;
  if (family === undefined) return UNKNOWN;
  return UNCONFIRMED.test(model)
    ? { ...family, isPromptExact: false, areToolsExact: false, areSchemasExact: false, isAnswerExact: false }
    : family;
}
