// Streams of Gemini, Bedrock's Converse, Cohere and Ollama. Each has its usage at the end; Gemini repeats it in every chunk,
// cumulative, so that there too the last one counts.

import type { FoldedStream } from './stream.ts';
import { callAt, lastOf, messageOf, objectIn, objectsIn, type ToolCall, textIn } from './stream-parts.ts';
import { isGiven, type JsonObject } from './unknown-json.ts';

export function isGeminiChunk(chunk: JsonObject): boolean {
  return 'candidates' in chunk || 'usageMetadata' in chunk || 'usage_metadata' in chunk;
}

export function foldGemini(chunks: readonly JsonObject[]): FoldedStream {
  const parts = chunks
    .flatMap((chunk) => objectsIn(chunk, 'candidates'))
    .flatMap((candidate) => objectsIn(objectIn(candidate, 'content'), 'parts'));
  const calls = parts
    .map((part) => objectIn(part, 'functionCall') ?? objectIn(part, 'function_call'))
    .flatMap((call) =>
      call === undefined ? [] : [{ name: textIn(call, 'name'), input: JSON.stringify(call['args'] ?? {}) }],
    );
  const usage = lastOf(chunks.map((chunk) => objectIn(chunk, 'usageMetadata') ?? objectIn(chunk, 'usage_metadata')));
  return folded(messageOf(parts.map((part) => textIn(part, 'text')).join(''), calls), usage);
}

export function isConverseChunk(chunk: JsonObject): boolean {
  return 'contentBlockDelta' in chunk || 'messageStart' in chunk || isGiven(objectIn(chunk, 'metadata', 'usage'));
}

export function foldConverse(chunks: readonly JsonObject[]): FoldedStream {
  let text = '';
  const calls = new Map<unknown, ToolCall>();
  for (const chunk of chunks) {
    const start = objectIn(chunk, 'contentBlockStart');
    const tool = objectIn(start, 'start', 'toolUse');
    if (tool !== undefined) callAt(calls, start?.['contentBlockIndex']).name = textIn(tool, 'name');
    const block = objectIn(chunk, 'contentBlockDelta');
    text += textIn(objectIn(block, 'delta'), 'text') + textIn(objectIn(block, 'delta', 'reasoningContent'), 'text');
    const input = textIn(objectIn(block, 'delta', 'toolUse'), 'input');
    if (input !== '') callAt(calls, block?.['contentBlockIndex']).input += input;
  }
  return folded(
    messageOf(text, [...calls.values()]),
    lastOf(chunks.map((chunk) => objectIn(chunk, 'metadata', 'usage'))),
  );
}

export function isCohereChunk(chunk: JsonObject): boolean {
  return ['content-delta', 'message-start', 'message-end', 'tool-plan-delta'].includes(textIn(chunk, 'type'));
}

export function foldCohere(chunks: readonly JsonObject[]): FoldedStream {
  const text = chunks.map((chunk) => {
    const message = objectIn(chunk, 'delta', 'message');
    return textIn(objectIn(message, 'content'), 'text') + textIn(message, 'tool_plan');
  });
  return folded(messageOf(text.join('')), lastOf(chunks.map((chunk) => objectIn(chunk, 'delta', 'usage'))));
}

export function isOllamaChunk(chunk: JsonObject): boolean {
  return typeof chunk['done'] === 'boolean';
}

export function foldOllama(chunks: readonly JsonObject[]): FoldedStream {
  const text = chunks.map((chunk) => {
    const message = objectIn(chunk, 'message');
    return textIn(chunk, 'response') + textIn(message, 'content') + textIn(message, 'thinking');
  });
  const last = chunks.findLast((chunk) => chunk['done'] === true);
  return folded(messageOf(text.join('')), last === undefined ? undefined : countsOf(last));
}

/** The counts and times alone: the last chunk has the end of the text too, which does not leave the log. */
function countsOf(chunk: JsonObject): JsonObject | undefined {
  const counts = Object.entries(chunk).filter(
    ([name, value]) => typeof value === 'number' && /_(count|duration)$/.test(name),
  );
  return counts.some(([name]) => name.endsWith('_count')) ? Object.fromEntries(counts) : undefined;
}

function folded(message: JsonObject, usage: JsonObject | undefined): FoldedStream {
  return { output: { message }, usage: usage ?? null, serviceTier: '' };
}
