// The tokens of a list of messages, the same in Chat Completions and in Responses:
// prime + Σ (per message + role + content + name), each text counted by itself.

import { estimateJson, estimatePart } from './estimate.ts';
import type { OpenAiFamily } from './openai-family.ts';
import type { CountText, Tally } from './tally.ts';
import { isGiven, isObject, type JsonObject } from './unknown-json.ts';

interface MessageCounting {
  readonly family: OpenAiFamily;
  readonly countText: CountText;
  readonly tally: Tally;
}

const PLAIN_ROLES: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant']);
const TEXT_PARTS: ReadonlySet<unknown> = new Set(['text', 'input_text', 'output_text', 'refusal']);

/** Members that cost nothing: what an item of Responses says about itself. */
const FREE_MEMBERS: ReadonlySet<string> = new Set(['role', 'content', 'name', 'type', 'id', 'status', 'phase']);

export function countMessages(messages: readonly unknown[], counting: MessageCounting): void {
  counting.tally.add(counting.family.prime);
  if (!counting.family.isPromptExact) counting.tally.isExact = false;
  for (const message of messages) countMessage(message, counting);
}

function countMessage(message: unknown, { family, countText, tally }: MessageCounting): void {
  if (!isObject(message) || !PLAIN_ROLES.has(message['role'])) {
    tally.addEstimate(family.perMessage + estimateJson(message, countText));
    return;
  }
  const { role, content, name } = message;
  tally.add(family.perMessage + countText(String(role)));
  countContent(content, { countText, tally });
  if (role === 'assistant' && isGiven(content) && content !== '') tally.add(family.perAssistantText);
  if (typeof name === 'string') tally.add(countText(name) + family.perName);
  for (const [member, value] of Object.entries(message)) {
    if (!FREE_MEMBERS.has(member) && isGiven(value)) tally.addEstimate(estimateJson(value, countText));
  }
}

/** A string, or parts of which those of text are counted one by one. */
export function countContent(
  content: unknown,
  { countText, tally }: { readonly countText: CountText; readonly tally: Tally },
): void {
  if (!isGiven(content)) return;
  if (typeof content === 'string') {
    tally.add(countText(content));
    return;
  }
  for (const part of Array.isArray(content) ? content : [content]) {
    const text = textOfPart(part);
    if (text === undefined) tally.addEstimate(estimatePart(part, countText));
    else tally.add(countText(text));
  }
}

function textOfPart(part: unknown): string | undefined {
  if (!isObject(part) || !TEXT_PARTS.has(part['type'])) return undefined;
  const text = part['text'] ?? part['refusal'];
  return typeof text === 'string' ? text : undefined;
}

/** What a request has beside its messages that the API turns into tokens by rules that are not here yet. */
export function estimateMembers(
  input: JsonObject,
  members: readonly string[],
  { countText, tally }: { readonly countText: CountText; readonly tally: Tally },
): void {
  for (const member of members) {
    if (isGiven(input[member])) tally.addEstimate(estimateJson(input[member], countText));
  }
}
