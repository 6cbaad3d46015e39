// Looks at the Redis log from outside.

import { TollgateError } from '@tollgate/domain';
import type { LogMonitor, PartitionProgress } from './event-log.ts';
import { logUnavailable } from './log-unavailable.ts';
import { loadScript, textOf } from './redis-connection.ts';
import { fetchEntries, type RedisLogPart, readBounds, readCommitted } from './redis-entries.ts';
import { type VisitBudget, visitEntries } from './visit-entries.ts';

const rewindScript = loadScript('rewind');

interface RedisMonitorOptions {
  readonly log: RedisLogPart;
  readonly group: string;
  readonly now: () => number;
}

export function createRedisMonitor({ log, group, now }: RedisMonitorOptions): LogMonitor {
  const partitions = Array.from({ length: log.partitionCount }, (_, partition) => partition);

  async function progressOf(partition: number): Promise<PartitionProgress> {
    // The committed offset first, so that it is never past the end that is read after it.
    const committed = await readCommitted(log, group, partition);
    const { start, end } = await readBounds(log, partition);
    return { partition, startOffset: start, committedOffset: committed ?? start, endOffset: end };
  }

  /** Returns false when the budget ran out. */
  async function visitPartition(progress: PartitionProgress, budget: VisitBudget): Promise<boolean> {
    let next = progress.committedOffset;
    while (next < progress.endOffset) {
      if (budget.isSpent()) return false;
      const entries = await fetchEntries(log, progress.partition, next);
      const last = entries.at(-1);
      if (last === undefined) break;
      const wanted = entries.filter(({ offset }) => offset < progress.endOffset);
      if (!visitEntries(progress.partition, wanted, budget)) return false;
      next = last.offset + 1n;
    }
    return true;
  }

  return {
    async identity() {
      const identity = await log.connection.call('HGET', log.keys.meta, 'identity');
      if (identity === null) throw logUnavailable(new Error('The log does not exist in Redis.'));
      return textOf(identity);
    },
    progress: () => Promise.all(partitions.map(progressOf)),
    async readUncommitted(visit, limits) {
      const deadline = now() + limits.timeoutMs;
      let visited = 0;
      const budget: VisitBudget = {
        visit(record) {
          visited += 1;
          visit(record);
        },
        isSpent: () => visited >= limits.recordsMax || now() >= deadline,
      };
      let isComplete = true;
      for (const partition of partitions) {
        isComplete = isComplete && (await visitPartition(await progressOf(partition), budget));
      }
      return { complete: isComplete };
    },
    async rewindToStart() {
      const keys = [log.keys.readers(group), log.keys.committed(group), ...partitions.map(log.keys.partition)];
      if ((await log.connection.run(rewindScript, keys, [])) === 1) return;
      throw new TollgateError({
        code: 'conflict',
        detail: `A reader of the group ${group} is running. Stop all of them, wait until their leases end, and try again.`,
      });
    },
    async close() {
      log.connection.close();
    },
  };
}
