// What an event comes to: the provider's usage where it was reported, else what its text was counted as. Both are kept when
// both came, so that their drift can be seen. A side that the usage says nothing of is taken from the text.

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
  /** What a person should look at, such as `unknown_usage_member:foo`; bounded in number and length. */
  readonly flags: readonly string[];
}

/** Undefined when there is neither usage nor text for a side that has to be counted. */
export function combineCounts(usage: NormalizedUsage | null, text: TextCounts | null): EventCount | undefined {
  const textInput = tokensOf(text?.input);
  const textOutput = tokensOf(text?.output);
  const tokens: Partial<Record<TokenClass, bigint>> = { ...usage?.tokens };
  const provenance = allReported(tokens);
  const { rule, webSearches, flags } = usage ?? { rule: text?.rule ?? '', webSearches: 0n, flags: [] };
  const counted = { tokens, provenance, webSearches, rule, textInput, textOutput };
  if (usage?.missing === null) return { ...counted, flags };
  const sides = usage === null ? (['input', 'output'] as const) : ([usage.missing] as const);
  let isCounted = false;
  for (const side of sides) {
    const count = text?.[side];
    if (count === null || count === undefined) continue;
    tokens[side] = BigInt(count.tokens - count.audioTokens);
    provenance[side] = count.provenance;
    if (count.audioTokens > 0) {
      const audio = side === 'input' ? 'input_audio' : 'output_audio';
      tokens[audio] = BigInt(count.audioTokens);
      provenance[audio] = count.provenance;
    }
    isCounted = true;
  }
  if (!isCounted) return undefined;
  return { ...counted, flags: usage === null ? flags : [...flags, `${usage.missing}_not_reported`] };
}

function allReported(tokens: TokenCounts): Partial<Record<TokenClass, Provenance>> {
  const provenance: Partial<Record<TokenClass, Provenance>> = {};
  for (const tokenClass of TOKEN_CLASSES) {
    if (tokens[tokenClass] !== undefined) provenance[tokenClass] = 'reported';
  }
  return provenance;
}

function tokensOf(count: SideCount | null | undefined): bigint | null {
  return count === null || count === undefined ? null : BigInt(count.tokens);
}
