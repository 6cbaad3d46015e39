// Reads a range of a topic without being a member of anybody's group. kafkajs consumes only in groups, so each scan has
// one of its own that is deleted afterwards.

import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';

const FETCH_BYTES = 8 * 1024 * 1024;
const FETCH_WAIT_MS = 100;

interface ScanRange {
  readonly partition: number;
  readonly from: bigint;
  /** Not itself read. */
  readonly to: bigint;
}

interface ScanOptions {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly topic: string;
  readonly ranges: readonly ScanRange[];
  readonly timeoutMs: number;
  /** Returns false to end the scan. */
  readonly visit: (partition: number, offset: bigint, value: Buffer) => boolean;
}

/** Resolves to false when the scan ended before its ranges did. */
export async function scanTopic(options: ScanOptions): Promise<boolean> {
  const { kafka, admin, topic, visit } = options;
  const ranges = new Map(options.ranges.filter(({ from, to }) => from < to).map((range) => [range.partition, range]));
  if (ranges.size === 0) return true;
  const groupId = `tollgate-scan-${randomUUID()}`;
  const consumer = kafka.consumer({
    groupId,
    maxBytesPerPartition: FETCH_BYTES,
    maxBytes: FETCH_BYTES,
    maxWaitTimeInMs: FETCH_WAIT_MS,
  });
  let finish: (isComplete: boolean) => void = () => undefined;
  const finished = new Promise<boolean>((resolve) => {
    finish = resolve;
  });
  const timer = setTimeout(() => finish(false), options.timeoutMs);
  consumer.on(consumer.events.CRASH, () => finish(false));
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, isStale }) => {
        const range = ranges.get(batch.partition);
        if (range === undefined || isStale()) return;
        for (const { offset, value } of batch.messages) {
          const at = BigInt(offset);
          if (at < range.from || at >= range.to) continue;
          if (!visit(batch.partition, at, value ?? Buffer.alloc(0))) return finish(false);
        }
        if (BigInt(batch.lastOffset()) + 1n >= range.to) ranges.delete(batch.partition);
        if (ranges.size === 0) finish(true);
      },
    });
    for (const { partition, from } of ranges.values()) consumer.seek({ topic, partition, offset: from.toString() });
    return await finished;
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
    // Kafka forgets an empty group by itself after a week; this only tidies up sooner.
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}
