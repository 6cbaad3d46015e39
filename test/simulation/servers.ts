// What Kafka, ClickHouse and Redis do for the counter, as far as being exact goes: a log of partitions with a committed offset
// each, a table that shows of each key the copy that stands first in the log, and counters that are the domain's ledger.

import {
  LimitLedger,
  limitApplies,
  limitedUseOf,
  partitionKeyOf,
  placeTextOf,
  quantityOf,
  type Receipt,
  TollgateError,
  type UsageRow,
} from '@tollgate/domain';
import { type LogBatch, positionOf } from '@tollgate/event-log';
import type { LimitCounters } from '@tollgate/limits';
import type { LimitUseQuery, OffsetRange, StoredBatch, StoredPlace, Warehouse } from '@tollgate/warehouse';
import type { World } from './world.ts';

export const EPOCH = 1;

/** A mistake that somebody could make, to see that it is found. */
export type PlantedBug = 'commit_before_insert' | 'settle_twice' | 'last_copy_wins';

const PARTITIONS_MAX = 100;

/** Someone who asks servers: once it is dead, no answer reaches it any more. */
export interface Asker {
  readonly isDead: boolean;
}

/** How often a request is refused, and how often one that was done is not answered. */
export interface Faults {
  refuse: number;
  drop: number;
}

type Call = <Result>(work: () => Result) => Promise<Result>;

/** Requests of one asker to one server: each arrives, is done, and is answered at turns of their own. */
export function callsOf(world: World, asker: Asker, faults: Faults): Call {
  const arrive = async (): Promise<void> => {
    await world.turn();
    if (asker.isDead) await new Promise(() => undefined);
  };
  return async (work) => {
    // What a dead process had sent before may still be done.
    await world.turn();
    if (world.chance(faults.refuse)) {
      await arrive();
      throw new TollgateError({ code: 'unavailable', detail: 'refused' });
    }
    const result = work();
    await arrive();
    if (world.chance(faults.drop)) throw new TollgateError({ code: 'unavailable', detail: 'not answered' });
    return result;
  };
}

export class SimulatedLog {
  readonly partitions: readonly { readonly entries: Uint8Array[][]; committed: number }[];
  readonly #waiting: (() => void)[] = [];

  constructor(partitionCount: number) {
    this.partitions = Array.from({ length: partitionCount }, () => ({ entries: [], committed: 0 }));
  }

  append(partition: number, records: Uint8Array[]): void {
    this.partitions[partition]?.entries.push(records);
    this.wake();
  }

  endOf(partition: number): number {
    return this.partitions[partition]?.entries.length ?? 0;
  }

  committedOf(partition: number): number {
    return this.partitions[partition]?.committed ?? 0;
  }

  commit(partition: number, offset: number): void {
    const known = this.partitions[partition];
    if (known !== undefined) known.committed = offset;
    this.wake();
  }

  get isConsumed(): boolean {
    return this.partitions.every(({ entries, committed }) => committed >= entries.length);
  }

  batch(partition: number, { from, entriesMax }: { readonly from: number; readonly entriesMax: number }): LogBatch {
    const entries = this.partitions[partition]?.entries.slice(from, from + entriesMax) ?? [];
    return {
      partition,
      firstOffset: BigInt(from),
      nextOffset: BigInt(from + entries.length),
      records: entries.flatMap((values, at) =>
        values.map((value, index) => ({ partition, position: positionOf(BigInt(from + at), index), value })),
      ),
    };
  }

  /** Until something happened to the log, or `wake` was called. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export class SimulatedWarehouse {
  /** By customer and event: the copy that stands first in the log. */
  readonly rows = new Map<string, UsageRow>();
  /** By partition and place. */
  readonly receipts = new Map<string, Receipt>();
  readonly ranges: OffsetRange[] = [];
  readonly #bug: PlantedBug | undefined;

  constructor(bug?: PlantedBug) {
    this.#bug = bug;
  }

  /** In the three steps that it has in ClickHouse, between which anything may happen. */
  storedBy(call: Call): Pick<Warehouse, 'store'> {
    return {
      store: async ({ range, receipts, usage }: StoredBatch) => {
        await call(() => {
          for (const row of usage) this.#show(row);
        });
        await call(() => {
          for (const receipt of receipts) this.receipts.set(receiptKey(receipt), receipt);
        });
        await call(() => void this.ranges.push(range));
      },
    };
  }

