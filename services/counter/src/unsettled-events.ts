// Events that are stored and that their limits were not told of yet, by owner and partition, in the order of the log.

import type { UsageRow } from '@tollgate/domain';

/** What settling has to know of a stored row: kept while Redis is away, so no more than that. */
export type SettledRow = Pick<
  UsageRow,
  | 'epoch'
  | 'position'
  | 'customerId'
  | 'projectId'
  | 'keyId'
  | 'model'
  | 'timeMs'
  | 'requests'
  | 'tokens'
  | 'costPico'
  | 'currency'
  | 'reservation'
>;

/** Events of one partition that one owner's limits count. */
export interface OwnerEvents {
  readonly owner: string;
  readonly partition: number;
  readonly rows: readonly SettledRow[];
}

export class UnsettledEvents {
  readonly #rowsMax: number;
  readonly #partitions = new Map<number, Map<string, readonly SettledRow[]>>();
  #size = 0;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  get size(): number {
    return this.#size;
  }

  partitions(): readonly number[] {
    return [...this.#partitions.keys()];
  }

  /** False: there is no room, and they are not kept. */
  add({ owner, partition, rows }: OwnerEvents): boolean {
    if (this.#size + rows.length > this.#rowsMax) return false;
    const owners = this.#partitions.get(partition) ?? new Map<string, readonly SettledRow[]>();
    owners.set(owner, [...(owners.get(owner) ?? []), ...rows.map(slim)]);
    this.#partitions.set(partition, owners);
    this.#size += rows.length;
    return true;
  }

  /** Takes out what is kept of a partition, and puts what follows it behind it. */
  takeWith(partition: number, following: readonly OwnerEvents[]): readonly OwnerEvents[] {
    const kept = this.#partitions.get(partition);
    if (kept === undefined) return following;
    this.#partitions.delete(partition);
    const owners = new Map(kept);
    for (const { owner, rows } of following) owners.set(owner, [...(owners.get(owner) ?? []), ...rows]);
    for (const rows of kept.values()) this.#size -= rows.length;
    return [...owners].map(([owner, rows]) => ({ owner, partition, rows }));
  }
}

function slim(row: SettledRow): SettledRow {
  const { epoch, position, customerId, projectId, keyId, model, timeMs, requests, tokens, costPico, currency } = row;
  return {
    ...{ epoch, position, customerId, projectId, keyId, model, timeMs, requests, tokens, costPico, currency },
    reservation: row.reservation,
  };
}
