// Says until which instant everything accepted is stored, and settled, for each partition that this counter holds, and
// keeps the lag.

import type { LogMonitor, LogReader, PartitionProgress } from '@tollgate/event-log';
import type { Settlements } from '@tollgate/limits';
import type { Clock, Logger } from '@tollgate/runtime';
import type { PartitionWatermark, Warehouse } from '@tollgate/warehouse';
import type { CounterMetrics } from './counter-metrics.ts';
import type { RecentIds } from './recent-ids.ts';
import type { Settler } from './settler.ts';
import type { StoredTimes } from './stored-times.ts';

export interface ProgressParts {
  readonly epoch: number;
  readonly clock: Clock;
  readonly reader: Pick<LogReader, 'assigned'>;
  readonly monitor: Pick<LogMonitor, 'progress'>;
  readonly warehouse: Pick<Warehouse, 'recordProgress'>;
  readonly recentIds: RecentIds;
  readonly storedTimes: StoredTimes;
  readonly settler: Pick<Settler, 'isBehind'>;
  readonly settlements: Pick<Settlements, 'note'>;
  readonly logger: Logger;
  readonly metrics: Pick<CounterMetrics, 'lagEntries' | 'lagSeconds'>;
}

export async function reportProgress(parts: ProgressParts): Promise<void> {
  const { recentIds, storedTimes, metrics, warehouse } = parts;
  // Taken before asking: whatever was accepted until now is below the end that the log then names.
  const askedAtMs = parts.clock.now();
  const assigned = parts.reader.assigned();
  recentIds.keepOnly(assigned);
  storedTimes.keepOnly(assigned);
  if (assigned.length === 0) return;

  const all = await parts.monitor.progress();
  const held = all.filter(({ partition }) => assigned.includes(partition));
  const watermarks = held.flatMap((progress) => watermarkOf(progress, { ...parts, askedAtMs }));
  metrics.lagEntries.reset();
  metrics.lagSeconds.reset();
  for (const { partition, endOffset, committedOffset } of held) {
    const asOfMs = watermarks.find((watermark) => watermark.partition === partition)?.asOfMs;
    metrics.lagEntries.set({ partition }, Number(endOffset - committedOffset));
    if (asOfMs !== undefined) metrics.lagSeconds.set({ partition }, (askedAtMs - asOfMs) / 1000);
  }
  await noteSettled(parts, { partitions: all.length, watermarks });
  if (watermarks.length > 0) await warehouse.recordProgress(watermarks);
}

/** What was committed or noted as stored was given to the settler before; what it could not settle yet holds the mark. */
async function noteSettled(
  { settler, settlements, logger }: ProgressParts,
  { partitions, watermarks }: { readonly partitions: number; readonly watermarks: readonly PartitionWatermark[] },
): Promise<void> {
  const settled = watermarks.filter(({ partition }) => !settler.isBehind(partition));
  if (settled.length === 0) return;
  try {
    const untilMs = new Map(settled.map(({ partition, asOfMs }) => [partition, asOfMs]));
    await settlements.note({ partitions, untilMs });
  } catch (error) {
    // Reservations are held for longer, that is all.
    logger.debug({ err: error }, 'limits were not told how far settling has come');
  }
}

/** None while a partition lags of which nothing was stored since this counter has it. */
function watermarkOf(
  { partition, committedOffset, endOffset }: PartitionProgress,
  at: { readonly epoch: number; readonly askedAtMs: number; readonly storedTimes: StoredTimes },
): readonly PartitionWatermark[] {
  const asOfMs = committedOffset >= endOffset ? at.askedAtMs : at.storedTimes.of(partition);
  return asOfMs === undefined ? [] : [{ epoch: at.epoch, partition, asOfMs }];
}
