// Remembers which events were seen lately and where, so that a later copy never reaches the usage table, not even for the
// moment until the warehouse collapses it. The filter is exact for what it remembers, and bounded; what it has forgotten the
// warehouse finds.

interface Place {
  readonly epoch: number;
  readonly position: bigint;
}

/** Two generations of these are kept for each partition: the young one becomes the old one when it is full. */
const IDS_PER_GENERATION = 20_000;

interface Generations {
  young: Map<string, Place>;
  old: Map<string, Place>;
}

export class RecentIds {
  private readonly partitions = new Map<number, Generations>();

  /**
   * True when an earlier copy of the event is known. The same place once more is a redelivery, not a copy, and an earlier
   * place than the known one (the log is read again) is the first.
   */
  isCopy(partition: number, key: string, place: Place): boolean {
    const { young, old } = this.generationsOf(partition);
    const known = young.get(key) ?? old.get(key);
    if (known !== undefined && isBefore(known, place)) return true;
    this.remember(partition, key, place);
    return false;
  }

  /** For an event whose row could not be stored: a later copy may still be. */
  forgetEvent(partition: number, key: string): void {
    const { young, old } = this.generationsOf(partition);
    young.delete(key);
    old.delete(key);
  }

  /** For a batch that failed: what it remembered may not be stored at the place that is remembered. */
  forgetPartition(partition: number): void {
    this.partitions.delete(partition);
  }

  /** Forgets the partitions that another counter has now. */
  keepOnly(partitions: readonly number[]): void {
    for (const partition of this.partitions.keys()) {
      if (!partitions.includes(partition)) this.partitions.delete(partition);
    }
  }

  private remember(partition: number, key: string, place: Place): void {
    const generations = this.generationsOf(partition);
    if (generations.young.size >= IDS_PER_GENERATION) {
      generations.old = generations.young;
      generations.young = new Map();
    }
    generations.young.set(key, place);
  }

  private generationsOf(partition: number): Generations {
    let generations = this.partitions.get(partition);
    if (generations === undefined) {
      generations = { young: new Map(), old: new Map() };
      this.partitions.set(partition, generations);
    }
    return generations;
  }
}

function isBefore(a: Place, b: Place): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.position < b.position);
}
