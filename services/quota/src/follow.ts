// What does not wait for a round: changes of limits, counters that changed, counters that may lack something, and counters
// that are gone. Whatever is missed here is found by the next round.

import { randomUUID } from 'node:crypto';
import type { Accounts } from '@tollgate/accounts';
import type { Jobs } from '@tollgate/jobs';
import type { LimitSignals } from '@tollgate/limits';
import { type Closable, type Logger, repeat } from '@tollgate/runtime';
import type { Warehouse } from '@tollgate/warehouse';
import { allOwners } from './all-owners.ts';
import { reconcileJob, tend } from './handle-jobs.ts';
import { type LookParts, lookAfter } from './look-after.ts';
import { createOwnerQueue } from './owner-queue.ts';
import { storedPlaces } from './rebuild-limits.ts';

export interface FollowParts {
  readonly accounts: Pick<Accounts, 'watch' | 'customersWithLimits'>;
  readonly warehouse: Pick<Warehouse, 'storedUntil'>;
  readonly signals: LimitSignals;
  readonly jobs: Pick<Jobs, 'add'>;
  readonly look: LookParts;
  readonly logger: Logger;
}

/** Alerts come so much later at most than what they tell of was counted. */
const CHANGED_EVERY_MS = 200;
const BEHIND_EVERY_MS = 500;
const MARK_EVERY_MS = 250;
const TAKEN_AT_ONCE = 500;
const OWNERS_AT_ONCE = 8;
const LOOK_TIMEOUT_MS = 30_000;
const CHANGE_PREFIX = 'limits:';

/** Limits that were made, changed, removed, or whose calendar was: within some hundred milliseconds. */
export async function followLimits({ accounts, look, logger }: FollowParts): Promise<Closable> {
  const queue = createOwnerQueue({
    ...{ atOnce: OWNERS_AT_ONCE, logger },
    work: (owner) => tend(look, [owner], AbortSignal.timeout(LOOK_TIMEOUT_MS)),
  });
  const watch = await accounts.watch((id) => {
    if (id === null) look.limitsOf.forgetAll();
    if (id === null || !id.startsWith(CHANGE_PREFIX)) return;
    const owner = id.slice(CHANGE_PREFIX.length);
    look.limitsOf.forget(owner);
    queue.push(owner);
  });
  return {
    async close() {
      await watch.close();
      await queue.close();
    },
  };
}

/** What the counters' users say of them. */
export function followCounters(parts: FollowParts): readonly Closable[] {
  const { signals, look, logger } = parts;
  const queue = createOwnerQueue({
    ...{ atOnce: OWNERS_AT_ONCE, logger },
    work: async (owner) => void (await lookAfter(look, owner)),
  });
  const takeChanged = async (): Promise<void> => {
    for (;;) {
      const owners = await signals.take('changed', TAKEN_AT_ONCE);
      for (const owner of owners) queue.push(owner);
      if (owners.length < TAKEN_AT_ONCE) return;
    }
  };
  return [
    queue,
    repeat({ name: 'changed counters', everyMs: CHANGED_EVERY_MS, run: takeChanged }, logger),
    repeat({ name: 'counters behind', everyMs: BEHIND_EVERY_MS, run: () => takeBehind(parts) }, logger),
    repeat({ name: 'lost counters', everyMs: MARK_EVERY_MS, run: () => rebuildLost(parts) }, logger),
  ];
}

async function takeBehind({ signals, warehouse, jobs }: FollowParts): Promise<void> {
  const owners = await signals.take('behind', TAKEN_AT_ONCE);
  if (owners.length === 0) return;
  try {
    await jobs.add([reconcileJob(randomUUID(), { owners, storedUntil: [...(await storedPlaces(warehouse))] })]);
  } catch (error) {
    await signals.tell('behind', owners);
    throw error;
  }
}

/** The mark goes with Redis's data. Rebuilt by every process that finds it gone: the work is small, and none waits for another. */
async function rebuildLost({ signals, accounts, look, logger }: FollowParts): Promise<void> {
  if (await signals.isMarked()) return;
  logger.warn('the counters of limits are not there: all of them are rebuilt from the warehouse');
  for await (const owners of allOwners(accounts, OWNERS_AT_ONCE)) {
    await Promise.all(owners.map((owner) => lookAfter(look, owner)));
  }
  await signals.mark();
  logger.info('the counters of limits are there');
}
