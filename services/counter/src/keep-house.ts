// The warehouse's recurring work, done by the one counter that holds partition 0.

import type { LogReader } from '@tollgate/event-log';
import { type Logger, type Repeated, repeat } from '@tollgate/runtime';
import type { Warehouse } from '@tollgate/warehouse';

const HOUSEKEEPING_PARTITION = 0;
const WITHDRAW_EVERY_MS = 3_000;
const REBUILD_EVERY_MS = 30_000;
const REBUILD_HOURS_MAX = 500;

/** Two counters that both believe they hold the partition do no harm: both tasks are idempotent. */
export function keepHouse(parts: {
  readonly reader: Pick<LogReader, 'assigned'>;
  readonly warehouse: Pick<Warehouse, 'withdrawCopies' | 'rebuildRollups'>;
  readonly logger: Logger;
}): readonly Repeated[] {
  const { reader, warehouse, logger } = parts;
  const isMine = (): boolean => reader.assigned().includes(HOUSEKEEPING_PARTITION);
  return [
    repeat(
      {
        name: 'withdraw copies',
        everyMs: WITHDRAW_EVERY_MS,
        async run() {
          if (!isMine()) return;
          const { withdrawn } = await warehouse.withdrawCopies();
          if (withdrawn > 0) logger.info({ withdrawn }, 'copies were withdrawn');
        },
      },
      logger,
    ),
    repeat(
      {
        name: 'rebuild rollups',
        everyMs: REBUILD_EVERY_MS,
        async run() {
          if (isMine()) await warehouse.rebuildRollups({ hoursMax: REBUILD_HOURS_MAX });
        },
      },
      logger,
    ),
  ];
}
