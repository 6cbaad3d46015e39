// What the OpenAI API adds to a prompt's text, by family of models. The constants reproduce what the API reports; families
// without a confirmed formula take the nearest one and are marked as not exact.

import type { ModelEncoding } from './model-encoding.ts';

export interface OpenAiFamily {
  /** Tokens that open the answer, once a prompt. */
  readonly prime: number;
  readonly perMessage: number;
  readonly perName: number;
  /** For each message of the assistant in the prompt that has text. */
  readonly perAssistantText: number;
  readonly isPromptExact: boolean;
  /** What an answer costs beside its text, in Chat Completions and in Responses. */
  readonly perChatAnswer: number;
  readonly perResponsesAnswer: number;
  /** False where the API reports more than the answer's text by an amount that the text does not tell. */
  readonly isAnswerExact: boolean;
}

const GPT_4: OpenAiFamily = {
  prime: 3,
  perMessage: 3,
  perName: 1,
  perAssistantText: 0,
  isPromptExact: true,
  perChatAnswer: 0,
  perResponsesAnswer: 0,
  isAnswerExact: true,
};
/** The snapshot of March 2023: the name stood in the role's place. */
const GPT_35_0301: OpenAiFamily = { ...GPT_4, perMessage: 4, perName: -1 };
/** Answers are reported as the text's tokens or one more (Responses: one or two more). */
const GPT_4O: OpenAiFamily = { ...GPT_4, perResponsesAnswer: 1, isAnswerExact: false };
/** Reasoning is part of the answer's tokens and is not in its text. */
const O3: OpenAiFamily = { ...GPT_4O, prime: 2 };
const GPT_5: OpenAiFamily = { ...O3, perAssistantText: 2, perChatAnswer: 9, perResponsesAnswer: 4 };
const GPT_5_4: OpenAiFamily = { ...GPT_5, perChatAnswer: 3 };
const UNKNOWN: OpenAiFamily = { ...GPT_4O, isPromptExact: false };

/** Kinds of a family whose prompts hold more than the request says, or which no recorded call confirms. */
const UNCONFIRMED = /-(search|audio|realtime|transcribe|tts|chat|codex|pro|deep)\b/;

export function familyOf({ model, isKnown }: ModelEncoding): OpenAiFamily {
  if (!isKnown) return UNKNOWN;
  if (model === 'gpt-3.5-turbo-0301') return GPT_35_0301;
  const family = confirmedFamilyOf(model);
  if (family === undefined) return UNKNOWN;
  return UNCONFIRMED.test(model) ? { ...family, isPromptExact: false, isAnswerExact: false } : family;
}

function confirmedFamilyOf(model: string): OpenAiFamily | undefined {
  if (/^(gpt-4o|chatgpt-4o|gpt-4\.1|gpt-4\.5)/.test(model)) return GPT_4O;
  if (/^(gpt-4|gpt-3\.5|gpt-35)/.test(model)) return GPT_4;
  if (/^gpt-5\.[4-6]\b/.test(model)) return GPT_5_4;
  if (/^gpt-5(\.[1-3])?(-|$)/.test(model)) return GPT_5;
  if (/^o3\b/.test(model)) return O3;
  if (/^(o1|o4|gpt-5)/.test(model)) return { ...O3, isPromptExact: false };
  return undefined;
}
