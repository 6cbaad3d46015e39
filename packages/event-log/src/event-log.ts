// The port of the event log: an ordered, durable, partitioned log of opaque records. Ingest appends to it, the counter
// consumes it; Kafka and Redis Streams implement it and one contract suite drives both.
//
// An *entry* is what the log stores at one offset; it carries one or more *records* that were gathered for the same
// partition. A record's position packs both: `offset << 12 | index in the entry`.

/** A record to append. Records with the same `partitionKey` go to the same partition, in the order of their appends. */
export interface LogRecord {
  readonly partitionKey: string;
  readonly value: Uint8Array;
}

export const RECORDS_PER_ENTRY_MAX = 4_096;
const INDEX_BITS = 12n;

export function positionOf(offset: bigint, index: number): bigint {
  return (offset << INDEX_BITS) | BigInt(index);
}

export function offsetOf(position: bigint): bigint {
  return position >> INDEX_BITS;
}

export interface LogWriter {
  /**
   * Resolves when the log has every record durably. Rejects with `TollgateError` `log_unavailable` when it cannot say
   * so in time, or when too many bytes are in flight already: then some of the records may be in the log all the same.
   */
  append(records: readonly LogRecord[]): Promise<void>;
  /** Bytes handed in and not yet acknowledged. */
  readonly bytesInFlight: number;
  /** Resolves when the log answers. */
  ready(): Promise<void>;
  /** Waits for what is in flight, then closes. */
  close(): Promise<void>;
}

export interface DeliveredRecord {
  readonly partition: number;
  readonly position: bigint;
  readonly value: Uint8Array;
}

/** Consecutive entries of one partition, unpacked. An entry that cannot be unpacked is one record: its raw bytes. */
export interface LogBatch {
  readonly partition: number;
  readonly firstOffset: bigint;
  /** The offset after the last entry of the batch: what is committed once the batch is handled. */
  readonly nextOffset: bigint;
  readonly records: readonly DeliveredRecord[];
}

export interface BatchContext {
  /** Aborted when the partition is taken away or the reader closes: stop soon and write nothing more. */
  readonly signal: AbortSignal;
  /** Tells the log that this consumer lives; to be called at least every few seconds in long work. Cheap. */
  keepAlive(): Promise<void>;
}

/** Resolving commits the batch; rejecting delivers it again, after a pause. */
export type BatchHandler = (batch: LogBatch, context: BatchContext) => Promise<void>;

export interface LogReader {
  /** Consumes until `close`. Partitions are shared with the other readers of the same group. */
  run(handle: BatchHandler): Promise<void>;
  /** The partitions this reader holds now. */
  assigned(): readonly number[];
  /** Aborts what runs, waits for it within the drain budget, leaves the group. */
  close(): Promise<void>;
}

export interface PartitionProgress {
  readonly partition: number;
  /** The first offset still stored. */
  readonly startOffset: bigint;
  /** The next offset that the group will consume; `startOffset` when it never committed. */
  readonly committedOffset: bigint;
  /** The next offset that the log will give. `endOffset - committedOffset` is the lag in entries. */
  readonly endOffset: bigint;
}

/** Looks at the log from outside: lag, and what the group has not committed yet. */
export interface LogMonitor {
  /** Names this log for ever: another topic, cluster or Redis has another identity. */
  identity(): Promise<string>;
  progress(): Promise<readonly PartitionProgress[]>;
  /** Visits the records that the group has not committed. `complete` is false when a limit cut it short. */
  readUncommitted(
    visit: (record: DeliveredRecord) => void,
    limits: { readonly recordsMax: number; readonly timeoutMs: number },
  ): Promise<{ readonly complete: boolean }>;
  /** Makes the group consume everything that is still stored again. No reader of the group may be running. */
  rewindToStart(): Promise<void>;
  close(): Promise<void>;
}

/** A record that could not be counted, with the reason. */
export interface DeadLetter {
  /** Where the record stood: `epoch-partition-position`. A letter that is put twice is read as one. */
  readonly id: string;
  readonly code: string;
  readonly detail: string;
  readonly deadAtMs: number;
  readonly value: Uint8Array;
}

/** Dead letters, kept apart from the log and longer than it. Reading is for people, not for throughput. */
export interface DeadLetterQueue {
  /** Resolves when all are durable. */
  put(letters: readonly DeadLetter[]): Promise<void>;
  /** The letters with these ids that are still stored, each once. */
  find(ids: readonly string[]): Promise<readonly DeadLetter[]>;
  close(): Promise<void>;
}

/** The log of one deployment: what its adapter's factory gives. Each part has its own connection and is closed by itself. */
export interface EventLog {
  /**
   * Creates what is missing. Rejects when the log exists with another number of partitions than configured: that number
   * is fixed for ever, since a key must stay in its partition.
   */
  ensure(): Promise<void>;
  writer(): LogWriter;
  reader(options: { readonly group: string }): LogReader;
  monitor(options: { readonly group: string }): LogMonitor;
  deadLetters(): DeadLetterQueue;
}
