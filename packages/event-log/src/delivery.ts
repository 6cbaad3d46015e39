// Hands one batch to the handler and says what became of it. Shared by the readers, so that both logs mean the same by
// revocation, by a handler that shows no life, and by the drain budget.

import { unpackEntry } from './entry.ts';
import type { BatchContext, BatchHandler, DeliveredRecord, LogBatch } from './event-log.ts';
import { positionOf } from './event-log.ts';

/** A batch holds at most this much, unless its first entry alone is larger. */
const BATCH_RECORDS_MAX = 20_000;
const BATCH_BYTES_MAX = 16 * 1024 * 1024;
const WATCH_MS = 250;

export interface StoredEntry {
  readonly offset: bigint;
  readonly value: Buffer;
}

/** Cuts consecutive entries of a partition into batches of bounded size. The last offset of each is its last entry's. */
export function* cutBatches(partition: number, entries: readonly StoredEntry[]): Generator<LogBatch> {
  let records: DeliveredRecord[] = [];
  let bytes = 0;
  let firstOffset: bigint | undefined;
  let nextOffset = 0n;
  for (const { offset, value } of entries) {
    const values = unpackEntry(value);
    const isFull = records.length + values.length > BATCH_RECORDS_MAX || bytes + value.byteLength > BATCH_BYTES_MAX;
    if (firstOffset !== undefined && isFull) {
      yield { partition, firstOffset, nextOffset, records };
      records = [];
      bytes = 0;
      firstOffset = undefined;
    }
    firstOffset ??= offset;
    nextOffset = offset + 1n;
    bytes += value.byteLength;
    values.forEach((record, index) => {
      records.push({ partition, position: positionOf(offset, index), value: record });
    });
  }
  if (firstOffset !== undefined) yield { partition, firstOffset, nextOffset, records };
}

export interface DeliveryLimits {
  /** A handler that neither settles nor calls `keepAlive` for so long has lost its partition. */
  readonly stallMs: number;
  /** How long a handler may go on after its signal was aborted before it is left behind. */
  readonly drainMs: number;
}

/**
 * `handled`: commit. `failed`: deliver again after a pause. `dropped`: the partition was taken away, or the handler
 * stalled; `ended` resolves when the handler is really over, since it may still run.
 */
export type Delivery =
  | { readonly outcome: 'handled' }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'dropped'; readonly ended: Promise<void> };

interface DeliveryOptions extends DeliveryLimits {
  readonly batch: LogBatch;
  readonly handle: BatchHandler;
  /** Aborted when the partition is no longer this reader's. */
  readonly revoked: AbortSignal;
  /** Called now and then while the handler shows life; it may revoke the partition. */
  readonly keepAlive: () => Promise<void>;
  readonly now: () => number;
}

export async function deliver(options: DeliveryOptions): Promise<Delivery> {
  const { batch, handle, revoked, now } = options;
  // Not AbortSignal.any: `revoked` lives long, and Node 20 keeps every signal that was ever derived from it.
  const controller = new AbortController();
  const { signal } = controller;
  const onRevoked = (): void => controller.abort(revoked.reason);
  if (revoked.aborted) onRevoked();
  else revoked.addEventListener('abort', onRevoked, { once: true });
  let aliveAt = now();
  const context: BatchContext = {
    signal,
    keepAlive: () => {
      aliveAt = now();
      return options.keepAlive();
    },
  };
  const run = settle(() => handle(batch, context));
  let abortedAt: number | undefined;
  let giveUp: (() => void) | undefined;
  const gaveUp = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined);
  });
  const watch = setInterval(() => {
    if (signal.aborted) {
      abortedAt ??= now();
      if (now() - abortedAt >= options.drainMs) giveUp?.();
    } else if (now() - aliveAt >= options.stallMs) {
      controller.abort(new Error('The handler showed no life.'));
    } else {
      void options.keepAlive();
    }
  }, WATCH_MS);
  const result = await Promise.race([run, gaveUp]);
  clearInterval(watch);
  revoked.removeEventListener('abort', onRevoked);
  if (result === undefined || signal.aborted) return { outcome: 'dropped', ended: run.then(() => undefined) };
  return result;
}

async function settle(run: () => Promise<void>): Promise<Delivery> {
  try {
    await run();
    return { outcome: 'handled' };
  } catch (error) {
    return { outcome: 'failed', error };
  }
}

const RETRY_FIRST_MS = 200;
const RETRY_MAX_MS = 10_000;

/** The pause before the same records are delivered again: doubling, bounded, spread by up to a quarter. */
export function retryPauseMs(failures: number, random: () => number): number {
  const pauseMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return pauseMs * (1 - random() / 4);
}
