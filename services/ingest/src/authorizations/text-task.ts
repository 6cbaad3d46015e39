// What the main thread and a worker that counts text say to each other.

import type { ModelAliases } from '@tollgate/tokenizer';

export interface CountWorkerData {
  readonly modelAliases: ModelAliases;
  /** How long one text may take. */
  readonly deadlineMs: number;
}

/** The body of an authorization, which was checked. */
export type CountTask = Uint8Array<ArrayBuffer>;

export type CountedText =
  | { readonly kind: 'counted'; readonly tokens: number; readonly audioTokens: number }
  /** It is too long, or took too long. */
  | { readonly kind: 'not_countable' };
