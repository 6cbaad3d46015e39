// Usage in OpenAI's two shapes, as OpenAI and the many who copied its APIs write it: `prompt_tokens` of Chat Completions,
// `input_tokens` of Responses. Both totals include everything; cached tokens, cache writes, audio and pictures are inside
// the input, reasoning and audio inside the output, and each is taken out of its total. What an API adds or changes is its
// dialect.

import type { TokenCounts } from '@tollgate/domain';
import type { JsonObject } from './unknown-json.ts';
import { type CacheWrites, cacheWritesOf, livesOf } from './usage-cache-writes.ts';
import { hasMember, invalidUsage, UsageMembers } from './usage-members.ts';
import type { ReadUsage, UsageContext } from './usage-rules.ts';
import { beside, splitModalities, splitOff } from './usage-split.ts';

export interface Dialect {
  readonly name: string;
  /** The providers whose usage it is read in whatever its members are. */
  readonly providers: readonly string[];
  /** Members that nobody else writes: usage that has one is read in this dialect, whatever provider is named. */
  readonly marks?: readonly string[];
  /** Further places of the cached tokens, beside `cached_tokens` of the details. */
  readonly cached?: readonly string[];
  /** Counts of searches, as paths. */
  readonly webSearches?: readonly string[];
  /** Members that say nothing of what is billed: times, costs, what the rest already says. */
  readonly ignored?: readonly string[];
  /** What is in the input and not cached, to be checked. */
  readonly uncached?: readonly string[];
  /** In the chat shape, where the total does not tell: reasoning is not in the output but beside it. */
  readonly isChatReasoningBeside?: boolean;
  /** The output is what the total has beyond the input: the count of the output leaves reasoning out without a word. */
  readonly isOutputTheRest?: boolean;
}

interface Shape {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly inputDetails: readonly string[];
  readonly outputDetails: readonly string[];
}

/** Realtime and transcriptions say `input_token_details`, Mistral at times `prompt_token_details`. */
const CHAT: Shape = {
  name: 'chat',
  input: 'prompt_tokens',
  output: 'completion_tokens',
  inputDetails: ['prompt_tokens_details', 'prompt_token_details'],
  outputDetails: ['completion_tokens_details', 'completion_token_details'],
};
const RESPONSES: Shape = {
  name: 'responses',
  input: 'input_tokens',
  output: 'output_tokens',
  inputDetails: ['input_tokens_details', 'input_token_details'],
  outputDetails: ['output_tokens_details', 'output_token_details'],
};

export function isLikeOpenAi(usage: JsonObject): boolean {
  return shapeOf(usage) !== undefined;
}

function shapeOf(usage: JsonObject): Shape | undefined {
  return [CHAT, RESPONSES].find(({ input, output }) => hasMember(usage, input) || hasMember(usage, output));
}

/** `dialects`: the one that the provider speaks, or the default, then those that show in the members. */
export function readLikeOpenAi(
  usage: JsonObject,
  { dialects, context }: { readonly dialects: readonly [Dialect, ...Dialect[]]; readonly context: UsageContext },
): ReadUsage {
  const shape = shapeOf(usage) ?? CHAT;
  const members = new UsageMembers(usage);
  const inputDetails = members.members(...shape.inputDetails);
  const outputDetails = members.members(...shape.outputDetails);
  const input = members.count(shape.input);
  const total = members.count('total_tokens');
  const answer = outputOf(members.count(shape.output), {
    input,
    total,
    reasoning: outputDetails.count('reasoning_tokens', 'thinking_tokens'),
    isReasoningBeside: shape === CHAT && dialects.some(({ isChatReasoningBeside }) => isChatReasoningBeside),
    isOutputTheRest: dialects.some((dialect) => dialect.isOutputTheRest),
  });
  const tokens = {
    ...(input === undefined ? {} : splitInput(input, { members, inputDetails, dialects, context, name: shape.input })),
    ...(answer === undefined ? {} : splitOutput(answer, outputDetails, shape.output)),
  };
  for (const path of dialects.flatMap(({ ignored = [] }) => ignored)) ignoreAt(members, path);
  // `type` says that a transcription is billed by tokens.
  if (shape === RESPONSES) members.ignore(['type']);
  return {
    rule: `${dialects[0].name}.${shape.name}`,
    tokens,
    webSearches: webSearchesOf(members, inputDetails, dialects),
    serviceTier: members.text('service_tier'),
    ...(input === undefined ? { missing: 'input' } : {}),
    // Embeddings have no output, and their total says so.
    ...(answer === undefined && total !== input ? { missing: 'output' } : {}),
    members,
  };
}

interface Answer {
  readonly output: bigint;
  readonly reasoning: bigint;
}

