// A streamed answer, sent as the chunks that came: `output: {"chunks": […]}`, or the list of chunks itself. They are folded
// into the answer that they make, whose text can be counted, and the usage that they carry. A stream that was cut off
// before its usage has none, and is counted by its text.

import { foldAnthropic, isAnthropicChunk } from './stream-anthropic.ts';
import { foldChat, isChatChunk } from './stream-chat.ts';
import {
  foldCohere,
  foldConverse,
  foldGemini,
  foldOllama,
  isCohereChunk,
  isConverseChunk,
  isGeminiChunk,
  isOllamaChunk,
} from './stream-others.ts';
import { foldResponses, isResponsesChunk } from './stream-responses.ts';
import { isObject, type JsonObject } from './unknown-json.ts';

export interface FoldedStream {
  /** The answer, in a shape that text is counted in. */
  readonly output: unknown;
  /** As if it had come at once; null when no chunk has any. */
  readonly usage: JsonObject | null;
  /** Empty when no chunk names one. */
  readonly serviceTier: string;
}

interface StreamRule {
  isChunk(chunk: JsonObject): boolean;
  fold(chunks: readonly JsonObject[]): FoldedStream;
}

const STREAM_RULES: readonly StreamRule[] = [
  { isChunk: isResponsesChunk, fold: foldResponses },
  { isChunk: isAnthropicChunk, fold: foldAnthropic },
  { isChunk: isCohereChunk, fold: foldCohere },
  { isChunk: isConverseChunk, fold: foldConverse },
  { isChunk: isGeminiChunk, fold: foldGemini },
  { isChunk: isOllamaChunk, fold: foldOllama },
  { isChunk: isChatChunk, fold: foldChat },
];

/** Null for an output that is no list of chunks of a known kind. */
export function foldStream(output: unknown): FoldedStream | null {
  const list: unknown = isObject(output) ? output['chunks'] : output;
  if (!Array.isArray(list)) return null;
  const chunks = list.filter(isObject);
  if (chunks.length < list.length) return null;
  const rule = STREAM_RULES.find(({ isChunk }) => chunks.some(isChunk));
  return rule === undefined ? null : rule.fold(chunks);
}
