// The chunks of a stream, for their text. Chunks that only add text to one another are kept as one, so that memory follows the
// text and not the number of chunks; Tollgate reads what is left as it reads the chunks themselves.

import { isObject, type JsonObject, objectOf, textOf } from './json.ts';

export interface ChunkList {
  add(chunk: JsonObject): void;
  chunks(): readonly JsonObject[];
}

/** Characters that are kept: an event has to fit into one request. What comes after is not counted where no usage comes. */
const CHARACTERS_MAX = 2_000_000;
/** The pieces of so many answers and calls may take turns and still be put together. */
const TURNS_MAX = 8;

/** The members that grow from chunk to chunk. */
const GROWING: ReadonlySet<string> = new Set([
  'content',
  'text',
  'refusal',
  'reasoning',
  'reasoning_content',
  'arguments',
  'delta',
  'thinking',
  'partial_json',
  'input',
  'response',
]);

/** What differs from chunk to chunk, is known already, or is no text. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'id',
  'created',
  'created_at',
  'item_id',
  'content_index',
  'sequence_number',
  'obfuscation',
  'logprobs',
  'system_fingerprint',
  'signature',
  'annotations',
  'audio',
  'inlineData',
  'inline_data',
  'responseId',
  'usage',
  'x_groq',
  'usageMetadata',
  'usage_metadata',
]);

/** A whole call in one chunk: the same one twice is two calls. */
const WHOLE_CALLS: ReadonlySet<string> = new Set(['functionCall', 'function_call']);

export function createChunkList(): ChunkList {
  const kept: JsonObject[] = [];
  let characters = 0;
  return {
    add(given) {
      const chunk = reduced(given);
      characters += chunk === null ? 0 : JSON.stringify(chunk).length;
      if (chunk === null || characters > CHARACTERS_MAX) return;
      for (let place = kept.length - 1; place >= Math.max(0, kept.length - TURNS_MAX); place--) {
        const whole = join(kept[place], chunk, '');
        if (!isObject(whole)) continue;
        kept[place] = whole;
        return;
      }
      kept.push(chunk);
    },
    chunks: () => kept,
  };
}

/** Null for a chunk that adds nothing. */
function reduced(chunk: JsonObject): JsonObject | null {
  const type = textOf(chunk, 'type') ?? '';
  if (type === 'message_start') return { type, message: { usage: objectOf(chunk, 'message', 'usage') } };
  if (type.startsWith('response.')) {
    // The text came already, piece by piece; and the answer so far begins with the whole request.
    if (type.endsWith('.done') || objectOf(chunk, 'response') !== undefined) return null;
  }
  return withoutNoise(chunk);
}

function withoutNoise(object: JsonObject): JsonObject {
  const members = Object.entries(object)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => [name, quiet(value)] as const);
  return Object.fromEntries(members);
}

function quiet(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(quiet);
  return isObject(value) ? withoutNoise(value) : value;
}

/** One value for two that differ in growing text alone; undefined for others. */
function join(one: unknown, other: unknown, name: string): unknown {
  if (typeof one === 'string' && typeof other === 'string' && GROWING.has(name)) return one + other;
  if (Array.isArray(one) && Array.isArray(other)) return joinLists(one, other);
  if (isObject(one) && isObject(other)) return joinObjects(one, other);
  return one === other ? one : undefined;
}

function joinLists(one: readonly unknown[], other: readonly unknown[]): readonly unknown[] | undefined {
  if (one.length !== other.length) return undefined;
  const joined = one.map((value, index) => join(value, other[index], ''));
  return joined.includes(undefined) ? undefined : joined;
}

function joinObjects(one: JsonObject, other: JsonObject): JsonObject | undefined {
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length || names.some((name) => WHOLE_CALLS.has(name))) return undefined;
  const joined: Record<string, unknown> = {};
  for (const name of names) {
    const value = join(one[name], other[name], name);
    if (value === undefined) return undefined;
    joined[name] = value;
  }
  return joined;
}
