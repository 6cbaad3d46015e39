// What an event comes to: the provider's usage where it was reported, else what its text was counted as. Both are kept when
// both came, so that their drift can be seen.

import {
  type Provenance,
  type ProvenanceByClass,
  TOKEN_CLASSES,
  type TokenClass,
  type TokenCounts,
} from '@tollgate/domain';
import type { SideCount, TextCounts } from './count-event-text.ts';
import type { NormalizedUsage } from './usage-rules.ts';

export interface EventCount {
  readonly tokens: TokenCounts;
  readonly provenance: ProvenanceByClass;
  readonly webSearches: bigint;
  /** The shape of usage that was read; or the encoding, and the rules that made an estimate of the count. */
  readonly rule: string;
  readonly textInput: bigint | null;
  readonly textOutput: bigint | null;
}

/** Undefined when there is neither usage nor text: nothing that could be counted. */
export function combineCounts(usage: NormalizedUsage | null, text: TextCounts | null): EventCount | undefined {
  const textInput = tokensOf(text?.input);
  const textOutput = tokensOf(text?.output);
  if (usage !== null) {
    const { tokens, webSearches, rule } = usage;
    return { tokens, provenance: allReported(tokens), webSearches, rule, textInput, textOutput };
  }
  if (text === null || (textInput === null && textOutput === null)) return undefined;
  const tokens: { input?: bigint; output?: bigint } = {};
  const provenance: { input?: Provenance; output?: Provenance } = {};
  for (const side of ['input', 'output'] as const) {
    const count = text[side];
    if (count === null) continue;
    tokens[side] = BigInt(count.tokens);
    provenance[side] = count.provenance;
  }
  return { tokens, provenance, webSearches: 0n, rule: text.rule, textInput, textOutput };
}

function allReported(tokens: TokenCounts): ProvenanceByClass {
  const provenance: Partial<Record<TokenClass, Provenance>> = {};
  for (const tokenClass of TOKEN_CLASSES) {
    if (tokens[tokenClass] !== undefined) provenance[tokenClass] = 'reported';
  }
  return provenance;
}

function tokensOf(count: SideCount | null | undefined): bigint | null {
  return count === null || count === undefined ? null : BigInt(count.tokens);
}
