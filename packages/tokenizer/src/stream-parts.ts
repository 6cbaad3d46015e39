// What the rules of streams share: reading chunks of unknown shape, and putting texts together.

import { isObject, type JsonObject } from './unknown-json.ts';

export function objectIn(object: JsonObject | undefined, ...path: readonly string[]): JsonObject | undefined {
  let inner = object;
  for (const name of path) {
    const next: unknown = inner?.[name];
    inner = isObject(next) ? next : undefined;
  }
  return inner;
}

export function textIn(object: JsonObject | undefined, name: string): string {
  const value = object?.[name];
  return typeof value === 'string' ? value : '';
}

export function objectsIn(object: JsonObject | undefined, name: string): readonly JsonObject[] {
  const list = object?.[name];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The last that is there. */
export function lastOf<Value>(values: readonly (Value | undefined)[]): Value | undefined {
  return values.findLast((value) => value !== undefined);
}

/** A message as Chat Completions has it; text is counted in that shape whoever wrote it. */
export function messageOf(text: string, toolCalls: readonly ToolCall[] = []): JsonObject {
  return {
    role: 'assistant',
    content: text,
    ...(toolCalls.length === 0
      ? {}
      : {
          tool_calls: toolCalls.map(({ name, input }) => ({ type: 'function', function: { name, arguments: input } })),
        }),
  };
}

export interface ToolCall {
  name: string;
  /** JSON, as it came piece by piece. */
  input: string;
}

/** The call at an index of the answer, made when its first piece comes. */
export function callAt(calls: Map<unknown, ToolCall>, index: unknown): ToolCall {
  const call = calls.get(index) ?? { name: '', input: '' };
  calls.set(index, call);
  return call;
}
