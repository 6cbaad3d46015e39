// Other names of models, as a deployment writes them down: `chat-prod=gpt-4o-2024-08-06`.

import type { ModelAliases } from './model-encoding.ts';

export const MODEL_ALIASES_MAX = 1_000;

const ALIAS = /^[^=\s]+=[^=\s]+$/;

/** What is wrong with a pair, as a sentence; undefined when nothing is. */
export function flawOfModelAlias(pair: string): string | undefined {
  return ALIAS.test(pair) ? undefined : `${JSON.stringify(pair)} is not NAME=MODEL.`;
}

/** The pairs are ones without a flaw. */
export function modelAliasesOf(pairs: readonly string[]): ModelAliases {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', model = ''] = pair.split('=');
      return [name.toLowerCase(), model];
    }),
  );
}
