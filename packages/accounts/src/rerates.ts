// The re-rates' part of the port: jobs that rate past usage anew, and the periods that are billed.
//
// Work on a job is leased: whoever claims it works until its lease ends, and says with each step how far it came. A worker
// that dies leaves the place of its last step, from where the next one goes on.

import type { TimeSpan } from '@tollgate/domain';

export const RERATE_STATES = ['rating', 'rated', 'applying', 'applied', 'cancelled', 'failed'] as const;
export type RerateState = (typeof RERATE_STATES)[number];

/** Fields of usage with the values that are asked for; what is left out filters nothing. */
export interface RerateFilter {
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly isUnpricedOnly: boolean;
}

/** How far the present state has come: the last row that was rated, or the last hour that was applied. */
export interface ReratePlace {
  readonly customerId: string;
  readonly hourMs: number;
  /** Empty while it is applied. */
  readonly eventId: string;
}

interface RerateCounts {
  readonly examined: bigint;
  readonly changed: bigint;
  readonly applied: bigint;
  readonly skipped: bigint;
}

interface NewRerate {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly filter: RerateFilter;
  readonly isDryRun: boolean;
  readonly reason: string;
  readonly createdAtMs: number;
  /** The API key. */
  readonly createdBy: string;
}

export interface Rerate extends NewRerate, RerateCounts {
  readonly state: RerateState;
  /** Prices that became known until then are what is rated by. */
  readonly knownAtMs: number;
  readonly finishedAtMs: number | null;
  readonly place: ReratePlace | null;
}

interface RerateMove {
  readonly id: string;
  readonly from: readonly RerateState[];
  readonly to: RerateState;
  readonly atMs: number;
}

/** Half-open. */
export interface ClosedPeriod {
  readonly customerId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly invoiceId: string;
}

export interface RerateRecords {
  /** It knows every price that was written before. */
  createRerate(rerate: NewRerate): Promise<Rerate>;
  rerate(id: string): Promise<Rerate | null>;
  /** The newest first. */
  rerates(page: { readonly limit: number; readonly after?: string }): Promise<readonly Rerate[]>;
  /**
   * Begins another state, at its first place. Null when it is in none of the states it may come from. Refused
   * (`conflict`) when it would be applied while another is whose period overlaps.
   */
  moveRerate(move: RerateMove): Promise<Rerate | null>;
  /** A job to work on that nobody else works on; null when there is none. */
  claimRerate(worker: string): Promise<Rerate | null>;
  /** How far the job came, and another lease. False when it is not the worker's any more: then nothing is written. */
  saveRerate(step: { readonly worker: string; readonly rerate: Rerate }): Promise<boolean>;

  /** Those of an overlapping period that changed something, in the order in which they ended. */
  appliedRerates(span: TimeSpan): Promise<readonly Pick<Rerate, 'id' | 'knownAtMs'>[]>;
  /** Whether one of an overlapping period is being applied: then some of its rows have new costs and some the old ones. */
  isRerateApplying(span: TimeSpan): Promise<boolean>;

  /** Until the end of the transaction nobody reads costs to bill them: waits for those who do. */
  holdBilling(): Promise<void>;
  /** Until the end of the transaction no re-rate writes costs: waits for a step that does. */
  holdRerates(): Promise<void>;
  /** Of these customers, those that overlap. */
  closedPeriods(question: TimeSpan & { readonly customerIds: readonly string[] }): Promise<readonly ClosedPeriod[]>;
  closePeriod(period: ClosedPeriod): Promise<void>;
  /** What a void does: the period is billed again. */
  reopenPeriod(invoiceId: string): Promise<void>;
}
