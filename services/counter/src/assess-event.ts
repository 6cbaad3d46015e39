// What one event of the log comes to. Pure: it runs on the main thread for events that report their usage, and in the
// worker threads for those that carry text.

import { isLlmEventType, type LlmEventType, serviceTierOf } from '@tollgate/domain';
import {
  combineCounts,
  countEventText,
  type EventCount,
  type FoldedStream,
  foldStream,
  type ModelAliases,
  type NormalizedUsage,
  normalizeUsage,
  providerOfModel,
  type TextCounter,
  type TextCounts,
  TextNotCountable,
  webSearchesIn,
} from '@tollgate/tokenizer';
import { contentHashOf, contentHashOfBytes } from './content-hash.ts';
import type { DeadLetterCode } from './dead-letter-code.ts';
import { isObject, type JsonObject, textOf } from './members.ts';

/** What the event itself gives to its usage row. */
export interface CountedEvent {
  readonly count: EventCount;
  readonly type: string;
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
  /** Where the provider served it, in its own words; empty when it does not say. */
  readonly region: string;
  readonly status: string;
  readonly isStream: boolean;
  readonly latencyMs: number | null;
  readonly requests: bigint;
  readonly reservation: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly reportedUsage: string;
  readonly data: string;
}

/** Can be sent between threads. `needs_text` asks for a counter of text. */
export type Assessment =
  | { readonly kind: 'countable'; readonly contentHash: bigint; readonly event: CountedEvent }
  | {
      readonly kind: 'dead';
      readonly contentHash: bigint;
      readonly code: DeadLetterCode;
      /** A sentence. Never holds text of the event. */
      readonly detail: string;
    }
  | { readonly kind: 'needs_text' };

export interface EventCounting {
  readonly modelAliases: ModelAliases;
  /** Null where no text is counted; the deadline is on the counter's clock. */
  readonly text: { readonly counter: TextCounter; readonly deadlineMs: number } | null;
}

const UNKNOWN = 'unknown';
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Never throws. Where no text is counted, an event that has some is answered with `needs_text`. */
export function assessEvent(body: Uint8Array, counting: EventCounting): Assessment {
  let contentHash: bigint | undefined;
  try {
    const event: unknown = JSON.parse(utf8.decode(body));
    if (!isObject(event)) throw new SyntaxError('The event is not a JSON object.');
    if (counting.text === null && hasText(event)) return { kind: 'needs_text' };
    contentHash = contentHashOf(event);
    return assessObject(event, { contentHash, counting });
  } catch (error) {
    contentHash ??= contentHashOfBytes(body);
    return { kind: 'dead', contentHash, ...reasonOf(error) };
  }
}

function reasonOf(error: unknown): { readonly code: DeadLetterCode; readonly detail: string } {
  if (error instanceof TextNotCountable) return { code: error.code, detail: error.message };
  if (error instanceof RangeError) return { code: 'malformed_json', detail: 'The event is nested too deeply.' };
  // The message of a SyntaxError quotes the text, which must not leave the log.
  return { code: 'malformed_json', detail: 'The event is not a JSON object in UTF-8.' };
}

function assessObject(
  event: JsonObject,
  { contentHash, counting }: { readonly contentHash: bigint; readonly counting: EventCounting },
): Assessment {
  const type = textOf(event, 'type', UNKNOWN);
  if (!isLlmEventType(type)) return { kind: 'countable', contentHash, event: meterEvent(event, type) };

  const model = textOf(event, 'model', UNKNOWN);
  const provider = textOf(event, 'provider', providerOfModel(model, counting.modelAliases) ?? UNKNOWN);
  const stream = foldStream(event['output']);
  const given = isObject(event['usage']) ? event['usage'] : stream?.usage;
  const usage = isObject(given) ? normalizeUsage(given, { type, provider, model }) : null;
  if (usage?.kind === 'refusal') return { kind: 'dead', contentHash, code: usage.code, detail: usage.detail };
  const counted = combineCounts(usage, countText({ event, type, model, stream }, { counting, usage }));
  if (counted === undefined) return { kind: 'dead', contentHash, ...nothingCounted(usage) };
  const count = withSearches(counted, stream === null ? event['output'] : stream.output);
  const serviceTier = textOf(event, 'service_tier', '') || usage?.serviceTier || tierOfAnswer(event, stream);
  return {
    kind: 'countable',
    contentHash,
    event: countedEvent(event, {
      type,
      provider,
      model,
      count,
      requests: 1n,
      data: '',
      serviceTier: knownTier(serviceTier),
      region: usage?.region ?? '',
      isStream: stream !== null,
      reportedUsage: usage === null ? '' : JSON.stringify(usage.reported),
    }),
  };
}

