// From a provider's answer to what an event says of it. The provider's usage is passed on as it came: Tollgate knows each
// provider's rules, and one set of rules is better than two.

import type { UsageEvent } from './event.ts';
import { isObject, type JsonObject, objectOf, textOf } from './json.ts';

/** The members of an event that an answer tells. */
export type AnswerUsage = Pick<UsageEvent, 'type' | 'model' | 'usage' | 'service_tier'>;

/** `chat.completions.create` of OpenAI, and of all who speak its API. */
export function fromOpenAiChat(completion: unknown): AnswerUsage {
  return usageIn(completion, { type: 'llm.chat', usage: 'usage', model: 'model' });
}

/** `responses.create` of OpenAI. */
export function fromOpenAiResponse(response: unknown): AnswerUsage {
  return usageIn(response, { type: 'llm.responses', usage: 'usage', model: 'model' });
}

/** `embeddings.create` of OpenAI. */
export function fromOpenAiEmbedding(embedding: unknown): AnswerUsage {
  return usageIn(embedding, { type: 'llm.embedding', usage: 'usage', model: 'model' });
}

/** `messages.create` of Anthropic. */
export function fromAnthropicMessage(message: unknown): AnswerUsage {
  return usageIn(message, { type: 'llm.chat', usage: 'usage', model: 'model' });
}

/** `generateContent` of Gemini. */
export function fromGeminiResponse(response: unknown): AnswerUsage {
  return usageIn(response, { type: 'llm.chat', usage: 'usageMetadata', model: 'modelVersion' });
}

/** Whichever of these the answer looks like; null when it has no usage that is known. */
export function fromAnswer(answer: unknown): AnswerUsage | null {
  const read = isObject(answer) ? readerOf(answer) : null;
  const found = read === null ? null : read(answer);
  return found?.usage === undefined ? null : found;
}

function readerOf(answer: JsonObject): ((answer: unknown) => AnswerUsage) | null {
  if (isObject(answer['usageMetadata'])) return fromGeminiResponse;
  if (!isObject(answer['usage'])) return null;
  if (answer['object'] === 'response') return fromOpenAiResponse;
  if (answer['object'] === 'list') return fromOpenAiEmbedding;
  if (answer['object'] === 'text_completion')
    return (completion) => ({ ...fromOpenAiChat(completion), type: 'llm.completion' });
  return answer['type'] === 'message' ? fromAnthropicMessage : fromOpenAiChat;
}

function usageIn(
  answer: unknown,
  names: { readonly type: string; readonly usage: string; readonly model: string },
): AnswerUsage {
  const object = isObject(answer) ? answer : {};
  const usage = objectOf(object, names.usage);
  const model = textOf(object, names.model);
  const tier = textOf(object, 'service_tier');
  return {
    type: names.type,
    ...(model === undefined ? {} : { model }),
    ...(usage === undefined ? {} : { usage: { ...usage } }),
    ...(tier === undefined ? {} : { service_tier: tier }),
  };
}
