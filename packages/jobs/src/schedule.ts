// What is done every so often, by one process of all. Each process adds the job of the present slot of time under the
// slot's id, so that the queue keeps one of them; nothing is in Redis that would be missed when its data are lost.

import { type Clock, type Logger, type Repeated, repeat } from '@tollgate/runtime';
import type { Jobs } from './jobs.ts';

export interface Periodic {
  readonly name: 'limits.tend-all' | 'limits.reconcile-all' | 'billing.sweep' | 'billing.sweep-late';
  readonly everyMs: number;
}

const LOOK_EVERY_MS_MAX = 1_000;

export function schedule(
  periodic: Periodic,
  parts: { readonly jobs: Pick<Jobs, 'add'>; readonly clock: Clock; readonly logger: Logger },
): Repeated {
  const { jobs, clock, logger } = parts;
  const { name, everyMs } = periodic;
  let addedSlot: number | undefined;
  return repeat(
    {
      name: `schedule ${name}`,
      everyMs: Math.min(LOOK_EVERY_MS_MAX, everyMs),
      async run() {
        const slot = Math.floor(clock.now() / everyMs);
        if (slot === addedSlot) return;
        await jobs.add([{ name, id: `${name}.${everyMs}.${slot}`, payload: {} }]);
        addedSlot = slot;
      },
    },
    logger,
  );
}
