// Where each provider's stream has the usage of the whole answer.

import { type JsonObject, objectOf } from './json.ts';

const PLACES: readonly (readonly string[])[] = [
  // OpenAI's chat and all who speak it, with `include_usage`; Anthropic's `message_delta`.
  ['usage'],
  ['x_groq', 'usage'],
  // OpenAI's responses.
  ['response', 'usage'],
  // Gemini: in every chunk, each time of all that came so far.
  ['usageMetadata'],
  ['usage_metadata'],
  // Bedrock's Converse.
  ['metadata', 'usage'],
  // Cohere.
  ['delta', 'usage'],
];

export function usageOfChunk(chunk: JsonObject): JsonObject | undefined {
  for (const place of PLACES) {
    const usage = objectOf(chunk, ...place);
    if (usage !== undefined) return usage;
  }
  return chunk['done'] === true ? countsOf(chunk) : undefined;
}

/** Ollama's last chunk has its counts beside its text. */
function countsOf(chunk: JsonObject): JsonObject | undefined {
  const counts = Object.entries(chunk).filter(([name, value]) => typeof value === 'number' && /_count$/.test(name));
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}
