// The counters of one customer's limits as pure rules: reserve, settle, release, expire, rebuild. The scripts in Redis do
// the same atomically, and one suite of tests holds both equal over long random sequences.
//
// What is held belongs to a limit, not to a window of it: a reservation that outlives its window still counts in the next
// one until it is settled, since the use may fall on either side. So the sum of what is used and held never passes a
// limit, whichever window the use lands in.

import { type CalendarWindow, LIFETIME } from './calendar.ts';
import {
  countingStart,
  type LimitDefinition,
  type LimitedUse,
  type LimitSubject,
  limitApplies,
  quantityOf,
} from './limit.ts';
import { type Bucket, leftIn, pour } from './limit-bucket.ts';

const WINDOWS_KEPT = 3;

/** One limit that a request has to pass. */
export interface LimitDemand {
  readonly limit: LimitDefinition;
  /** Where counting began in the window that is under way; 0 for a bucket. */
  readonly windowStartMs: number;
  readonly amount: bigint;
  /** The worst case of the request, in the limit's unit. */
  readonly quantity: bigint;
  /** An alerting limit counts and never refuses. */
  readonly mode: 'block' | 'alert';
  /** What may be admitted in total while the counter is not known; null: nothing. */
  readonly allowanceWhenUnknown: bigint | null;
}

export type ReserveOutcome =
  /** What is left of each limit, in the order of the demands; null where the counter is not known. */
  | { readonly allowed: true; readonly remaining: readonly (bigint | null)[] }
  | {
      readonly allowed: false;
      readonly limitId: string;
      /** `unknown`: the counter was lost, or is being rebuilt. */
      readonly reason: 'exhausted' | 'unknown';
      readonly remaining: bigint;
    };

/** One event, as the counter stored it. */
export interface SettledEvent extends LimitSubject {
  /** Where its record stands in the log: text that sorts as the places do. */
  readonly place: string;
  readonly timeMs: number;
  readonly use: LimitedUse;
  /**
   * By kind of window, the start of the one that holds the event's time. Left out where that window is long over: its
   * counter is of no use to anybody, and the warehouse has the event.
   */
  readonly windowStarts: Readonly<Partial<Record<Exclude<CalendarWindow, 'lifetime'>, number>>>;
  /** The reservation that it settles. */
  readonly reservationId: string | null;
}

interface Counter {
  /** False until its first rebuild has finished: what was used before is missing until then. */
  isLive: boolean;
  /** Of the rebuild under way; another one makes it void. */
  token: string | null;
  held: bigint;
  /** By start of the window. */
  readonly used: Map<number, bigint>;
  /** The same, of what was settled since the rebuild under way began. */
  readonly usedSince: Map<number, bigint>;
  readonly bucket: Bucket;
}

interface Lease {
  readonly expiresAtMs: number;
  readonly holds: readonly Hold[];
}

interface Hold {
  readonly limitId: string;
  readonly quantity: bigint;
}

/** Text of the place is compared, so a ledger that has seen nothing is before every place. */
const BEFORE_ALL = '';

export class LimitLedger {
  readonly #definitions = new Map<string, LimitDefinition>();
  readonly #counters = new Map<string, Counter>();
  /** What was admitted on trust, by limit, since its counter was last known. */
  readonly #trusted = new Map<string, bigint>();
  readonly #leases = new Map<string, Lease>();
  /** By partition of the log: the place up to which events have been settled. */
  readonly #applied = new Map<number, string>();
  #settledUntilMs: number | null = null;

  /**
   * Everything accepted until then has been settled. A reservation that was due later may still be named by an event that
   * waits in the log, and holds on. Null: not known, and what is due is let go.
   */
  noteSettled(untilMs: number | null): void {
    this.#settledUntilMs = untilMs;
  }

  /** Either every limit takes the request's worst case, or none does. */
  reserve(request: {
    readonly reservationId: string;
    readonly nowMs: number;
    readonly expiresAtMs: number;
    readonly demands: readonly LimitDemand[];
  }): ReserveOutcome {
    const { reservationId, nowMs, expiresAtMs, demands } = request;
    this.expire(nowMs);
    for (const demand of demands) {
      const refusal = this.#refusalOf(demand, nowMs);
      if (refusal !== undefined) return refusal;
    }
    for (const demand of demands) this.#take(demand, nowMs);
    const holds = demands.map(({ limit, quantity }) => ({ limitId: limit.id, quantity }));
    this.#leases.set(reservationId, { expiresAtMs, holds });
    return { allowed: true, remaining: demands.map((demand) => this.remaining(demand, nowMs)) };
  }

