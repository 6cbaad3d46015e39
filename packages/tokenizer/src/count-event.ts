// What an event comes to: the provider's usage where it was reported, else what its text was counted as. Both are kept when
// both came, so that their drift can be seen.

import type { ProvenanceByClass, TokenClass, TokenCounts } from '@tollgate/domain';
import type { SideCount, TextCounts } from './count-event-text.ts';
import type { NormalizedUsage } from './usage-rules.ts';

export interface EventCount {
  readonly tokens: TokenCounts;
  readonly provenance: ProvenanceByClass;
  readonly webSearches: bigint;
  /** The shape of usage that was read, or the encoding. */
  readonly rule: string;
  readonly textInput: bigint | null;
  readonly textOutput: bigint | null;
}

/** Undefined when there is neither usage nor text: nothing that could be counted. */
export function combineCounts(usage: NormalizedUsage | null, text: TextCounts | null): EventCount | undefined {
  const kept = { textInput: tokensOf(text?.input), textOutput: tokensOf(text?.output) };
  if (usage !== null) {
    const { tokens, webSearches, rule } = usage;
    const provenance = Object.fromEntries(Object.keys(tokens).map((name) => [name, 'reported']));
    return { tokens, provenance, webSearches, rule, ...kept };
  }
  const input = text?.input ?? null;
  const output = text?.output ?? null;
  if (text === null || (input === null && output === null)) return undefined;
  return {
    tokens: {
      ...side('input', input, (count) => BigInt(count.tokens)),
      ...side('output', output, (count) => BigInt(count.tokens)),
    },
    provenance: {
      ...side('input', input, (count) => count.provenance),
      ...side('output', output, (count) => count.provenance),
    },
    webSearches: 0n,
    rule: text.encoding,
    ...kept,
  };
}

function side<Value>(name: TokenClass, count: SideCount | null, read: (count: SideCount) => Value) {
  return count === null ? {} : { [name]: read(count) };
}

function tokensOf(count: SideCount | null | undefined): bigint | null {
  return count === null || count === undefined ? null : BigInt(count.tokens);
}
