// The tokens of a list of messages, the same in Chat Completions and in Responses:
// prime + Σ (per message + role + content + name), each text counted by itself, and the tool calls among them.

import { estimateJson } from './estimate.ts';
import { countPart } from './openai-parts.ts';
import { countFunctionCall, countToolCalls } from './openai-tool-calls.ts';
import type { PromptCounting } from './prompt-counting.ts';
import { isGiven, isObject, type JsonObject } from './unknown-json.ts';

const ROLES: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

/** Members that cost nothing: what an item of Responses says about itself, and how a result names its call. */
const FREE_MEMBERS: ReadonlySet<string> = new Set(
  'role content name type id status phase tool_call_id tool_calls function_call'.split(' '),
);

/** The role `function` and the name that follows it cost two less than a message with a name does. */
const FUNCTION_ROLE = -2;

export function countMessages(messages: readonly unknown[], counting: PromptCounting): void {
  counting.tally.add(counting.family.prime);
  if (!counting.family.isPromptExact) counting.tally.doubt('model_overhead');
  for (const message of messages) countMessage(message, counting);
}

function countMessage(message: unknown, counting: PromptCounting): void {
  const { family, countText, tally } = counting;
  if (!isObject(message) || !ROLES.has(message['role'])) {
    tally.addEstimate(family.perMessage + estimateJson(message, countText), 'json_text');
    return;
  }
  const { role, content, name } = message;
  tally.add(family.perMessage + countText(String(role)));
  countContent(content, counting);
  if (role === 'function') tally.add(FUNCTION_ROLE);
  if (typeof name === 'string') tally.add(countText(name) + family.perName);
  if (role === 'assistant') countAnswer(message, counting);
  for (const [member, value] of Object.entries(message)) {
    if (!FREE_MEMBERS.has(member) && isGiven(value)) tally.addEstimate(estimateJson(value, countText), 'json_text');
  }
}

/** What an earlier answer has beside its text. */
function countAnswer(message: JsonObject, counting: PromptCounting): void {
  const { content, tool_calls: toolCalls, function_call: functionCall } = message;
  const { family, tally } = counting;
  const hasText = isGiven(content) && content !== '';
  if (hasText) tally.add(family.perAssistantText);
  if (isGiven(toolCalls)) countToolCalls(Array.isArray(toolCalls) ? toolCalls : [toolCalls], counting);
  if (isGiven(functionCall)) countFunctionCall(functionCall, counting);
  // No recorded call says how text and a call of one message are put together.
  if (hasText && (isGiven(toolCalls) || isGiven(functionCall))) tally.doubt('tool_calls');
}

/** A string, or parts which are counted one by one. */
export function countContent(content: unknown, counting: PromptCounting): void {
  if (!isGiven(content)) return;
  if (typeof content === 'string') {
    counting.tally.add(counting.countText(content));
    return;
  }
  for (const part of Array.isArray(content) ? content : [content]) countPart(part, counting);
}

/** What a request has beside its messages that the API turns into tokens by rules that are not here. */
export function estimateMembers(input: JsonObject, members: readonly string[], { countText, tally }: PromptCounting) {
  for (const member of members) {
    if (isGiven(input[member])) tally.addEstimate(estimateJson(input[member], countText), 'hidden_context');
  }
}

/** The messages with `suffix` behind the text of the first system message; as they are when that has no text. */
export function withSystemSuffix(messages: readonly unknown[], suffix: string): readonly unknown[] {
  const index = messages.findIndex(isSystemMessage);
  const message = messages[index];
  if (suffix === '' || !isObject(message)) return messages;
  const content = appended(message['content'], suffix);
  return messages.with(index, { ...message, content });
}

export function isSystemMessage(message: unknown): boolean {
  return isObject(message) && (message['role'] === 'system' || message['role'] === 'developer');
}

function appended(content: unknown, suffix: string): unknown {
  if (typeof content === 'string') return content + suffix;
  if (!Array.isArray(content)) return content;
  const last: unknown = content.at(-1);
  return isObject(last) && typeof last['text'] === 'string'
    ? content.with(-1, { ...last, text: last['text'] + suffix })
    : content;
}
