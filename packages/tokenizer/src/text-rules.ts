// Which rule counts the text of which type of event. A further family of APIs is a file with its rule and a line here.

import type { LlmEventType } from '@tollgate/domain';
import { openAiChat } from './openai-chat.ts';
import type { OpenAiFamily } from './openai-family.ts';
import { openAiCompletion, openAiEmbedding } from './openai-prompts.ts';
import { openAiResponses } from './openai-responses.ts';
import type { CountText, Tally } from './tally.ts';

interface RuleContext {
  readonly countText: CountText;
  readonly family: OpenAiFamily;
  /** Without what a gateway or a fine-tune put around its name. */
  readonly model: string;
  /** False when the default encoding stands in for the model's own. */
  readonly isKnownModel: boolean;
}

/** Neither throws at any shape: what a rule does not know it estimates. */
export interface TextRule {
  countInput(input: unknown, context: RuleContext): Tally;
  countOutput(output: unknown, context: RuleContext): Tally;
}

export const TEXT_RULES: Readonly<Record<LlmEventType, TextRule>> = {
  'llm.chat': openAiChat,
  'llm.responses': openAiResponses,
  'llm.completion': openAiCompletion,
  'llm.embedding': openAiEmbedding,
};