  #refusalOf(demand: LimitDemand, nowMs: number): ReserveOutcome | undefined {
    const { limit, quantity, mode, allowanceWhenUnknown } = demand;
    if (mode === 'alert') return undefined;
    const remaining = this.remaining(demand, nowMs);
    if (remaining !== null) {
      return quantity <= remaining ? undefined : { allowed: false, limitId: limit.id, reason: 'exhausted', remaining };
    }
    const left = atLeastZero((allowanceWhenUnknown ?? 0n) - (this.#trusted.get(limit.id) ?? 0n));
    if (allowanceWhenUnknown !== null && quantity <= left) return undefined;
    return { allowed: false, limitId: limit.id, reason: 'unknown', remaining: left };
  }

  #take({ limit, quantity, amount }: LimitDemand, nowMs: number): void {
    const counter = this.#counters.get(limit.id);
    if (counter?.isLive !== true) this.#trusted.set(limit.id, (this.#trusted.get(limit.id) ?? 0n) + quantity);
    if (counter === undefined) return;
    if (limit.window === 'minute') pour(counter.bucket, { quantity, amount, nowMs });
    else counter.held += quantity;
  }

  /** What is left of a limit; null while its counter is not known. */
  remaining(demand: Omit<LimitDemand, 'quantity'>, nowMs: number): bigint | null {
    const { limit, windowStartMs, amount } = demand;
    const counter = this.#counters.get(limit.id);
    if (counter?.isLive !== true) return null;
    if (limit.window === 'minute') {
      return leftIn({ ...counter.bucket, amount }, nowMs);
    }
    return atLeastZero(amount - (counter.used.get(windowStartMs) ?? 0n) - counter.held);
  }

  /** Gives back what a request held that came to nothing. False: there is no such reservation any more. */
  release(reservationId: string, nowMs: number): boolean {
    this.expire(nowMs);
    return this.#endLease(reservationId, nowMs);
  }

