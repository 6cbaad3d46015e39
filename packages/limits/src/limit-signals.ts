// The port of what the services that settle, and those that watch over limits, tell each other. An owner that is told of
// twice before anybody looks is told of once, so that what waits is bounded by the number of owners.

export type OwnerSignal =
  /** Counters of the owner changed: there may be something to tell. */
  | 'changed'
  /** Its counters may lack something that was used. */
  | 'behind';

/** Every call rejects when the signals cannot be reached in time. */
export interface LimitSignals {
  tell(signal: OwnerSignal, owners: readonly string[]): Promise<void>;
  /** Takes some of those that were told of; nobody else gets them. */
  take(signal: OwnerSignal, countMax: number): Promise<readonly string[]>;
  /** Lays down a mark that goes when the counters are lost. */
  mark(): Promise<void>;
  /** False when there never was a mark, or everything that was counted until then is lost. */
  isMarked(): Promise<boolean>;
}
