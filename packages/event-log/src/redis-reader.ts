// The reader of the Redis log: consumes the partitions that it holds a lease on, each in order, a few at once.

import { setTimeout as sleep } from 'node:timers/promises';
import { cutBatches, type Delivery, type DeliveryLimits, deliver, retryPauseMs } from './delivery.ts';
import type { BatchHandler, LogBatch, LogReader } from './event-log.ts';
import { createArrivals } from './redis-arrivals.ts';
import { listOf, loadScript, textOf } from './redis-connection.ts';
import { fetchEntries, type RedisLogPart, readBounds, readCommitted } from './redis-entries.ts';
import { createLeases, type Lease, type Leases, type Stopped } from './redis-leases.ts';
import { createSlots } from './slots.ts';

const commitScript = loadScript('commit');
const trimScript = loadScript('trim');
const TRIM_MARKS_MAX = 64;

interface RedisRetention {
  /** Committed entries older than this are forgotten. */
  readonly retentionMs: number;
  /** Committed entries are kept up to about this many bytes per partition. */
  readonly retainedBytesMax: number;
  readonly trimEveryMs: number;
}

interface RedisReaderOptions extends DeliveryLimits, RedisRetention {
  readonly log: RedisLogPart;
  readonly group: string;
  readonly readerId: string;
  readonly leaseMs: number;
  readonly partitionsAtOnce: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

export function createRedisReader(options: RedisReaderOptions): LogReader {
  const { log, group, readerId, onError } = options;
  const slots = createSlots(options.partitionsAtOnce);
  const arrivals = createArrivals(log, onError);
  const closing = new AbortController();
  let leases: Leases | undefined;
  let running: Promise<void> | undefined;

  async function consume(handle: BatchHandler, lease: Lease): Promise<Stopped> {
    const { partition, revoked } = lease;
    let next: bigint | undefined;
    let failures = 0;
    let isIdle = false;
    while (!revoked.aborted) {
      const release = await slots.take(revoked);
      if (release === undefined) break;
      try {
        next ??= await firstOffset(partition);
        const round = await consumeRound(handle, lease, next);
        next = round.next;
        if (round.stopped !== undefined) return round.stopped;
        failures = 0;
        isIdle = round.isIdle;
      } catch (error) {
        failures += 1;
        onError(error);
        // What is stored is the truth about where to go on: a commit may have been taken though its answer was lost.
        next = undefined;
      } finally {
        release();
      }
      if (next === undefined) await pause(retryPauseMs(failures, options.random), revoked);
      else if (isIdle) await arrivals.wait(partition, next, revoked);
    }
    return { ended: Promise.resolve() };
  }

  async function firstOffset(partition: number): Promise<bigint> {
    return (await readCommitted(log, group, partition)) ?? (await readBounds(log, partition)).start;
  }

  interface Round {
    readonly next: bigint;
    /** Nothing was there: wait until something is. */
    readonly isIdle: boolean;
    readonly stopped?: Stopped;
  }

  /** Fetches once and handles what came. Throws when the handler rejected or Redis failed. */
  async function consumeRound(handle: BatchHandler, lease: Lease, from: bigint): Promise<Round> {
    let next = from;
    const entries = await fetchEntries(log, lease.partition, from);
    for (const batch of cutBatches(lease.partition, entries)) {
      if (lease.revoked.aborted) break;
      const delivery = await deliverBatch(handle, lease, batch);
      if (delivery.outcome === 'failed') throw delivery.error;
      if (delivery.outcome === 'dropped') {
        if (!lease.revoked.aborted) onError(new Error(`The handler of partition ${lease.partition} showed no life.`));
        return { next, isIdle: false, stopped: { ended: delivery.ended } };
      }
      if (!(await commit(lease, batch.nextOffset))) {
        onError(new Error(`Partition ${lease.partition} was taken over: a commit was refused.`));
        return { next, isIdle: false, stopped: { ended: Promise.resolve() } };
      }
      next = batch.nextOffset;
    }
    return { next, isIdle: entries.length === 0 };
  }

  function deliverBatch(handle: BatchHandler, lease: Lease, batch: LogBatch): Promise<Delivery> {
    return deliver({
      batch,
      handle,
      revoked: lease.revoked,
      stallMs: options.stallMs,
      drainMs: options.drainMs,
      // The lease is renewed beside the handler.
      keepAlive: () => Promise.resolve(),
      now: options.now,
    });
  }

  async function commit(lease: Lease, nextOffset: bigint): Promise<boolean> {
    const keys = [log.keys.leases(group), log.keys.committed(group)];
    const args = [lease.partition, readerId, lease.fence, nextOffset.toString()];
    return (await log.connection.run(commitScript, keys, args)) === 1;
  }

  async function trimUntilClosed(): Promise<void> {
    while (!closing.signal.aborted) {
      await pause(options.trimEveryMs, closing.signal);
      for (const partition of leases?.held() ?? []) await trim(partition).catch(onError);
    }
  }

  async function trim(partition: number): Promise<void> {
    const groups = listOf(await log.connection.call('SMEMBERS', log.keys.groups)).map(textOf);
    const { partition: partitionKey, stream, marks, committed } = log.keys;
    const keys = [partitionKey(partition), stream(partition), marks(partition), ...groups.map(committed)];
    const { retentionMs, retainedBytesMax } = options;
    await log.connection.run(trimScript, keys, [partition, retentionMs, retainedBytesMax, TRIM_MARKS_MAX]);
  }

  async function runUntilClosed(handle: BatchHandler): Promise<void> {
    const trimming = trimUntilClosed();
    await registerGroup();
    const { leaseMs, now } = options;
    leases = createLeases({
      log,
      group,
      readerId,
      leaseMs,
      now,
      onError,
      consume: (lease) => consume(handle, lease),
    });
    if (!closing.signal.aborted) await leases.run();
    await trimming;
  }

  /** Entries are kept until every registered group has committed them. */
  async function registerGroup(): Promise<void> {
    for (let failures = 1; !closing.signal.aborted; failures += 1) {
      try {
        await log.connection.call('SADD', log.keys.groups, group);
        return;
      } catch (error) {
        onError(error);
        await pause(retryPauseMs(failures, options.random), closing.signal);
      }
    }
  }

  return {
    run(handle) {
      if (running !== undefined) throw new Error('This reader runs already.');
      running = runUntilClosed(handle);
      return running;
    },
    assigned: () => leases?.held() ?? [],
    async close() {
      if (closing.signal.aborted) return running;
      closing.abort();
      await leases?.close();
      await running;
      log.connection.close();
    },
  };
}

function pause(pauseMs: number, signal: AbortSignal): Promise<void> {
  return sleep(pauseMs, undefined, { signal }).catch(() => undefined);
}
