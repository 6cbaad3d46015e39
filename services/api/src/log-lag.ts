// How many entries of the log wait to be counted; null where the log does not say.

import type { LogMonitor } from '@tollgate/event-log';

export async function lagOf(monitor: Pick<LogMonitor, 'progress'>): Promise<bigint | null> {
  const partitions = await monitor.progress().catch(() => null);
  return partitions?.reduce((sum, { committedOffset, endOffset }) => sum + (endOffset - committedOffset), 0n) ?? null;
}
