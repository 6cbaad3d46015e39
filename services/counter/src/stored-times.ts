// Until when each partition is stored while it lags: the time of receipt of the last record stored. Whatever is not yet
// stored was appended after that record, hence accepted after it was received.

export class StoredTimes {
  private readonly lastMs = new Map<number, number>();

  note(partition: number, receivedAtMs: number | undefined): void {
    // Foreign records have no time.
    if (receivedAtMs !== undefined && receivedAtMs > 0) this.lastMs.set(partition, receivedAtMs);
  }

  of(partition: number): number | undefined {
    return this.lastMs.get(partition);
  }

  keepOnly(partitions: readonly number[]): void {
    for (const partition of this.lastMs.keys()) {
      if (!partitions.includes(partition)) this.lastMs.delete(partition);
    }
  }
}
