// What is remembered of a stream while it passes: the usage that it carries, and the text that was produced, for the case
// that the usage never comes.

import { createChunkList } from './chunk-list.ts';
import { isObject, type JsonObject, objectOf, textOf } from './json.ts';
import { usageOfChunk } from './usage-of-chunk.ts';

export interface StreamRecord {
  add(chunk: unknown): void;
  /** True once anything came. */
  hasChunks(): boolean;
  /** What the provider said last of the whole answer; null while it has not. */
  usage(): JsonObject | null;
  /** True when the provider said how much went in, be it in a chunk that is kept. */
  isInputKnown(): boolean;
  readonly names: StreamNames;
  /** What was produced, as chunks. */
  chunks(): readonly JsonObject[];
}

/** As the chunks say; what they do not say is absent. */
interface StreamNames {
  type?: string;
  model?: string;
  service_tier?: string;
}

export function createStreamRecord(): StreamRecord {
  const list = createChunkList();
  const names: StreamNames = {};
  let count = 0;
  let startUsage: JsonObject | undefined;
  let usage: JsonObject | undefined;

  return {
    add(chunk) {
      count++;
      if (!isObject(chunk)) return;
      if (textOf(chunk, 'type')?.startsWith('response.') === true) names.type = 'llm.responses';
      const about = objectOf(chunk, 'response') ?? objectOf(chunk, 'message') ?? chunk;
      const model = textOf(about, 'model') ?? textOf(about, 'modelVersion');
      const tier = textOf(about, 'service_tier');
      if (model !== undefined) names.model = model;
      if (tier !== undefined) names.service_tier = tier;
      if (chunk['type'] === 'message_start') startUsage = objectOf(chunk, 'message', 'usage');
      usage = usageOfChunk(chunk) ?? usage;
      list.add(chunk);
    },
    hasChunks: () => count > 0,
    usage: () => (usage === undefined ? null : { ...given(startUsage), ...given(usage) }),
    isInputKnown: () => startUsage !== undefined || usage !== undefined,
    names,
    chunks: () => list.chunks(),
  };
}

/** Anthropic says of the input at the start, and corrects it at the end where it says so again: null corrects nothing. */
function given(usage: JsonObject = {}): JsonObject {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}
