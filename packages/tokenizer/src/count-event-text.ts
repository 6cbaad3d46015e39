// The tokens of an event's own text: what its `input` and `output` come to by the rules of its API and model.

import type { LlmEventType } from '@tollgate/domain';
import { encodingOfModel, type ModelAliases } from './model-encoding.ts';
import type { EncodingName } from './model-table.ts';
import { familyOf } from './openai-family.ts';
import type { EstimateRule, Tally } from './tally.ts';
import type { TextCounter } from './text-counter.ts';
import { TEXT_RULES } from './text-rules.ts';
import { isGiven } from './unknown-json.ts';

export interface EventText {
  readonly type: LlmEventType;
  readonly model: string;
  readonly status: string;
  readonly input: unknown;
  readonly output: unknown;
}

export interface SideCount {
  readonly tokens: number;
  /** Those of `tokens` that are of recordings. */
  readonly audioTokens: number;
  readonly provenance: 'counted' | 'estimated';
}

/** A side is null when the event has no text on it. */
export interface TextCounts {
  readonly input: SideCount | null;
  readonly output: SideCount | null;
  /** The encoding, and after a `+` each rule that made an estimate of it, such as `o200k_base+image_size`. */
  readonly rule: string;
}

export interface TextCounting {
  readonly counter: TextCounter;
  /** On the counter's clock. */
  readonly deadlineMs: number;
  readonly modelAliases: ModelAliases;
}

/** Throws `TextNotCountable`. */
export function countEventText(event: EventText, { counter, deadlineMs, modelAliases }: TextCounting): TextCounts {
  const modelEncoding = encodingOfModel(event.model, modelAliases);
  const { encoding, isKnown } = modelEncoding;
  const rule = TEXT_RULES[event.type];
  const context = {
    countText: (text: string) => counter.count(text, encoding, deadlineMs),
    family: familyOf(modelEncoding),
    model: modelEncoding.model,
    isKnownModel: isKnown,
  };
  const input = isGiven(event.input) ? rule.countInput(event.input, context) : undefined;
  const output = isGiven(event.output) ? rule.countOutput(event.output, context) : undefined;
  // A stream that was cut off may have cost more than the text that arrived.
  if (event.status === 'aborted') output?.doubt('aborted_stream');
  if (!isKnown) for (const tally of [input, output]) tally?.doubt('default_encoding');
  return { input: sideOf(input), output: sideOf(output), rule: ruleOf(encoding, [input, output]) };
}

function sideOf(tally: Tally | undefined): SideCount | null {
  if (tally === undefined) return null;
  const { tokens, audioTokens } = tally;
  return { tokens, audioTokens, provenance: tally.estimates.size === 0 ? 'counted' : 'estimated' };
}

const OF_THE_FAMILY: readonly EstimateRule[] = ['model_overhead', 'answer_overhead', 'tools', 'tool_calls'];

function ruleOf(encoding: EncodingName, tallies: readonly (Tally | undefined)[]): string {
  const estimates = new Set<EstimateRule>(tallies.flatMap((tally) => [...(tally?.estimates ?? [])]));
  // What the model's own family adds is not known either then, and goes without saying.
  if (estimates.has('default_encoding')) for (const rule of OF_THE_FAMILY) estimates.delete(rule);
  return [encoding, ...[...estimates].sort()].join('+');
}
