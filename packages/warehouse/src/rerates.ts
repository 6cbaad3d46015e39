// The port of re-rating: rows are read to be rated, kept with what they would cost, reported, and written as the next
// revision of the usage rows. Who decides when, and what a row costs, is not known here.

import type { CostByClass, TokenCounts, UsageRow } from '@tollgate/domain';
import type { UsageFilter } from './warehouse.ts';

/** The key of a usage row. */
export interface RowKey {
  readonly customerId: string;
  readonly hourMs: number;
  readonly eventId: string;
}

export interface RowsToRateQuery {
  /** Half-open: `[startMs, endMs)`. */
  readonly startMs: number;
  readonly endMs: number;
  readonly filters: readonly UsageFilter[];
  readonly isUnpricedOnly: boolean;
  readonly limit: number;
  /** The last row of the page before. */
  readonly after: RowKey | null;
}

type RowCost = Pick<
  UsageRow,
  'currency' | 'costPico' | 'costByClass' | 'cacheSavingsPico' | 'priceIds' | 'unpricedReason'
>;

/** What a row's cost is made from, and what it is. */
export interface RowToRate extends RowKey {
  /** Which revision of the row this is. */
  readonly version: bigint;
  readonly timeMs: number;
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
  readonly region: string;
  readonly tokens: TokenCounts;
  readonly requests: bigint;
  readonly webSearches: bigint;
  readonly cost: RowCost;
}

/** A page may be empty and not the last: the next begins after `next`, which is null on the last. */
export interface PageToRate {
  readonly rows: readonly RowToRate[];
  readonly next: RowKey | null;
}

type RatedOutcome = 'same' | 'changed';

export interface RatedRow extends RowKey {
  readonly version: bigint;
  readonly outcome: RatedOutcome;
  readonly provider: string;
  readonly model: string;
  readonly old: Pick<RowCost, 'costPico' | 'priceIds'>;
  readonly cost: RowCost & { readonly costByClass: CostByClass };
}

/** Hours of customers that a re-rate changes, dealt with at once. */
export interface RerateStep {
  readonly hours: readonly { readonly customerId: string; readonly hourMs: number }[];
  /** Rows that were to change when they were rated. */
  readonly rows: number;
}

export interface RerateSums {
  /** ISO 4217; empty where the customer is not known. */
  readonly currency: string;
  readonly events: bigint;
  readonly changed: bigint;
  /** Picounits, over the priced events. */
  readonly oldCostPico: bigint;
  readonly newCostPico: bigint;
  readonly unpricedBefore: bigint;
  readonly unpricedAfter: bigint;
}

interface RerateLine extends RerateSums {
  readonly customerId: string;
  readonly provider: string;
  readonly model: string;
  /** Of the changed rows; of very many versions, some. */
  readonly oldPriceIds: readonly string[];
  readonly newPriceIds: readonly string[];
}

export interface RerateReport {
  /** By customer, model and currency, the greatest differences first; cut at a limit. */
  readonly lines: readonly RerateLine[];
  /** By currency, over all. */
  readonly totals: readonly RerateSums[];
}

export interface Rerating {
  /** In the order of their keys. */
  rowsToRate(query: RowsToRateQuery): Promise<PageToRate>;
  /** Idempotent: rows that were kept before are replaced. */
  keepRatedRows(rerateId: string, rows: readonly RatedRow[]): Promise<void>;
  /** The step after the given hour of a customer: about `rowsMin` rows or more where there are; null after the last. */
  nextRerateStep(options: {
    readonly rerateId: string;
    readonly after: Omit<RowKey, 'eventId'> | null;
    readonly rowsMin: number;
  }): Promise<RerateStep | null>;
  /** Idempotent. Tells how many rows of the step stand as they were rated; the others changed since. */
  applyRerateStep(options: {
    readonly rerateId: string;
    readonly step: RerateStep;
  }): Promise<{ readonly applied: number }>;
  rerateReport(options: { readonly rerateId: string; readonly linesMax: number }): Promise<RerateReport>;
}
