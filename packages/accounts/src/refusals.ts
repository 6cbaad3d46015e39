// The words of the port about refused requests: counts by minute, sums of them, and bursts.

import type { Burst, LoudMinute } from '@tollgate/domain';
import type { RefusalCount } from '@tollgate/runtime';

export const REFUSAL_FIELDS = ['minute', 'hour', 'day', 'source', 'code', 'service', 'key'] as const;

export type RefusalField = (typeof REFUSAL_FIELDS)[number];

/** What is left out filters nothing. */
export interface RefusalQuestion {
  readonly startMs: number;
  readonly endMs: number;
  readonly groupBy: readonly RefusalField[];
  readonly codes?: readonly string[];
  readonly services?: readonly string[];
  readonly sources?: readonly string[];
  readonly keyIds?: readonly string[];
  readonly limit: number;
}

export interface RefusalSum {
  /** Times as RFC 3339 in UTC; a key that is not known is empty. */
  readonly group: Readonly<Partial<Record<RefusalField, string>>>;
  readonly count: bigint;
}

/** A loud minute with what makes it loud. */
export interface LoudMinuteCounts extends LoudMinute {
  readonly byCode: Readonly<Record<string, bigint>>;
}

export interface RefusalRecords {
  /** Adds to what is counted. One statement. */
  noteRefusals(counts: readonly RefusalCount[]): Promise<void>;
  /** The largest sums first. */
  refusals(question: RefusalQuestion): Promise<readonly RefusalSum[]>;
  /** Minutes in which a source was refused so often, the oldest first. */
  loudMinutes(question: {
    readonly sinceMs: number;
    readonly countMin: number;
    readonly limit: number;
  }): Promise<readonly LoudMinuteCounts[]>;
  /** The burst of each source that was saved last. */
  latestBursts(sources: readonly string[]): Promise<readonly Burst[]>;
  saveBursts(bursts: readonly Burst[]): Promise<void>;
  /** Removes what is older, so many rows at most; resolves to how many there were. */
  removeRefusals(question: { readonly beforeMs: number; readonly limit: number }): Promise<number>;
}
