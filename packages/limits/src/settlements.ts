// The port of how far settling has come: the counters say it, and whoever lets go of reservations asks.

export interface Settlements {
  /**
   * Everything accepted until then (milliseconds since the epoch) has been settled, by partition of the log. What is
   * noted only ever grows. Rejects when it cannot be noted in time.
   */
  note(settled: { readonly partitions: number; readonly untilMs: ReadonlyMap<number, number> }): Promise<void>;
  /**
   * Of all partitions together; null while one of them was never heard of. Half a second old at times, which errs on the
   * safe side. Rejects when it was never learned and cannot be asked in time.
   */
  until(): Promise<number | null>;
}
