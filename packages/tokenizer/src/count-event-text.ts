// The tokens of an event's own text: what its `input` and `output` come to by the rules of its API and model.

import type { LlmEventType } from '@tollgate/domain';
import { type EncodingName, encodingOfModel } from './model-encoding.ts';
import { familyOf } from './openai-family.ts';
import type { Tally } from './tally.ts';
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
  readonly provenance: 'counted' | 'estimated';
}

/** A side is null when the event has no text on it. */
export interface TextCounts {
  readonly input: SideCount | null;
  readonly output: SideCount | null;
  readonly encoding: EncodingName;
}

/** Throws `TextNotCountable`. */
export function countEventText(event: EventText, counter: TextCounter, deadlineMs: number): TextCounts {
  const modelEncoding = encodingOfModel(event.model);
  const { encoding, isKnown } = modelEncoding;
  const rule = TEXT_RULES[event.type];
  const context = {
    countText: (text: string) => counter.count(text, encoding, deadlineMs),
    family: familyOf(modelEncoding),
    isKnownModel: isKnown,
  };
  const input = isGiven(event.input) ? rule.countInput(event.input, context) : undefined;
  const output = isGiven(event.output) ? rule.countOutput(event.output, context) : undefined;
  // A stream that was cut off may have cost more than the text that arrived.
  if (output !== undefined && event.status === 'aborted') output.isExact = false;
  return { input: sideOf(input), output: sideOf(output), encoding };
}

function sideOf(tally: Tally | undefined): SideCount | null {
  if (tally === undefined) return null;
  return { tokens: tally.tokens, provenance: tally.isExact ? 'counted' : 'estimated' };
}
