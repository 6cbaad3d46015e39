// Tool calls that lie in a prompt's history. The API writes the call anew: arguments are parsed and serialized, ids cost nothing,
// and two calls at once become one call of `multi_tool_use.parallel`.

import { estimateJson } from './estimate.ts';
import type { PromptCounting } from './prompt-counting.ts';
import { isObject, type JsonObject } from './unknown-json.ts';

interface ToolCall {
  readonly name: string;
  readonly args: string;
}

/** What a call has beside its texts; gpt-5 closes it with more. */
const AROUND_CALL = { 'gpt-4': 5, 'gpt-4o': 2, 'gpt-5': 8 } as const;
const AROUND_PARALLEL = 6;

/** The frame of the message, and its role, are counted with every message. */
export function countToolCalls(toolCalls: readonly unknown[], counting: PromptCounting): void {
  const { family, countText, tally } = counting;
  if (!family.areToolsExact) tally.doubt('tool_calls');
  const calls: ToolCall[] = [];
  for (const value of toolCalls) {
    const call = toolCallOf(value);
    if (call === undefined) tally.addEstimate(estimateJson(value, countText), 'tool_calls');
    else calls.push(call);
  }
  if (family.generation === 'gpt-4o' && calls.length > 1) {
    if (calls.length > 2) tally.doubt('tool_calls');
    tally.add(countText(' to=multi_tool_use.parallel') + countText(parallelText(calls)) + AROUND_PARALLEL);
    return;
  }
  if (calls.length > 1) {
    // Each is a message of its own, as far as is known.
    const frame = family.perMessage + countText('assistant');
    tally.addEstimate((calls.length - 1) * frame, 'tool_calls');
  }
  for (const { name, args } of calls) {
    const address = family.generation === 'gpt-4' ? countText(name) : countText(` to=functions.${name}`);
    tally.add(address + countText(name) + countText(args) + AROUND_CALL[family.generation]);
  }
}

/** The older form: one call, its arguments as they came. */
export function countFunctionCall(call: unknown, { family, countText, tally }: PromptCounting): void {
  if (!isObject(call) || typeof call['name'] !== 'string') {
    tally.addEstimate(estimateJson(call, countText), 'tool_calls');
    return;
  }
  const args = typeof call['arguments'] === 'string' ? call['arguments'] : '';
  tally.add(3 + countText(call['name']) + countText(args));
  if (family.generation !== 'gpt-4') tally.doubt('tool_calls');
}

/** Around the calls of an answer, one or several: fitted to gpt-4o. */
const AROUND_ANSWERED_CALLS = 4;

/** The calls of one answer. */
export function countAnsweredCalls(values: readonly unknown[], { family, countText, tally }: PromptCounting): void {
  const calls = values.flatMap((value) => {
    const call = toolCallOf(value);
    if (call === undefined) tally.addEstimate(estimateJson(value, countText), 'json_text');
    return call ?? [];
  });
  if (calls.length === 0) return;
  if (family.generation === 'gpt-4o' && calls.length > 1) {
    const tokens = countText(' to=multi_tool_use.parallel') + countText(parallelText(calls));
    tally.addEstimate(tokens + AROUND_ANSWERED_CALLS, 'answer_tool_calls');
    return;
  }
  for (const { name, args } of calls) {
    const tokens = countText(` to=functions.${name}`) + countText(args);
    tally.addEstimate(tokens + AROUND_ANSWERED_CALLS, 'answer_tool_calls');
  }
}

function parallelText(calls: readonly ToolCall[]): string {
  const uses = calls.map(({ name, args }) => `{"recipient_name":"functions.${name}","parameters":${args}}`);
  return `{"tool_uses":[${uses.join(',')}]}`;
}

/** Chat's wrapping or that of Responses. */
function toolCallOf(value: unknown): ToolCall | undefined {
  const call: unknown = isObject(value) && isObject(value['function']) ? value['function'] : value;
  if (!isObject(call) || typeof call['name'] !== 'string') return undefined;
  return { name: call['name'], args: compactArguments(call) };
}

function compactArguments(call: JsonObject): string {
  const args = call['arguments'];
  if (typeof args !== 'string') return args === undefined ? '' : JSON.stringify(args);
  try {
    return JSON.stringify(JSON.parse(args));
  } catch {
    return args;
  }
}
