// What the tools of a request add to its prompt: their declarations and a few tokens around them. In the older families they
// stand in the system message, which is made for them when the request has none.

import { estimateJson } from './estimate.ts';
import type { PromptGeneration } from './openai-family.ts';
import type { PromptCounting } from './prompt-counting.ts';
import { type DeclarationStyle, declareTools, type FunctionTool } from './tool-declarations.ts';
import { isGiven, isObject, type JsonObject } from './unknown-json.ts';

export type OpenAiApi = 'chat' | 'responses';

/** Tokens around the declarations: fitted to what the API reported, without a system message. */
const FRAME: Readonly<Record<OpenAiApi, Readonly<Record<PromptGeneration, number>>>> = {
  chat: { 'gpt-4': 9, 'gpt-4o': 9, 'gpt-5': 91 },
  responses: { 'gpt-4': 3, 'gpt-4o': 3, 'gpt-5': 9 },
};

/** What a system message that the request has anyway saves in Chat Completions. */
const OWN_SYSTEM_MESSAGE = 4;

interface ToolRequest {
  readonly api: OpenAiApi;
  readonly request: JsonObject;
  readonly hasSystemMessage: boolean;
}

/** True when the request has tools. */
export function countTools({ api, request, hasSystemMessage }: ToolRequest, counting: PromptCounting): boolean {
  const { family, countText, tally } = counting;
  const tools = toolsOf(request['tools']);
  const isLegacy = tools.length === 0;
  const all = isLegacy ? toolsOf(request['functions']) : tools;
  if (all.length === 0) return false;

  const functions = all.flatMap((tool) => (tool.kind === 'function' ? [tool.function] : []));
  for (const tool of all) if (tool.kind === 'other') tally.addEstimate(estimateJson(tool.value, countText), 'tools');
  if (functions.length === 0) return true;

  const style: DeclarationStyle = isLegacy ? family.legacyFunctions : 'current';
  const declarations = declareTools(functions, style);
  if (declarations === undefined) {
    tally.addEstimate(estimateJson(functions, countText), 'tool_schema');
  } else {
    tally.add(countText(declarations.text));
    if (!declarations.isConfirmed) tally.doubt('tool_schema');
  }
  tally.add(frameOf({ api, functions, hasSystemMessage }, family.generation));
  if (!family.areToolsExact || (api === 'responses' && family.generation !== 'gpt-5')) tally.doubt('tools');
  countChoice(request, counting);
  return true;
}

/** True where the first system message ends with a line break of its own when tools follow it. */
export function hasToolsInSystemMessage(api: OpenAiApi, generation: PromptGeneration): boolean {
  return api === 'chat' && generation !== 'gpt-5';
}

function frameOf(
  { api, functions, hasSystemMessage }: Omit<ToolRequest, 'request'> & { readonly functions: readonly FunctionTool[] },
  generation: PromptGeneration,
): number {
  const frame = FRAME[api][generation];
  if (generation === 'gpt-5') return functions.some(({ description }) => description.trim() !== '') ? frame : frame - 1;
  return hasSystemMessage && hasToolsInSystemMessage(api, generation) ? frame - OWN_SYSTEM_MESSAGE : frame;
}

/** What the request says about which tool to take; the newer families do not write it into the prompt. */
function countChoice(request: JsonObject, { family, countText, tally }: PromptCounting): void {
  const choice = request['tool_choice'] ?? request['function_call'];
  if (family.generation === 'gpt-5') return;
  if (choice === 'none') tally.add(1);
  if (!isObject(choice)) return;
  const name = isObject(choice['function']) ? choice['function']['name'] : choice['name'];
  if (typeof name === 'string') tally.add(countText(name) + (request['tool_choice'] === choice ? 7 : 4));
  else tally.doubt('tools');
}

type GivenTool =
  | { readonly kind: 'function'; readonly function: FunctionTool }
  | { readonly kind: 'other'; readonly value: unknown };

/** Functions in Chat's wrapping, in that of Responses, or bare. */
function toolsOf(tools: unknown): readonly GivenTool[] {
  if (!Array.isArray(tools)) return isGiven(tools) ? [{ kind: 'other', value: tools }] : [];
  return tools.map((value: unknown): GivenTool => {
    const type = isObject(value) ? (value['type'] ?? 'function') : undefined;
    const given = isObject(value) && isObject(value['function']) ? value['function'] : value;
    if (type !== 'function' || !isObject(given) || typeof given['name'] !== 'string') return { kind: 'other', value };
    const { name, description, parameters } = given;
    const text = typeof description === 'string' ? description : '';
    return { kind: 'function', function: { name, description: text, parameters } };
  });
}