function nothingCounted(usage: NormalizedUsage | null): { readonly code: DeadLetterCode; readonly detail: string } {
  if (usage === null) {
    return { code: 'nothing_to_count', detail: 'The event has neither usage nor text to be counted.' };
  }
  const detail = `The usage does not name the tokens of the ${usage.missing}, and there is no text to count them in.`;
  return { code: 'unknown_usage_shape', detail };
}

/** OpenAI's usage does not count searches; its answer shows each. */
function withSearches(count: EventCount, output: unknown): EventCount {
  if (count.webSearches > 0n) return count;
  const webSearches = webSearchesIn(output);
  return webSearches === 0n ? count : { ...count, webSearches };
}

/** OpenAI names the tier that served a request in its answer. */
function tierOfAnswer({ output }: JsonObject, stream: FoldedStream | null): string {
  return stream?.serviceTier || (isObject(output) ? textOf(output, 'service_tier', '') : '');
}

/** Groq's and Gemini's words for the tier that one gets without asking for another. */
const STANDARD_TIERS: readonly string[] = ['on_demand', 'unspecified'];

/** One that has no name here stays as it came, and has no price. */
function knownTier(tier: string): string {
  return STANDARD_TIERS.includes(tier) ? 'standard' : (serviceTierOf(tier) ?? tier);
}

/** Null when there is no text, or when it cannot be counted and the provider's usage says all that is billed. */
function countText(
  of: {
    readonly event: JsonObject;
    readonly type: LlmEventType;
    readonly model: string;
    readonly stream: FoldedStream | null;
  },
  { counting, usage }: { readonly counting: EventCounting; readonly usage: NormalizedUsage | null },
): TextCounts | null {
  const { event, type, model, stream } = of;
  const { text, modelAliases } = counting;
  if (text === null || !hasText(event)) return null;
  const { input } = event;
  const output = stream === null ? event['output'] : stream.output;
  const status = textOf(event, 'status', 'completed');
  try {
    return countEventText({ type, model, status, input, output }, { ...text, modelAliases });
  } catch (error) {
    if (usage?.missing === null && error instanceof TextNotCountable) return null;
    throw error;
  }
}

const NOT_TOKENS: EventCount = {
  tokens: {},
  provenance: {},
  webSearches: 0n,
  rule: 'meter',
  textInput: null,
  textOutput: null,
  flags: [],
};

function meterEvent(event: JsonObject, type: string): CountedEvent {
  return countedEvent(event, {
    type,
    provider: textOf(event, 'provider', ''),
    model: textOf(event, 'model', ''),
    count: NOT_TOKENS,
    requests: 0n,
    data: isObject(event['data']) ? JSON.stringify(event['data']) : '',
    serviceTier: textOf(event, 'service_tier', 'standard'),
    region: '',
    isStream: false,
    reportedUsage: isObject(event['usage']) ? JSON.stringify(event['usage']) : '',
  });
}

// One literal and no spreads, here as in the rows: they are made for every event, and spreads cost more than the count.
function countedEvent(
  event: JsonObject,
  found: Omit<CountedEvent, 'status' | 'latencyMs' | 'reservation' | 'metadata'>,
): CountedEvent {
  const latencyMs = event['latency_ms'];
  return {
    type: found.type,
    provider: found.provider,
    model: found.model,
    count: found.count,
    requests: found.requests,
    data: found.data,
    serviceTier: found.serviceTier,
    region: found.region,
    status: textOf(event, 'status', 'completed'),
    isStream: found.isStream || event['stream'] === true,
    latencyMs: typeof latencyMs === 'number' ? latencyMs : null,
    reservation: textOf(event, 'reservation', ''),
    metadata: labelsOf(event['metadata']),
    reportedUsage: found.reportedUsage,
  };
}

function labelsOf(metadata: unknown): Readonly<Record<string, string>> {
  if (!isObject(metadata)) return {};
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, String(value)]));
}

function hasText(event: JsonObject): boolean {
  const isLlm = isLlmEventType(textOf(event, 'type', UNKNOWN));
  return isLlm && ((event['input'] ?? null) !== null || (event['output'] ?? null) !== null);
}
