// OpenAI's usage object, as Chat Completions (`prompt_tokens`) and Responses (`input_tokens`) give it. Cached tokens, cache
// writes, audio and pictures are inside the input, reasoning and audio inside the output: each is taken out of its total,
// so that the classes are disjoint.

import type { TokenClass, TokenCounts } from '@tollgate/domain';
import { isGiven, isObject, type JsonObject } from './unknown-json.ts';
import type { NormalizedUsage, UsageRefusal } from './usage-rules.ts';

interface Shape {
  readonly rule: string;
  readonly input: string;
  readonly inputDetails: string;
  readonly output: string;
  readonly outputDetails: string;
}

const SHAPES: readonly Shape[] = [
  {
    rule: 'openai.chat',
    input: 'prompt_tokens',
    inputDetails: 'prompt_tokens_details',
    output: 'completion_tokens',
    outputDetails: 'completion_tokens_details',
  },
  {
    rule: 'openai.responses',
    input: 'input_tokens',
    inputDetails: 'input_tokens_details',
    output: 'output_tokens',
    outputDetails: 'output_tokens_details',
  },
];

/** Tokens that lie beside the input, not in it: Anthropic's members, which this rule would lose. */
const FOREIGN_MEMBERS = ['cache_read_input_tokens', 'cache_creation_input_tokens'];

class Refused extends Error {
  readonly code: UsageRefusal['code'];

  constructor(code: UsageRefusal['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

export function normalizeOpenAiUsage(usage: JsonObject): NormalizedUsage | UsageRefusal {
  try {
    return normalize(usage, shapeOf(usage));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind: 'refusal', code: error.code, detail: error.message };
  }
}

function shapeOf(usage: JsonObject): Shape {
  const shape = SHAPES.find(({ input }) => isGiven(usage[input]));
  const foreign = FOREIGN_MEMBERS.find((member) => isGiven(usage[member]));
  if (shape !== undefined && foreign === undefined) return shape;
  const members = Object.keys(usage).slice(0, 8).join(', ').slice(0, 200);
  throw new Refused('unknown_usage_shape', `No rule reads a usage object with the members (${members}).`);
}

function normalize(usage: JsonObject, shape: Shape): NormalizedUsage {
  const input = countOf(usage, shape.input) ?? 0n;
  const reported = countOf(usage, shape.output);
  const total = countOf(usage, 'total_tokens');
  if (reported === undefined && total !== input) {
    throw new Refused(
      'unknown_usage_shape',
      `${shape.output} is absent, and total_tokens does not say that it is zero.`,
    );
  }
  const outputDetails = detailsOf(usage, shape.outputDetails);
  const reasoning = countOf(outputDetails, 'reasoning_tokens') ?? 0n;
  const output = outputWithReasoning({ input, output: reported ?? 0n, reasoning, total });
  return {
    kind: 'usage',
    rule: shape.rule,
    webSearches: 0n,
    tokens: {
      ...splitInput(input, detailsOf(usage, shape.inputDetails), shape),
      ...(reported === undefined ? {} : splitOutput(output, outputDetails, shape)),
    },
  };
}

/** The total tells whether reasoning is inside the output (OpenAI and most others) or beside it (xAI's chat). */
function outputWithReasoning(counts: {
  readonly input: bigint;
  readonly output: bigint;
  readonly reasoning: bigint;
  readonly total: bigint | undefined;
}): bigint {
  const { input, output, reasoning, total } = counts;
  if (total === undefined || total === input + output) return output;
  if (total === input + output + reasoning) return output + reasoning;
  throw new Refused('invalid_usage', `total_tokens is ${total}, but the input and output come to ${input + output}.`);
}

function splitInput(total: bigint, details: JsonObject, shape: Shape): TokenCounts {
  const cached = countOf(details, 'cached_tokens') ?? 0n;
  const cachedAudio = countOf(detailsOf(details, 'cached_tokens_details'), 'audio_tokens') ?? 0n;
  const audio = countOf(details, 'audio_tokens') ?? 0n;
  const parts = {
    cache_read: cached - cachedAudio,
    cache_read_audio: cachedAudio,
    cache_write_other: countOf(details, 'cache_write_tokens') ?? 0n,
    input_audio: audio - cachedAudio,
    input_image: countOf(details, 'image_tokens') ?? 0n,
  };
  return splitOff({ total, rest: 'input', parts, totalName: shape.input });
}

/** Rejected predictions are billed as output and stay in it. */
function splitOutput(total: bigint, details: JsonObject, shape: Shape): TokenCounts {
  const parts = {
    reasoning: countOf(details, 'reasoning_tokens') ?? 0n,
    output_audio: countOf(details, 'audio_tokens') ?? 0n,
    output_image: countOf(details, 'image_tokens') ?? 0n,
  };
  return splitOff({ total, rest: 'output', parts, totalName: shape.output });
}

function splitOff(split: {
  readonly total: bigint;
  readonly rest: TokenClass;
  readonly parts: TokenCounts;
  readonly totalName: string;
}): TokenCounts {
  const parts = Object.entries(split.parts);
  const sum = parts.reduce((total, [, tokens]) => total + tokens, 0n);
  if (sum > split.total || parts.some(([, tokens]) => tokens < 0n)) {
    throw new Refused(
      'invalid_usage',
      `The details of ${split.totalName} come to more than its ${split.total} tokens.`,
    );
  }
  return {
    [split.rest]: split.total - sum,
    ...Object.fromEntries(parts.filter(([, tokens]) => tokens > 0n)),
  };
}

function detailsOf(usage: JsonObject, member: string): JsonObject {
  const details = usage[member];
  if (!isGiven(details)) return {};
  if (isObject(details)) return details;
  throw new Refused('invalid_usage', `${member} must be an object.`);
}

/** Undefined when the member is absent or null. */
function countOf(usage: JsonObject, member: string): bigint | undefined {
  const value = usage[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Refused('invalid_usage', `${member} must be a whole number of tokens that is not negative.`);
  }
  return BigInt(value);
}
