// The reader of the Kafka log: a member of the consumer group that commits after the work, by hand.
//
// kafkajs 2.2.4 tells nobody that a partition is taken away, gives a batch that was started before a rebalance the
// membership of after it, and gives up for good on some errors. So: everything started is aborted before each join, a
// commit happens only while that has not happened, and a consumer that gave up is made anew.

import { once, setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type EachBatchPayload, type Kafka, type PartitionAssigner } from 'kafkajs';
import { cutBatches, type Delivery, type DeliveryLimits, deliver, retryPauseMs } from './delivery.ts';
import type { BatchHandler, LogBatch, LogReader } from './event-log.ts';
import { hasLostMembership, rebalanceError } from './kafka-errors.ts';

/** The memory of one round of fetching, per broker. A single larger entry is given all the same. */
const FETCH_BYTES = 16 * 1024 * 1024;
const FETCH_BYTES_PER_PARTITION = 8 * 1024 * 1024;
/** A rebalance is noticed after at most a wait and a heartbeat's interval. */
const FETCH_WAIT_MS = 500;
const HEARTBEAT_MS = 1_000;
const CLOSE_SLACK_MS = 5_000;

interface KafkaReaderOptions extends DeliveryLimits {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly group: string;
  readonly sessionMs: number;
  readonly partitionsAtOnce: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

export function createKafkaReader(options: KafkaReaderOptions): LogReader {
  const { topic, now, onError } = options;
  const closing = new AbortController();
  // Each paused partition listens to it.
  setMaxListeners(0, closing.signal);
  const failures = new Map<number, number>();
  /** Partitions whose last handler was left behind and still runs: not delivered again before it ends. */
  const leftBehind = new Map<number, Promise<void>>();
  let membership = new AbortController();
  let isJoining = false;
  let assigned: readonly number[] = [];
  let heartbeatAt = 0;
  let running: Promise<void> | undefined;

  function revoke(reason: unknown): void {
    assigned = [];
    membership.abort(reason);
  }

  /** kafkajs asks the assigner for its protocol right before it asks to join: the only sign before a new membership. */
  const assigner: PartitionAssigner = (config) => {
    const inner = kafkajs.PartitionAssigners.roundRobin(config);
    return {
      ...inner,
      protocol(subscription) {
        isJoining = true;
        revoke(new Error('The group is rebalancing.'));
        return inner.protocol(subscription);
      },
    };
  };

  async function eachBatch(handle: BatchHandler, payload: EachBatchPayload): Promise<void> {
    const { partition, messages } = payload.batch;
    const { signal: revoked } = membership;
    if (revoked.aborted) return joinAgain(revoked.reason);
    // Fetched before a rebalance that gave the partition to another.
    if (!assigned.includes(partition)) return;
    const before = leftBehind.get(partition);
    if (before !== undefined) return pauseUntil(payload, before);
    const entries = messages.map(({ offset, value }) => ({ offset: BigInt(offset), value: value ?? Buffer.alloc(0) }));
    for (const batch of cutBatches(partition, entries)) {
      if (revoked.aborted) return joinAgain(revoked.reason);
      const delivery = await deliverBatch({ handle, batch, payload, revoked });
      if (delivery.outcome === 'failed') return pauseAfterFailure(payload, delivery.error);
      if (delivery.outcome === 'dropped') return leaveBehind(payload, delivery.ended, revoked);
      await commit(payload, batch);
    }
  }

  interface DeliverOptions {
    readonly handle: BatchHandler;
    readonly batch: LogBatch;
    readonly payload: EachBatchPayload;
    readonly revoked: AbortSignal;
  }

  function deliverBatch({ handle, batch, payload, revoked }: DeliverOptions): Promise<Delivery> {
    return deliver({
      batch,
      handle,
      revoked,
      stallMs: options.stallMs,
      drainMs: options.drainMs,
      now,
      async keepAlive() {
        // A frozen process wakes with a membership that has ended.
        if (now() - heartbeatAt > options.sessionMs) revoke(new Error('The session has ended.'));
        // Only one heartbeat per interval goes out; kafkajs sees to that.
        if (!revoked.aborted) await payload.heartbeat().catch(revokeUnlessTransient);
      },
    });
  }

  function revokeUnlessTransient(error: unknown): void {
    if (hasLostMembership(error)) revoke(error);
  }

  async function commit(payload: EachBatchPayload, batch: LogBatch): Promise<void> {
    const { partition, nextOffset } = batch;
    await payload.commitOffsetsIfNecessary({
      topics: [{ topic, partitions: [{ partition, offset: nextOffset.toString() }] }],
    });
    payload.resolveOffset((nextOffset - 1n).toString());
    failures.delete(partition);
  }

  /** Nothing was resolved, so the same records come again once the partition is resumed; the others go on meanwhile. */
  function pauseAfterFailure(payload: EachBatchPayload, error: unknown): void {
    const { partition } = payload.batch;
    const count = (failures.get(partition) ?? 0) + 1;
    failures.set(partition, count);
    onError(error);
    const pauseMs = retryPauseMs(count, options.random);
    pauseUntil(
      payload,
      sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined),
    );
  }

