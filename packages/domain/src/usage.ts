// What the counter writes to the warehouse: one usage row for an event that could be counted, and one receipt for every
// record of the log, whatever became of it. Receipts are what the books are checked against.

import type { CostByClass } from './cost-classes.ts';
import type { ProvenanceByClass, TokenCounts } from './token-classes.ts';

/**
 * Where a record stands in the log. Ordered by (epoch, position) within a partition: all copies of an event share a
 * partition, and the copy with the lowest place is the first.
 */
export interface LogPlace {
  /** Grows by one each time the deployment moves to another log (a new topic, another Redis). */
  readonly epoch: number;
  readonly partition: number;
  /** Strictly growing within (epoch, partition). See `EventLog` for how offset and index are packed. */
  readonly position: bigint;
}

/** One record of the log, as consumed. Written again unchanged when the log is read again. */
export interface Receipt extends LogPlace {
  readonly customerId: string;
  readonly eventId: string;
  /** The time that this copy carries. */
  readonly timeMs: number;
  readonly receivedAtMs: number;
  /** 64 bits over everything the copy says but its time: two copies that differ in it are a conflict. */
  readonly contentHash: bigint;
  /** `countable` records have a usage row unless an earlier copy has it; `void` withdraws the id. */
  readonly outcome: 'countable' | 'dead_lettered' | 'void';
  /** Why it was dead-lettered or voided: a code, or the reason that was given. Empty otherwise. */
  readonly reason: string;
  /** A replayed dead letter: the same acceptance once more, so the books do not count it as another. */
  readonly isReplay: boolean;
  /** The key that sent it. */
  readonly reporterKeyId: string;
}

/** One counted event. Text is never part of it. */
export interface UsageRow extends LogPlace {
  readonly customerId: string;
  readonly projectId: string | null;
  readonly keyId: string | null;
  readonly eventId: string;
  readonly timeMs: number;
  readonly receivedAtMs: number;
  readonly contentHash: bigint;
  readonly type: string;
  readonly provider: string;
  /** The model as the event named it; empty for meters. */
  readonly model: string;
  readonly serviceTier: string;
  readonly status: string;
  readonly isStream: boolean;
  readonly latencyMs: number | null;
  readonly tokens: TokenCounts;
  readonly provenance: ProvenanceByClass;
  /** 1 for model calls, 0 for meter events. */
  readonly requests: bigint;
  readonly webSearches: bigint;
  /** What produced the counts: an encoding such as `o200k_base`, or a shape of usage such as `openai.chat`. */
  readonly rule: string;
  /** Tokens of the text where text came too, also when the provider's numbers were taken: the drift is their difference. */
  readonly textInputTokens: bigint | null;
  readonly textOutputTokens: bigint | null;
  /** Where the provider served it, as the event named it; empty where it did not. */
  readonly region: string;
  /** ISO 4217: what the customer is billed in, also while the event is unpriced. Empty in rows from before prices. */
  readonly currency: string;
  /** The cost in picounits of the currency; null while no price is known (`unpriced`). */
  readonly costPico: bigint | null;
  /** The same cost by what it is for: adds up to `costPico`. */
  readonly costByClass: CostByClass;
  /** What the tokens read from a cache would have cost more as plain input. Negative where the cache costs more. */
  readonly cacheSavingsPico: bigint;
  /** The versions of prices that made the cost. */
  readonly priceIds: readonly string[];
  /**
   * Why there is no cost: a code and the classes without a price, `no_price:cache_read`. Empty when there is a cost, and in
   * rows from before prices.
   */
  readonly unpricedReason: string;
  /** What is odd about the event though it counts, such as `unknown_usage_member:foo`. */
  readonly flags: readonly string[];
  readonly reservation: string;
  /** Labels, values as JSON text of scalars: strings without quotes, numbers and booleans as written. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The provider's usage object verbatim, so that the event can be counted again; empty when none came. */
  readonly reportedUsage: string;
  /** The numeric `data` of a meter event as JSON; empty otherwise. */
  readonly data: string;
}
