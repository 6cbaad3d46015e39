// Chat Completions: the prompt of `messages`, and the answer of `message` or `choices`.

import { estimateJson } from './estimate.ts';
import { countContent, countMessages, estimateMembers } from './openai-messages.ts';
import { Tally } from './tally.ts';
import type { TextRule } from './text-rules.ts';
import { isGiven, isObject } from './unknown-json.ts';

const UNRULED_MEMBERS = ['tools', 'functions', 'web_search_options', 'prediction'];

export const openAiChat: TextRule = {
  countInput(input, { family, countText }) {
    const tally = new Tally();
    const request = Array.isArray(input) ? { messages: input } : input;
    if (!isObject(request) || !Array.isArray(request['messages'])) {
      tally.addEstimate(estimateJson(input, countText));
      return tally;
    }
    countMessages(request['messages'], { family, countText, tally });
    estimateMembers(request, UNRULED_MEMBERS, { countText, tally });
    const format = request['response_format'];
    if (isObject(format) && isGiven(format['json_schema'])) {
      tally.addEstimate(estimateJson(format['json_schema'], countText));
    }
    return tally;
  },

  countOutput(output, { family, countText }) {
    const tally = new Tally();
    if (!family.isAnswerExact) tally.isExact = false;
    for (const message of messagesOf(output)) {
      tally.add(family.perChatAnswer);
      if (!isObject(message)) {
        tally.add(estimateJson(message, countText));
        if (typeof message !== 'string') tally.isExact = false;
        continue;
      }
      countContent(message['content'] ?? message['text'], { countText, tally });
      estimateMembers(message, ['tool_calls', 'function_call', 'audio', 'reasoning_content'], { countText, tally });
      if (typeof message['refusal'] === 'string') tally.add(countText(message['refusal']));
    }
    return tally;
  },
};

/** `{message}`, `{choices: [{message}]}`, a message itself, or its text. */
function messagesOf(output: unknown): readonly unknown[] {
  if (!isObject(output)) return [output];
  if (isGiven(output['message'])) return [output['message']];
  const { choices } = output;
  if (Array.isArray(choices))
    return choices.map((choice) => (isObject(choice) ? (choice['message'] ?? choice) : choice));
  return [output];
}
