// Anthropic: `message_start` has the input and a placeholder for the output; each `message_delta` has counts of the whole answer
// so far, which may also correct the input. So the last that is said of each member counts, nothing is added up, and without
// a `message_delta` the output is not known. (docs.claude.com, "Streaming Messages": the counts are cumulative.)

import type { FoldedStream } from './stream.ts';
import { callAt, messageOf, objectIn, type ToolCall, textIn } from './stream-parts.ts';
import { isGiven, type JsonObject } from './unknown-json.ts';

const EVENTS = ['message_start', 'message_delta', 'message_stop', 'content_block_start', 'content_block_delta'];

export function isAnthropicChunk(chunk: JsonObject): boolean {
  return EVENTS.includes(textIn(chunk, 'type'));
}

export function foldAnthropic(chunks: readonly JsonObject[]): FoldedStream {
  const usage = usageOf(chunks);
  return { output: { message: messageFrom(chunks) }, usage, serviceTier: '' };
}

function usageOf(chunks: readonly JsonObject[]): JsonObject | null {
  const usage: Record<string, unknown> = {};
  for (const chunk of chunks) {
    const isStart = textIn(chunk, 'type') === 'message_start';
    const said = isStart ? objectIn(chunk, 'message', 'usage') : objectIn(chunk, 'usage');
    for (const [name, value] of Object.entries(said ?? {})) {
      if (isGiven(value) && !(isStart && name === 'output_tokens')) usage[name] = value;
    }
  }
  return Object.keys(usage).length === 0 ? null : usage;
}

function messageFrom(chunks: readonly JsonObject[]): JsonObject {
  let text = '';
  const calls = new Map<unknown, ToolCall>();
  for (const chunk of chunks) {
    const block = objectIn(chunk, 'content_block');
    if (textIn(block, 'type').endsWith('tool_use')) callAt(calls, chunk['index']).name = textIn(block, 'name');
    const delta = objectIn(chunk, 'delta');
    text += textIn(delta, 'text') + textIn(delta, 'thinking');
    const input = textIn(delta, 'partial_json');
    if (input !== '') callAt(calls, chunk['index']).input += input;
  }
  return messageOf(text, [...calls.values()]);
}
