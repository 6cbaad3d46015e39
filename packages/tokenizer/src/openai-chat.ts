// Chat Completions: the prompt of `messages`, tools and formats as the request has them, and the answer of `message` or
// `choices`.

import { estimateJson } from './estimate.ts';
import { countContent, countMessages, estimateMembers, isSystemMessage, withSystemSuffix } from './openai-messages.ts';
import { countResponseFormat, responseFormatOf } from './openai-response-format.ts';
import { countAnsweredCalls } from './openai-tool-calls.ts';
import { countTools, hasToolsInSystemMessage } from './openai-tools.ts';
import type { PromptCounting } from './prompt-counting.ts';
import { Tally } from './tally.ts';
import type { TextRule } from './text-rules.ts';
import { isGiven, isObject } from './unknown-json.ts';

const UNRULED_MEMBERS = ['web_search_options', 'prediction'];

export const openAiChat: TextRule = {
  countInput(input, { family, model, countText }) {
    const tally = new Tally();
    const request = requestOf(input);
    const messages = request?.['messages'];
    if (request === undefined || !Array.isArray(messages)) {
      tally.addEstimate(estimateJson(input, countText), 'json_text');
      return tally;
    }
    const counting = { family, model, countText, tally };
    const hasSystemMessage = messages.some(isSystemMessage);
    const hasTools = countTools({ api: 'chat', request, hasSystemMessage }, counting);
    const format = responseFormatOf(request['response_format']);
    const formatSuffix =
      format === undefined ? '' : countResponseFormat(format, { hasTools, hasSystemMessage }, counting);
    const toolSuffix = hasTools && hasToolsInSystemMessage('chat', family.generation) ? '\n' : '';
    countMessages(withSystemSuffix(messages, toolSuffix + formatSuffix), counting);
    estimateMembers(request, UNRULED_MEMBERS, counting);
    return tally;
  },

  countOutput(output, { family, model, countText }) {
    const tally = new Tally();
    const counting = { family, model, countText, tally };
    if (!family.isAnswerExact) tally.doubt('answer_overhead');
    for (const message of messagesOf(output)) {
      tally.add(family.perChatAnswer);
      if (typeof message === 'string') tally.add(countText(message));
      else if (isObject(message)) countAnswer(message, counting);
      else tally.addEstimate(estimateJson(message, countText), 'json_text');
    }
    return tally;
  },
};

/** The request's body, its messages alone, or the text of one message. */
function requestOf(input: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof input === 'string') return { messages: [{ role: 'user', content: input }] };
  if (Array.isArray(input)) return { messages: input };
  return isObject(input) ? input : undefined;
}

function countAnswer(message: Readonly<Record<string, unknown>>, counting: PromptCounting): void {
  const { countText, tally } = counting;
  countContent(message['content'] ?? message['text'], counting);
  if (typeof message['refusal'] === 'string') tally.add(countText(message['refusal']));
  const { tool_calls: toolCalls, function_call: functionCall } = message;
  countAnsweredCalls([...(Array.isArray(toolCalls) ? toolCalls : []), functionCall].filter(isGiven), counting);
  for (const member of ['audio', 'reasoning_content']) {
    if (isGiven(message[member])) tally.addEstimate(estimateJson(message[member], countText), 'json_text');
  }
}

/** `{message}`, `{choices: [{message}]}` with as many as were asked for, a message itself, or its text. */
function messagesOf(output: unknown): readonly unknown[] {
  if (!isObject(output)) return [output];
  if (isGiven(output['message'])) return [output['message']];
  const { choices } = output;
  if (Array.isArray(choices))
    return choices.map((choice) => (isObject(choice) ? (choice['message'] ?? choice) : choice));
  return [output];
}