  #show(row: UsageRow): void {
    const key = partitionKeyOf(row.customerId, row.eventId);
    const known = this.rows.get(key);
    const isFirst = known === undefined || placeTextOf(row) <= placeTextOf(known);
    if (isFirst || this.#bug === 'last_copy_wins') this.rows.set(key, row);
  }

  askedBy(call: Call): Pick<Warehouse, 'storedUntil' | 'limitUse'> {
    return {
      storedUntil: () => call(() => this.#storedUntil()),
      limitUse: (query) => call(() => this.limitUse(query)),
    };
  }

  #storedUntil(): ReadonlyMap<number, StoredPlace> {
    const places = new Map<number, StoredPlace>();
    for (const { partition, nextOffset } of this.ranges) {
      const position = positionOf(nextOffset, 0) - 1n;
      if (position > (places.get(partition)?.position ?? -1n)) places.set(partition, { epoch: EPOCH, position });
    }
    return places;
  }

  limitUse({ customerId, currency, limits, until }: LimitUseQuery): readonly ReadonlyMap<number, bigint>[] {
    return limits.map((limit) => {
      const definition = { ...limit, id: '', window: 'lifetime', countsFromMs: 0 } as const;
      const rows = [...this.rows.values()].filter(
        (row) =>
          row.customerId === customerId &&
          limitApplies(definition, row) &&
          row.position <= (until.get(row.partition)?.position ?? -1n),
      );
      const usedIn = (startMs: number, endMs: number): bigint =>
        rows
          .filter(({ timeMs }) => timeMs >= startMs && timeMs < endMs)
          .reduce((sum, row) => sum + quantityOf(limit.metric, limitedUseOf(row, currency)), 0n);
      return new Map(limit.windows.map(({ startMs, endMs }) => [startMs, usedIn(startMs, endMs)]));
    });
  }
}

export function receiptKey({ partition, position }: Pick<Receipt, 'partition' | 'position'>): string {
  return `${partition} ${position}`;
}

type SimulatedPart = Pick<LimitCounters, 'touch' | 'settle' | 'begin' | 'finish' | 'passOver' | 'reserve' | 'release'>;

/** The ledgers of all owners, which a loss of Redis's data empties. */
export class SimulatedCounters {
  readonly #world: World;
  readonly #owners = new Map<string, { readonly ledger: LimitLedger; readonly limits: Set<string> }>();

  readonly #bug: PlantedBug | undefined;
  #settled = 0;

  constructor(world: World, bug?: PlantedBug) {
    this.#world = world;
    this.#bug = bug;
  }

  lose(): void {
    this.#owners.clear();
  }

  ledgerOf(owner: string): LimitLedger {
    return this.#of(owner).ledger;
  }

  #of(owner: string) {
    const known = this.#owners.get(owner) ?? { ledger: new LimitLedger(), limits: new Set<string>() };
    this.#owners.set(owner, known);
    return known;
  }

  askedBy(call: Call): SimulatedPart {
    const world = this.#world;
    return {
      touch: (owner, { partition, place }) =>
        call(() => {
          const { ledger, limits } = this.#of(owner);
          if (limits.size === 0) ledger.passOver(new Map([[partition, place]]));
          return limits.size > 0;
        }),
      settle: (owner, { partition, events }) =>
        call(() => {
          this.#settled += PARTITIONS_MAX;
          // A partition that was never heard of has no place up to which it is settled.
          const heard = this.#bug === 'settle_twice' ? partition + this.#settled : partition;
          this.ledgerOf(owner).settle(heard, events, world.nowMs);
          return [];
        }),
      begin: (owner, rebuild) =>
        call(() => {
          const { ledger, limits } = this.#of(owner);
          limits.add(rebuild.definition.id);
          return ledger.begin({ ...rebuild, nowMs: world.nowMs });
        }),
      finish: (owner, rebuild) => call(() => this.ledgerOf(owner).finish({ ...rebuild, nowMs: world.nowMs })),
      passOver: (owner, places) => call(() => this.ledgerOf(owner).passOver(places)),
      reserve: (owner, { ttlMs, ...request }) =>
        call(() => {
          const nowMs = world.nowMs;
          return this.ledgerOf(owner).reserve({ ...request, nowMs, expiresAtMs: nowMs + ttlMs });
        }),
      release: (owner, id) => call(() => this.ledgerOf(owner).release(id, world.nowMs)),
    };
  }
}
