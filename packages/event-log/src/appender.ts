// Gathers the records of concurrent `append` calls into one entry per partition, sends them together and answers each
// call once all of its records are in the log. Neither log has a linger of its own that answers the caller, and one send
// per call costs several times more than everything else that ingest does.
//
// A partition has at most one entry under way, so that its records are stored in the order of their appends; what comes
// meanwhile is gathered for the next one. Sends start at least `gatherMs` apart; a lone append does not wait.

import { TollgateError } from '@tollgate/domain';
import { packEntry, RECORD_OVERHEAD_BYTES } from './entry.ts';
import { type LogRecord, type LogWriter, RECORDS_PER_ENTRY_MAX } from './event-log.ts';
import { logUnavailable } from './log-unavailable.ts';
import { partitionOf } from './partitioner.ts';

/** An entry holds several records only up to this size. Kafka's default for a message is 1 MB. */
const ENTRY_BYTES_MAX = 900_000;
/** An event (5 MiB) with its header. The log's own limit per message must allow it. */
export const RECORD_BYTES_MAX = 6 * 1024 * 1024;
/** What goes out in one request; further partitions go in another. */
const SEND_BYTES_MAX = 8 * 1024 * 1024;
/** With so much waiting there is nothing to gain from gathering longer. */
const GATHERED_BYTES_ENOUGH = 256 * 1024;
const SWEEP_MS = 100;

export interface OutgoingEntry {
  readonly partition: number;
  readonly value: Buffer;
}

export interface AppenderOptions {
  readonly partitionCount: number;
  /** Resolves when the log has every entry durably. It must settle within a bounded time: the bytes are held until then. */
  readonly send: (entries: readonly OutgoingEntry[]) => Promise<void>;
  readonly bytesInFlightMax: number;
  readonly gatherMs: number;
  /** An append that is not acknowledged by then is rejected. */
  readonly timeoutMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

interface Append {
  unacknowledged: number;
  isSettled: boolean;
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: TollgateError) => void;
}

interface QueuedRecord {
  readonly append: Append;
  readonly value: Uint8Array;
}

interface PartitionQueue {
  readonly partition: number;
  records: QueuedRecord[];
  isSending: boolean;
}

interface PreparedEntry {
  readonly queue: PartitionQueue;
  readonly records: readonly QueuedRecord[];
  readonly bytes: number;
}

export type Appender = Pick<LogWriter, 'append' | 'bytesInFlight'> & {
  /** Resolves when nothing is in flight; what is appended from now on is rejected. */
  close(): Promise<void>;
};