  function pauseUntil(payload: EachBatchPayload, over: Promise<unknown>): void {
    const resume = payload.pause();
    void over.then(resume);
  }

  /** After a revocation the group has to be joined again. After a stall the partition rests. */
  async function leaveBehind(payload: EachBatchPayload, ended: Promise<void>, revoked: AbortSignal): Promise<void> {
    const { partition } = payload.batch;
    leftBehind.set(partition, ended);
    void ended.then(() => leftBehind.delete(partition));
    if (revoked.aborted) return joinAgain(revoked.reason);
    onError(new Error(`The handler of partition ${partition} showed no life. The partition rests until it ends.`));
    pauseUntil(payload, ended);
  }

  /**
   * kafkajs joins again when a batch fails with a group error. It has to be told even of what we found out ourselves: a
   * broker that was away may count us as a member still, and nothing would ever be delivered under the ended membership.
   */
  function joinAgain(reason: unknown): void {
    if (isJoining || closing.signal.aborted) return;
    throw hasLostMembership(reason) ? reason : rebalanceError();
  }

  async function consumeUntilGivenUp(handle: BatchHandler): Promise<void> {
    const current = options.kafka.consumer({
      groupId: options.group,
      partitionAssigners: [assigner],
      sessionTimeout: options.sessionMs,
      rebalanceTimeout: Math.max(options.sessionMs, 2 * options.drainMs),
      heartbeatInterval: HEARTBEAT_MS,
      maxBytes: FETCH_BYTES,
      maxBytesPerPartition: FETCH_BYTES_PER_PARTITION,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 2_000, restartOnFailure: async () => false },
    });
    const { CRASH, GROUP_JOIN, HEARTBEAT } = current.events;
    const ending = new AbortController();
    current.on(CRASH, ({ payload }) => {
      onError(payload.error);
      ending.abort();
    });
    const onClosing = (): void => ending.abort();
    closing.signal.addEventListener('abort', onClosing, { once: true });
    current.on(HEARTBEAT, () => {
      heartbeatAt = now();
    });
    current.on(GROUP_JOIN, ({ payload }) => {
      heartbeatAt = now();
      isJoining = false;
      membership = new AbortController();
      assigned = payload.memberAssignment[topic] ?? [];
      if (closing.signal.aborted) revoke(closing.signal.reason);
    });
    try {
      await current.connect();
      await current.subscribe({ topic, fromBeginning: true });
      await current.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: options.partitionsAtOnce,
        eachBatch: (payload) => eachBatch(handle, payload),
      });
      if (!ending.signal.aborted && !closing.signal.aborted) await once(ending.signal, 'abort');
    } finally {
      closing.signal.removeEventListener('abort', onClosing);
      revoke(new Error('The consumer ends.'));
      await Promise.race([current.disconnect(), sleep(options.drainMs + CLOSE_SLACK_MS, undefined, { ref: false })]);
    }
  }

  async function runUntilClosed(handle: BatchHandler): Promise<void> {
    for (let attempts = 0; !closing.signal.aborted; attempts += 1) {
      const startedAt = now();
      await consumeUntilGivenUp(handle).catch(onError);
      if (now() - startedAt > options.sessionMs) attempts = 0;
      await sleep(retryPauseMs(attempts + 1, options.random), undefined, { signal: closing.signal }).catch(
        () => undefined,
      );
    }
  }

  return {
    run(handle) {
      if (running !== undefined) throw new Error('This reader runs already.');
      running = runUntilClosed(handle);
      return running;
    },
    assigned: () => assigned,
    async close() {
      closing.abort(new Error('The reader closes.'));
      revoke(closing.signal.reason);
      await running;
    },
  };
}