  /** What is no longer waited for is no longer held. A bucket has drained of it by itself. */
  expire(nowMs: number): void {
    const dueMs = Math.min(nowMs, this.#settledUntilMs ?? nowMs);
    for (const [reservationId, { expiresAtMs, holds }] of this.#leases) {
      if (expiresAtMs > dueMs) continue;
      this.#leases.delete(reservationId);
      for (const { limitId, quantity } of holds) this.#letGo(limitId, quantity);
    }
  }

  #endLease(reservationId: string, nowMs: number): boolean {
    const lease = this.#leases.get(reservationId);
    if (lease === undefined) return false;
    this.#leases.delete(reservationId);
    for (const { limitId, quantity } of lease.holds) {
      const counter = this.#counters.get(limitId);
      if (counter === undefined) continue;
      if (this.#definitions.get(limitId)?.window === 'minute') pour(counter.bucket, { quantity: -quantity, nowMs });
      else this.#letGo(limitId, quantity);
    }
    return true;
  }

  #letGo(limitId: string, quantity: bigint): void {
    const counter = this.#counters.get(limitId);
    if (counter === undefined || this.#definitions.get(limitId)?.window === 'minute') return;
    counter.held = atLeastZero(counter.held - quantity);
  }

  /**
   * Counts what was really used, each event once: those at or before the place up to which the partition was settled
   * already are passed over, so that a batch may come again, cut otherwise. Their reservations end all the same: what a
   * rebuild has counted is held until then, and would be until it expires.
   */
  settle(partition: number, events: readonly SettledEvent[], nowMs: number): void {
    this.expire(nowMs);
    for (const event of events) {
      if (event.reservationId !== null) this.#endLease(event.reservationId, nowMs);
      if (event.place <= (this.#applied.get(partition) ?? BEFORE_ALL)) continue;
      this.#applied.set(partition, event.place);
      for (const definition of this.#definitions.values()) {
        if (limitApplies(definition, event)) this.#count(definition, event, nowMs);
      }
    }
  }

  #count(definition: LimitDefinition, { timeMs, use, windowStarts }: SettledEvent, nowMs: number): void {
    const { id, metric, window, countsFromMs } = definition;
    const counter = this.#counters.get(id);
    const quantity = quantityOf(metric, use);
    if (counter === undefined || timeMs < countsFromMs) return;
    if (window === 'minute') {
      pour(counter.bucket, { quantity, nowMs });
      return;
    }
    const windowStartMs = window === 'lifetime' ? LIFETIME.startMs : windowStarts[window];
    if (windowStartMs === undefined) return;
    const startMs = countingStart(definition, windowStartMs);
    for (const used of [counter.used, counter.usedSince]) addTo(used, startMs, quantity);
  }

  /**
   * Begins to count for a limit, or to count again what may have drifted: from here on events are added, and what was
   * used until here is asked of the warehouse. Answers the place of each partition up to which to ask. `storedUntil` is
   * what the warehouse has; it stands in where nothing was ever settled here. A counter that is live stays so meanwhile.
   */
  begin(rebuild: {
    readonly definition: LimitDefinition;
    readonly amount: bigint;
    readonly token: string;
    readonly storedUntil: ReadonlyMap<number, string>;
    readonly nowMs: number;
  }): ReadonlyMap<number, string> {
    const { definition, amount, token, storedUntil, nowMs } = rebuild;
    this.expire(nowMs);
    for (const [partition, place] of storedUntil) {
      if (!this.#applied.has(partition)) this.#applied.set(partition, place);
    }
    this.#definitions.set(definition.id, definition);
    const known = this.#counters.get(definition.id);
    this.#counters.set(definition.id, {
      isLive: known?.isLive ?? false,
      token,
      held: definition.window === 'minute' ? 0n : this.#heldFor(definition.id),
      used: known?.used ?? new Map(),
      usedSince: new Map(),
      bucket: known?.bucket ?? { level: 0n, atMs: nowMs, amount },
    });
    return new Map(this.#applied);
  }

  /**
   * Takes what lies at or before these places for counted: it is stored and was not settled, and never will be. To be
   * followed by a rebuild of every limit of the owner, which finds it in the warehouse.
   */
  passOver(places: ReadonlyMap<number, string>): void {
    for (const [partition, place] of places) {
      if (place > (this.#applied.get(partition) ?? BEFORE_ALL)) this.#applied.set(partition, place);
    }
  }

  #heldFor(limitId: string): bigint {
    return [...this.#leases.values()]
      .flatMap(({ holds }) => holds.filter((hold) => hold.limitId === limitId))
      .reduce((sum, { quantity }) => sum + quantity, 0n);
  }

  /** Adds what the warehouse has, by start of the window. False: another rebuild has begun since, and this one is void. */
  finish(rebuild: {
    readonly limitId: string;
    readonly token: string;
    readonly used: ReadonlyMap<number, bigint>;
    readonly nowMs: number;
  }): boolean {
    const { limitId, token, used, nowMs } = rebuild;
    const counter = this.#counters.get(limitId);
    if (counter === undefined || counter.token !== token) return false;
    if (this.#definitions.get(limitId)?.window !== 'minute') {
      counter.used.clear();
      for (const since of [counter.usedSince, used]) {
        for (const [startMs, quantity] of since) addTo(counter.used, startMs, quantity);
      }
    } else if (!counter.isLive) {
      for (const quantity of used.values()) pour(counter.bucket, { quantity, nowMs });
    }
    counter.usedSince.clear();
    counter.token = null;
    counter.isLive = true;
    this.#trusted.delete(limitId);
    return true;
  }

  /** Stops to count for a limit that is gone. */
  remove(limitId: string): void {
    this.#definitions.delete(limitId);
    this.#counters.delete(limitId);
    this.#trusted.delete(limitId);
  }

  held(limitId: string): bigint | null {
    return this.#counters.get(limitId)?.held ?? null;
  }

  used(limitId: string, windowStartMs: number): bigint | null {
    const counter = this.#counters.get(limitId);
    return counter === undefined ? null : (counter.used.get(windowStartMs) ?? 0n);
  }
}

function addTo(used: Map<number, bigint>, startMs: number, quantity: bigint): void {
  used.set(startMs, (used.get(startMs) ?? 0n) + quantity);
  // Of a limit's windows the newest are enough: the one under way, the one before it, and one that clocks run ahead into.
  if (used.size > WINDOWS_KEPT) used.delete(Math.min(...used.keys()));
}

function atLeastZero(value: bigint): bigint {
  return value > 0n ? value : 0n;
}
