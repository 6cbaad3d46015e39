// The Responses API: `instructions` is a developer message, a plain `input` is one of the user.

import { estimateJson } from './estimate.ts';
import { countContent, countMessages, estimateMembers } from './openai-messages.ts';
import { Tally } from './tally.ts';
import type { TextRule } from './text-rules.ts';
import { isGiven, isObject, type JsonObject } from './unknown-json.ts';

/** The first four refer to text that the request does not hold, so that no rule could count it. */
const UNRULED_MEMBERS = ['previous_response_id', 'conversation', 'prompt', 'context_management', 'tools'];

export const openAiResponses: TextRule = {
  countInput(input, { family, countText }) {
    const tally = new Tally();
    const request = isObject(input) ? input : { input };
    const items = itemsOf(request['input']);
    if (items === undefined) {
      tally.addEstimate(estimateJson(input, countText));
      return tally;
    }
    const { instructions } = request;
    const developer =
      isGiven(instructions) && instructions !== '' ? [{ role: 'developer', content: instructions }] : [];
    countMessages([...developer, ...items], { family, countText, tally });
    estimateMembers(request, UNRULED_MEMBERS, { countText, tally });
    const format = isObject(request['text']) ? request['text']['format'] : undefined;
    if (isObject(format) && isGiven(format['schema'])) tally.addEstimate(estimateJson(format['schema'], countText));
    return tally;
  },

  countOutput(output, { family, countText }) {
    const tally = new Tally();
    tally.add(family.perResponsesAnswer);
    if (!family.isAnswerExact) tally.isExact = false;
    if (typeof output === 'string') {
      tally.add(countText(output));
      return tally;
    }
    for (const item of answerItemsOf(output)) {
      if (isMessage(item)) countContent(item['content'], { countText, tally });
      else if (typeof item === 'string') tally.add(countText(item));
      else tally.addEstimate(estimateJson(item, countText));
    }
    return tally;
  },
};

function itemsOf(input: unknown): readonly unknown[] | undefined {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  return Array.isArray(input) ? input : undefined;
}

function answerItemsOf(output: unknown): readonly unknown[] {
  if (Array.isArray(output)) return output;
  if (!isObject(output)) return [output];
  if (Array.isArray(output['output'])) return output['output'];
  return [output['message'] ?? output['output_text'] ?? output];
}

function isMessage(item: unknown): item is JsonObject {
  return isObject(item) && (item['type'] === 'message' || item['type'] === undefined) && isGiven(item['content']);
}