/** The total tells whether reasoning is inside the output, as with OpenAI and most others, or beside it. */
function outputOf(
  output: bigint | undefined,
  given: {
    readonly input: bigint | undefined;
    readonly total: bigint | undefined;
    readonly reasoning: bigint | undefined;
    readonly isReasoningBeside: boolean;
    readonly isOutputTheRest: boolean;
  },
): Answer | undefined {
  const { input, total, isReasoningBeside, isOutputTheRest } = given;
  const reasoning = given.reasoning ?? 0n;
  if (output === undefined) {
    const rest = isOutputTheRest && total !== undefined && input !== undefined ? total - input : 0n;
    return rest > 0n ? { output: rest, reasoning: rest } : undefined;
  }
  if (total === undefined || input === undefined) {
    return { output: isReasoningBeside ? output + reasoning : output, reasoning };
  }
  if (total === input + output) return { output, reasoning };
  if (total === input + output + reasoning) return { output: output + reasoning, reasoning };
  const rest = total - input - output;
  if (isOutputTheRest && rest > 0n && given.reasoning === undefined) return { output: output + rest, reasoning: rest };
  throw invalidUsage(`total_tokens is ${total}, but the input and output come to ${input + output}.`);
}

function splitInput(
  total: bigint,
  given: {
    readonly members: UsageMembers;
    readonly inputDetails: UsageMembers;
    readonly dialects: readonly Dialect[];
    readonly context: UsageContext;
    readonly name: string;
  },
): TokenCounts {
  const { members, inputDetails: details, dialects, context, name } = given;
  const elsewhere = members.count(...dialects.flatMap(({ cached = [] }) => cached));
  const cached = agreed('cached tokens', details.count('cached_tokens'), elsewhere) ?? 0n;
  const uncached = members.count(...dialects.flatMap((dialect) => dialect.uncached ?? []));
  if (uncached !== undefined && uncached + cached !== total) {
    throw invalidUsage(`${name} is ${total}, but ${cached} tokens are cached and ${uncached} are not.`);
  }
  const ofCached = details.members('cached_tokens_details');
  const text = details.count('text_tokens');
  const audio = details.count('audio_tokens') ?? 0n;
  const image = details.count('image_tokens') ?? 0n;
  const video = details.count('video_tokens') ?? 0n;
  const [cachedAudio, cachedImage] = [ofCached.count('audio_tokens'), ofCached.count('image_tokens')];
  ofCached.ignore(['text_tokens']);
  const writes = writesOf({ members, details, context });
  const written = Object.values(writes).reduce((sum, tokens) => sum + tokens, 0n);
  const isByModality = cachedAudio !== undefined || cachedImage !== undefined || text === total - audio - image - video;
  if (!isByModality || written > total) {
    const parts = { cache_read: cached, input_audio: audio, input_image: image, input_video: video, ...writes };
    return splitOff({ total, totalName: name, rest: 'input', parts });
  }
  const byModality = splitModalities({
    total: total - written,
    totalName: name,
    cached,
    audio: { tokens: audio, cached: cachedAudio },
    image: { tokens: image, cached: cachedImage },
    video: { tokens: video, cached: undefined },
  });
  return { ...byModality, ...beside(writes) };
}

/** OpenAI's `cache_write_tokens`, and what gateways make of Anthropic's cache writes. */
function writesOf({
  members,
  details,
  context,
}: {
  readonly members: UsageMembers;
  readonly details: UsageMembers;
  readonly context: UsageContext;
}): CacheWrites {
  const written = agreed(
    'tokens written to the cache',
    details.count('cache_write_tokens', 'cache_creation_tokens'),
    members.count('cache_creation_input_tokens'),
  );
  const lives = livesOf(details.members('cache_creation_token_details'));
  const livesBeside = livesOf(members.members('cache_creation'));
  const fiveMinutes = agreed('cache writes of 5 minutes', lives.fiveMinutes, livesBeside.fiveMinutes);
  const oneHour = agreed('cache writes of an hour', lives.oneHour, livesBeside.oneHour);
  return cacheWritesOf(written, { fiveMinutes, oneHour }, context);
}

/** Predictions, accepted or rejected, are billed as output and stay in it. */
function splitOutput({ output, reasoning }: Answer, details: UsageMembers, totalName: string): TokenCounts {
  details.ignore(['accepted_prediction_tokens', 'rejected_prediction_tokens', 'text_tokens']);
  const parts = {
    reasoning,
    output_audio: details.count('audio_tokens'),
    output_image: details.count('image_tokens'),
  };
  return splitOff({ total: output, totalName, rest: 'output', parts });
}

function webSearchesOf(members: UsageMembers, inputDetails: UsageMembers, dialects: readonly Dialect[]): bigint {
  const counts = dialects
    .flatMap(({ webSearches = [] }) => webSearches)
    .map((path) => {
      const [first = '', second] = path.split('.');
      if (second === undefined) return members.count(first);
      return (CHAT.inputDetails.includes(first) ? inputDetails : members.members(first)).count(second);
    });
  return counts.reduce<bigint>((most, count) => (count !== undefined && count > most ? count : most), 0n);
}

function ignoreAt(members: UsageMembers, path: string): void {
  const [first = '', second] = path.split('.');
  if (second === undefined) members.ignore([first]);
  else members.members(first).ignore([second]);
}

/** The same count in two places of one object. */
function agreed(what: string, one: bigint | undefined, other: bigint | undefined): bigint | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  throw invalidUsage(`The usage names ${one} and ${other} ${what}.`);
}