export function createAppender(options: AppenderOptions): Appender {
  const { partitionCount, now } = options;
  const queues = Array.from(
    { length: partitionCount },
    (_, partition): PartitionQueue => ({ partition, records: [], isSending: false }),
  );
  // In the order of their deadlines, as all have the same time.
  const unsettled = new Set<Append>();
  let bytesInFlight = 0;
  let bytesQueued = 0;
  let lastFlushAt = Number.NEGATIVE_INFINITY;
  let cancelFlush: (() => void) | undefined;
  let isFlushImmediate = false;
  let isSweepScheduled = false;
  let onIdle: (() => void) | undefined;
  let isClosed = false;

  function append(records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    let bytes = 0;
    for (const { value } of records) {
      if (value.byteLength > RECORD_BYTES_MAX) return Promise.reject(tooLarge(value.byteLength));
      bytes += sizeOf(value);
    }
    if (isClosed || bytesInFlight + bytes > options.bytesInFlightMax) {
      return Promise.reject(
        logUnavailable(new Error(isClosed ? 'The writer is closed.' : 'Too many bytes are in flight.')),
      );
    }
    bytesInFlight += bytes;
    bytesQueued += bytes;
    return new Promise((resolve, reject) => {
      const deadline = now() + options.timeoutMs;
      const call: Append = { unacknowledged: records.length, isSettled: false, deadline, resolve, reject };
      for (const { partitionKey, value } of records) {
        queues[partitionOf(partitionKey, partitionCount)]?.records.push({ append: call, value });
      }
      unsettled.add(call);
      scheduleSweep();
      scheduleFlush();
    });
  }

  function scheduleFlush(): void {
    if (isFlushImmediate) return;
    const waitMs = bytesQueued >= GATHERED_BYTES_ENOUGH ? 0 : lastFlushAt + options.gatherMs - now();
    if (waitMs > 0 && cancelFlush !== undefined) return;
    cancelFlush?.();
    if (waitMs > 0) {
      const timer = setTimeout(flush, waitMs);
      cancelFlush = () => clearTimeout(timer);
      return;
    }
    // Not at once: the appends of this turn of the event loop belong together.
    isFlushImmediate = true;
    setImmediate(flush);
  }

  function flush(): void {
    cancelFlush?.();
    cancelFlush = undefined;
    isFlushImmediate = false;
    let batch: PreparedEntry[] = [];
    let batchBytes = 0;
    for (const queue of queues) {
      if (queue.isSending || queue.records.length === 0) continue;
      const entry = takeEntry(queue);
      if (batchBytes + entry.bytes > SEND_BYTES_MAX && batch.length > 0) {
        void sendEntries(batch);
        batch = [];
        batchBytes = 0;
      }
      batch.push(entry);
      batchBytes += entry.bytes;
    }
    if (batch.length > 0) void sendEntries(batch);
  }

  function takeEntry(queue: PartitionQueue): PreparedEntry {
    let count = 0;
    let bytes = 0;
    for (const { value } of queue.records) {
      if (count === RECORDS_PER_ENTRY_MAX || (count > 0 && bytes + sizeOf(value) > ENTRY_BYTES_MAX)) break;
      count += 1;
      bytes += sizeOf(value);
    }
    const records = queue.records.splice(0, count);
    queue.isSending = true;
    bytesQueued -= bytes;
    return { queue, records, bytes };
  }

  async function sendEntries(entries: readonly PreparedEntry[]): Promise<void> {
    lastFlushAt = now();
    let failure: TollgateError | undefined;
    try {
      await options.send(
        entries.map(({ queue, records }) => ({
          partition: queue.partition,
          value: packEntry(records.map(({ value }) => value)),
        })),
      );
    } catch (error) {
      failure = logUnavailable(error);
    }
    for (const entry of entries) settleEntry(entry, failure);
    // What was rejected will come again: the rest of it need not go out as well.
    if (failure !== undefined) for (const queue of queues) forgetSettled(queue);
    if (queues.some(({ isSending, records }) => !isSending && records.length > 0)) scheduleFlush();
    if (bytesInFlight === 0) onIdle?.();
  }

  function settleEntry(entry: PreparedEntry, failure: TollgateError | undefined): void {
    entry.queue.isSending = false;
    bytesInFlight -= entry.bytes;
    for (const { append: call } of entry.records) {
      call.unacknowledged -= 1;
      if (failure !== undefined) settle(call, failure);
      else if (call.unacknowledged === 0) settle(call, undefined);
    }
  }

  function settle(call: Append, failure: TollgateError | undefined): void {
    if (call.isSettled) return;
    call.isSettled = true;
    unsettled.delete(call);
    if (failure === undefined) call.resolve();
    else call.reject(failure);
  }

  function scheduleSweep(): void {
    if (isSweepScheduled) return;
    isSweepScheduled = true;
    setTimeout(sweep, SWEEP_MS);
  }

  /** Rejects what is overdue and forgets those of its records that were not sent. */
  function sweep(): void {
    isSweepScheduled = false;
    const instant = now();
    let isAnyOverdue = false;
    for (const call of unsettled) {
      if (call.deadline > instant) break;
      isAnyOverdue = true;
      settle(call, logUnavailable(new Error('No acknowledgement came in time.')));
    }
    if (isAnyOverdue) for (const queue of queues) forgetSettled(queue);
    if (unsettled.size > 0) scheduleSweep();
    if (bytesInFlight === 0) onIdle?.();
  }

  function forgetSettled(queue: PartitionQueue): void {
    queue.records = queue.records.filter(({ append: call, value }) => {
      if (!call.isSettled) return true;
      bytesInFlight -= sizeOf(value);
      bytesQueued -= sizeOf(value);
      return false;
    });
  }

  return {
    append,
    get bytesInFlight() {
      return bytesInFlight;
    },
    close() {
      isClosed = true;
      if (bytesInFlight === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onIdle = resolve;
      });
    },
  };
}

function sizeOf(value: Uint8Array): number {
  return value.byteLength + RECORD_OVERHEAD_BYTES;
}

function tooLarge(bytes: number): TollgateError {
  return new TollgateError({
    code: 'body_too_large',
    detail: `An event may take ${RECORD_BYTES_MAX} bytes in the log; this one takes ${bytes}.`,
  });
}
