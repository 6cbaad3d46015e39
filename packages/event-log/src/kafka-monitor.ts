// Looks at the Kafka log from outside.

import { TollgateError } from '@tollgate/domain';
import type { Admin, Kafka } from 'kafkajs';
import type { LogMonitor, PartitionProgress } from './event-log.ts';
import { isRefusedByMembers } from './kafka-errors.ts';
import { createReplaceable } from './kafka-replaceable.ts';
import { scanTopic } from './kafka-scan.ts';
import { logUnavailable } from './log-unavailable.ts';
import { visitEntries } from './visit-entries.ts';

interface KafkaMonitorOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly group: string;
  readonly now: () => number;
}

export function createKafkaMonitor({ kafka, topic, group, now }: KafkaMonitorOptions): LogMonitor {
  const admins = createReplaceable(() => kafka.admin());

  async function ask<Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    try {
      return await admins.use(question);
    } catch (error) {
      throw logUnavailable(error);
    }
  }

  async function progressOf(admin: Admin): Promise<readonly PartitionProgress[]> {
    // The committed offsets first, so that none is past the end that is read after it.
    const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const committedByPartition = new Map(
      committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]),
    );
    const bounds = await admin.fetchTopicOffsets(topic);
    return bounds
      .map(({ partition, low, high }) => {
        const startOffset = BigInt(low);
        // Negative when the group never committed.
        const offset = committedByPartition.get(partition) ?? -1n;
        return {
          partition,
          startOffset,
          committedOffset: offset < startOffset ? startOffset : offset,
          endOffset: BigInt(high),
        };
      })
      .sort((one, other) => one.partition - other.partition);
  }

  return {
    identity: () =>
      ask(async (admin) => {
        const { clusterId } = await admin.describeCluster();
        return `kafka:${clusterId}/${topic}`;
      }),
    progress: () => ask(progressOf),
    readUncommitted: (visit, limits) =>
      ask(async (admin) => {
        const deadline = now() + limits.timeoutMs;
        let visited = 0;
        const budget = {
          visit(record: Parameters<typeof visit>[0]) {
            visited += 1;
            visit(record);
          },
          isSpent: () => visited >= limits.recordsMax || now() >= deadline,
        };
        const ranges = (await progressOf(admin)).map(({ partition, committedOffset, endOffset }) => ({
          partition,
          from: committedOffset,
          to: endOffset,
        }));
        const complete = await scanTopic({
          kafka,
          admin,
          topic,
          ranges,
          timeoutMs: limits.timeoutMs,
          visit: (partition, offset, value) => visitEntries(partition, [{ offset, value }], budget),
        });
        return { complete };
      }),
    rewindToStart: () =>
      ask(async (admin) => {
        const { groups } = await admin.describeGroups([group]);
        if (groups.some(({ members }) => members.length > 0)) throw groupIsRunning(group);
        const partitions = (await progressOf(admin)).map(({ partition, startOffset }) => ({
          partition,
          offset: startOffset.toString(),
        }));
        try {
          await admin.setOffsets({ groupId: group, topic, partitions });
        } catch (error) {
          if (isRefusedByMembers(error)) throw groupIsRunning(group);
          throw error;
        }
      }),
    close: () => admins.close(),
  };
}

function groupIsRunning(group: string): TollgateError {
  return new TollgateError({
    code: 'conflict',
    detail: `A reader of the group ${group} is running. Stop all of them, wait until their sessions end, and try again.`,
  });
}
