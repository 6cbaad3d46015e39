// The events that are not settled yet, bounded in number and bytes. An event enters once and leaves once, by `settle`.

import type { QueuedEvent, UsageEvent } from '../event.ts';
import type { Delivery, Report } from './delivery.ts';
import type { ReportListeners } from './report-listeners.ts';

export interface QueueLimits {
  /** What waits and what is under way, together. */
  readonly queueEventsMax: number;
  readonly queueBytesMax: number;
}

/** An event as it waits: the bytes that will be sent, so that what happens to the caller's object later changes nothing. */
export interface QueuedEntry {
  readonly event: QueuedEvent;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly queuedAtMs: number;
  readonly durable: Promise<Delivery>;
  readonly resolve: (delivery: Delivery) => void;
}

export interface EventQueue {
  offer(event: UsageEvent, nowMs: number): Report;
  /** In the order in which they are to be sent. */
  entries(): readonly QueuedEntry[];
  /** The first ones, as many as go into a batch; at least one, where there is one. */
  head(limits: BatchLimits): readonly QueuedEntry[];
  isBatchFull(limits: BatchLimits): boolean;
  size(): number;
  settle(entry: QueuedEntry, delivery: Delivery): void;
  /** Behind all others. */
  postpone(entry: QueuedEntry): void;
  /** From now on nothing is taken. */
  close(): void;
}

export interface BatchLimits {
  readonly batchEventsMax: number;
  readonly batchBytesMax: number;
}

/** What the service takes in one body; the brackets of a list are two of them. */
const EVENT_BYTES_MAX = 5 * 1024 * 1024 - 2;

export function createEventQueue(limits: QueueLimits, listeners: ReportListeners): EventQueue {
  const queue = new Set<QueuedEntry>();
  let bytesQueued = 0;
  let isClosed = false;

  const refusalOf = (bytes: Uint8Array | null): Delivery | undefined => {
    if (bytes === null) return rejected('invalid_event', 'It cannot be written as JSON.');
    if (bytes.byteLength > EVENT_BYTES_MAX) {
      return rejected('body_too_large', `It has more than ${EVENT_BYTES_MAX} bytes as JSON.`);
    }
    if (isClosed) return { kind: 'undelivered', reason: 'closed' };
    const isFull = queue.size >= limits.queueEventsMax || bytesQueued + bytes.byteLength > limits.queueBytesMax;
    return isFull ? { kind: 'undelivered', reason: 'queue_full' } : undefined;
  };

  return {
    offer(given, nowMs) {
      // The id and the time are made here, once: every attempt sends the same.
      const time = given.time ?? new Date(nowMs).toISOString();
      const event = { ...given, id: given.id ?? crypto.randomUUID(), time };
      const bytes = encodeEvent(event);
      const refusal = refusalOf(bytes);
      if (refusal !== undefined || bytes === null) {
        const delivery = refusal ?? rejected('invalid_event', '');
        tell(listeners, event, delivery);
        return { id: event.id, isQueued: false, durable: Promise.resolve(delivery) };
      }
      let resolve = (_: Delivery): void => {};
      const durable = new Promise<Delivery>((settle) => {
        resolve = settle;
      });
      queue.add({ event, bytes, queuedAtMs: nowMs, durable, resolve });
      bytesQueued += bytes.byteLength;
      return { id: event.id, isQueued: true, durable };
    },
    entries: () => [...queue],
    head(batch) {
      const taken: QueuedEntry[] = [];
      let bytes = 1;
      for (const entry of queue) {
        bytes += entry.bytes.byteLength + 1;
        if (taken.length > 0 && (taken.length === batch.batchEventsMax || bytes > batch.batchBytesMax)) break;
        taken.push(entry);
      }
      return taken;
    },
    isBatchFull: (batch) => queue.size >= batch.batchEventsMax || bytesQueued >= batch.batchBytesMax,
    size: () => queue.size,
    settle(entry, delivery) {
      if (!queue.delete(entry)) return;
      bytesQueued -= entry.bytes.byteLength;
      entry.resolve(delivery);
      tell(listeners, entry.event, delivery);
    },
    postpone(entry) {
      if (queue.delete(entry)) queue.add(entry);
    },
    close() {
      isClosed = true;
    },
  };
}

function rejected(code: string, detail: string): Delivery {
  return { kind: 'rejected', rejection: { code, detail, errors: [] } };
}

function tell(listeners: ReportListeners, event: QueuedEvent, delivery: Delivery): void {
  if (delivery.kind === 'rejected') listeners.onRejected(event, delivery.rejection);
  if (delivery.kind === 'undelivered') listeners.onUndelivered(event, delivery.reason);
}

/** Null for what JSON cannot hold, such as a bigint or a circle. */
function encodeEvent(event: QueuedEvent): Uint8Array<ArrayBuffer> | null {
  try {
    return new TextEncoder().encode(JSON.stringify(event));
  } catch {
    return null;
  }
}
