// The Responses API: `instructions` is a developer message, a plain `input` is one of the user, and items are messages, calls
// of functions and what they gave.

import { estimateJson } from './estimate.ts';
import { countContent, countMessages, estimateMembers, isSystemMessage, withSystemSuffix } from './openai-messages.ts';
import { countResponseFormat, responseFormatOf } from './openai-response-format.ts';
import { countAnsweredCalls } from './openai-tool-calls.ts';
import { countTools } from './openai-tools.ts';
import type { PromptCounting } from './prompt-counting.ts';
import { Tally } from './tally.ts';
import type { TextRule } from './text-rules.ts';
import { isGiven, isObject, type JsonObject } from './unknown-json.ts';

/** They refer to text that the request does not hold, so that no rule could count it. */
const UNRULED_MEMBERS = ['previous_response_id', 'conversation', 'prompt', 'context_management'];

export const openAiResponses: TextRule = {
  countInput(input, { family, model, countText }) {
    const tally = new Tally();
    const counting = { family, model, countText, tally };
    const request = isObject(input) ? input : { input };
    const items = itemsOf(request['input']);
    if (items === undefined) {
      tally.addEstimate(estimateJson(input, countText), 'json_text');
      return tally;
    }
    const { instructions } = request;
    const developer =
      isGiven(instructions) && instructions !== '' ? [{ role: 'developer', content: instructions }] : [];
    const messages = [...developer, ...messagesOf(items, counting)];
    const hasSystemMessage = messages.some(isSystemMessage);
    const hasTools = countTools({ api: 'responses', request, hasSystemMessage }, counting);
    const format = responseFormatOf(isObject(request['text']) ? request['text']['format'] : undefined);
    // Recorded calls with a schema are of Chat Completions.
    if (format !== undefined) tally.doubt('response_format');
    const suffix = format === undefined ? '' : countResponseFormat(format, { hasTools, hasSystemMessage }, counting);
    countMessages(withSystemSuffix(messages, suffix), counting);
    estimateMembers(request, UNRULED_MEMBERS, counting);
    return tally;
  },

  countOutput(output, { family, model, countText }) {
    const tally = new Tally();
    const counting = { family, model, countText, tally };
    tally.add(family.perResponsesAnswer);
    if (!family.isAnswerExact) tally.doubt('answer_overhead');
    const items = answerItemsOf(output);
    countAnsweredCalls(items.filter(isCall), counting);
    for (const item of items) {
      if (isCall(item)) continue;
      if (typeof item === 'string') tally.add(countText(item));
      else if (isMessage(item)) countContent(item['content'], counting);
      else if (isObject(item) && item['type'] === 'reasoning') tally.doubt('hidden_context');
      else tally.addEstimate(estimateJson(item, countText), 'json_text');
    }
    return tally;
  },
};

function itemsOf(input: unknown): readonly unknown[] | undefined {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  return Array.isArray(input) ? input : undefined;
}

/** Calls that follow one another are those of one answer; they are counted as Chat Completions' are, which no recorded call confirms. */
function messagesOf(items: readonly unknown[], { tally }: PromptCounting): readonly unknown[] {
  const messages: unknown[] = [];
  let calls: unknown[] | undefined;
  for (const item of items) {
    const type = isObject(item) ? item['type'] : undefined;
    if (isCall(item)) {
      tally.doubt('tool_calls');
      if (calls === undefined) {
        calls = [];
        messages.push({ role: 'assistant', tool_calls: calls });
      }
      calls.push(item);
      continue;
    }
    calls = undefined;
    if (isObject(item) && type === 'function_call_output') messages.push({ role: 'tool', content: item['output'] });
    // The reasoning itself is not in the request, or encrypted; whether it stays in the prompt is the API's decision.
    else if (type === 'reasoning') tally.doubt('hidden_context');
    else messages.push(item);
  }
  return messages;
}

function answerItemsOf(output: unknown): readonly unknown[] {
  if (Array.isArray(output)) return output;
  if (!isObject(output)) return [output];
  if (Array.isArray(output['output'])) return output['output'];
  return [output['message'] ?? output['output_text'] ?? output];
}

function isCall(item: unknown): item is JsonObject {
  return isObject(item) && item['type'] === 'function_call';
}

function isMessage(item: unknown): item is JsonObject {
  return isObject(item) && (item['type'] === 'message' || item['type'] === undefined) && isGiven(item['content']);
}
