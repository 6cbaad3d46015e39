// The port of the counters of limits: one atomic step over all limits of a customer that apply. What each step does is the
// `LimitLedger` of the domain; an implementation is that, shared by all processes.
//
// Every step is about the limits of one owner: a customer (with its projects and keys), or the organization, whose limits
// lie apart.

import type { LimitDefinition, LimitDemand, ReserveOutcome, SettledEvent } from '@tollgate/domain';

export interface ChangedWindow {
  readonly limitId: string;
  /** Null for a bucket. */
  readonly windowStartMs: number | null;
}

export interface LimitReading {
  /** False while the counter is not known: it was lost, or has never been rebuilt. */
  readonly isKnown: boolean;
  readonly used: bigint;
  readonly held: bigint;
}

/** All that is counted of one owner, as of one instant. */
export interface LimitSurvey {
  /** By partition of the log: the place up to which events are in what was used. */
  readonly places: ReadonlyMap<number, string>;
  /** In the order of what is asked. */
  readonly counters: readonly SurveyedCounter[];
  /** Limits that are counted for and were not asked for. */
  readonly others: readonly string[];
}

export interface SurveyedCounter {
  readonly isKnown: boolean;
  /**
   * Whether it is counted by the definition that was asked for: `reset` when they differ in nothing but from when use
   * counts.
   */
  readonly definition: 'same' | 'reset' | 'different';
  /** By start of the window; nothing for a bucket. */
  readonly used: ReadonlyMap<number, bigint>;
  readonly held: bigint;
}

/** Every call rejects with `limits_unavailable` when the counters cannot be reached in time. */
export interface LimitCounters {
  reserve(
    owner: string,
    request: {
      readonly reservationId: string;
      readonly ttlMs: number;
      readonly demands: readonly LimitDemand[];
    },
  ): Promise<ReserveOutcome>;
  /** False when there is no such reservation any more. */
  release(owner: string, reservationId: string): Promise<boolean>;
  /**
   * Notes up to where the events of a partition are stored. True: limits count for the owner, and the place is not noted
   * before `settle` was given the events.
   */
  touch(owner: string, stored: { readonly partition: number; readonly place: string }): Promise<boolean>;
  /** Events of one partition in the order of their places. Sending them again, cut otherwise, changes nothing. */
  settle(
    owner: string,
    settled: { readonly partition: number; readonly events: readonly SettledEvent[] },
  ): Promise<readonly ChangedWindow[]>;
  /** Clears away what nobody settled. */
  expire(owner: string): Promise<void>;

  /** See `LimitLedger.begin`. */
  begin(
    owner: string,
    rebuild: {
      readonly definition: LimitDefinition;
      readonly amount: bigint;
      readonly token: string;
      readonly storedUntil: ReadonlyMap<number, string>;
    },
  ): Promise<ReadonlyMap<number, string>>;
  /** See `LimitLedger.finish`. */
  finish(
    owner: string,
    rebuild: { readonly limitId: string; readonly token: string; readonly used: ReadonlyMap<number, bigint> },
  ): Promise<boolean>;
  remove(owner: string, limitId: string): Promise<void>;
  survey(owner: string, definitions: readonly LimitDefinition[]): Promise<LimitSurvey>;
  /** See `LimitLedger.passOver`. */
  passOver(owner: string, places: ReadonlyMap<number, string>): Promise<void>;
  /** In the order of what is asked. */
  read(
    owner: string,
    limits: readonly Pick<LimitDemand, 'limit' | 'windowStartMs' | 'amount'>[],
  ): Promise<readonly LimitReading[]>;
}
