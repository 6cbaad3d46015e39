// Chat Completions and legacy completions, by OpenAI and all who speak its API: pieces of each choice, and usage in the last
// chunk, which has no choices and is lost when the stream is cut. Groq has it in `x_groq` as well.
// (platform.openai.com, API reference, "The chat completion chunk object", `stream_options`.)

import type { FoldedStream } from './stream.ts';
import { callAt, lastOf, messageOf, objectIn, objectsIn, type ToolCall, textIn } from './stream-parts.ts';
import type { JsonObject } from './unknown-json.ts';

interface Choice {
  text: string;
  readonly calls: Map<unknown, ToolCall>;
}

export function isChatChunk(chunk: JsonObject): boolean {
  return (
    textIn(chunk, 'object').endsWith('.chunk') ||
    objectsIn(chunk, 'choices').some((choice) => 'delta' in choice || 'text' in choice)
  );
}

export function foldChat(chunks: readonly JsonObject[]): FoldedStream {
  const choices = new Map<unknown, Choice>();
  for (const choice of chunks.flatMap((chunk) => objectsIn(chunk, 'choices'))) addPiece(choices, choice);
  const answers = [...choices.values()].map(({ text, calls }) => ({
    message: messageOf(text, [...calls.values()]),
    text,
  }));
  return {
    output: { choices: answers },
    usage: lastOf(chunks.map((chunk) => objectIn(chunk, 'usage') ?? objectIn(chunk, 'x_groq', 'usage'))) ?? null,
    serviceTier: textIn(
      chunks.findLast((chunk) => textIn(chunk, 'service_tier') !== ''),
      'service_tier',
    ),
  };
}

function addPiece(choices: Map<unknown, Choice>, piece: JsonObject): void {
  const index = piece['index'] ?? 0;
  const choice = choices.get(index) ?? { text: '', calls: new Map() };
  choices.set(index, choice);
  const delta = objectIn(piece, 'delta');
  choice.text += textIn(piece, 'text') + textIn(delta, 'content') + textIn(delta, 'refusal');
  choice.text += textIn(delta, 'reasoning_content') + textIn(delta, 'reasoning');
  for (const call of objectsIn(delta, 'tool_calls')) {
    const whole = callAt(choice.calls, call['index'] ?? 0);
    whole.name += textIn(objectIn(call, 'function'), 'name');
    whole.input += textIn(objectIn(call, 'function'), 'arguments');
  }
}
