// The Responses API: events whose names begin with `response.`; the last one has the whole answer with its usage. Where the
// stream was cut off, the pieces of text and arguments are all there is.
// (platform.openai.com, API reference, "Streaming events".)

import type { FoldedStream } from './stream.ts';
import { callAt, lastOf, objectIn, type ToolCall, textIn } from './stream-parts.ts';
import type { JsonObject } from './unknown-json.ts';

const LAST_EVENTS = ['response.completed', 'response.incomplete', 'response.failed'];

export function isResponsesChunk(chunk: JsonObject): boolean {
  return textIn(chunk, 'type').startsWith('response.');
}

export function foldResponses(chunks: readonly JsonObject[]): FoldedStream {
  const responses = chunks.map((chunk) => objectIn(chunk, 'response'));
  const isEnded = chunks.some((chunk) => LAST_EVENTS.includes(textIn(chunk, 'type')));
  const last = lastOf(responses);
  return {
    output: { output: isEnded && Array.isArray(last?.['output']) ? last['output'] : piecesOf(chunks) },
    usage: lastOf(responses.map((response) => objectIn(response, 'usage'))) ?? null,
    serviceTier: textIn(last, 'service_tier'),
  };
}

function piecesOf(chunks: readonly JsonObject[]): readonly JsonObject[] {
  let text = '';
  const calls = new Map<unknown, ToolCall>();
  for (const chunk of chunks) {
    const delta = textIn(chunk, 'delta');
    switch (textIn(chunk, 'type')) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        text += delta;
        break;
      case 'response.output_item.added': {
        const item = objectIn(chunk, 'item');
        if (textIn(item, 'type') === 'function_call') callAt(calls, chunk['output_index']).name = textIn(item, 'name');
        break;
      }
      case 'response.function_call_arguments.delta':
        callAt(calls, chunk['output_index']).input += delta;
    }
  }
  const message = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] };
  return [
    ...(text === '' ? [] : [message]),
    ...[...calls.values()].map(({ name, input }) => ({ type: 'function_call', name, arguments: input })),
  ];
}
