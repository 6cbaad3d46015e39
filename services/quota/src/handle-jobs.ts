// What is done round by round, over all owners: one process makes a round's jobs, all of them share the work.

import type { Accounts } from '@tollgate/accounts';
import type { JobHandlers, Jobs, NewJob, ReconcilePayload } from '@tollgate/jobs';
import type { Clock } from '@tollgate/runtime';
import type { Warehouse } from '@tollgate/warehouse';
import { allOwners } from './all-owners.ts';
import { type LookParts, lookAfter } from './look-after.ts';
import type { OwnerLimits } from './owner-limits.ts';
import { storedPlaces } from './rebuild-limits.ts';
import { type ReconcileParts, reconcileOwners } from './reconcile-owner.ts';
import type { CountedLimit } from './tell-of-limits.ts';

export interface HandlerParts {
  readonly accounts: Pick<Accounts, 'customersWithLimits'>;
  readonly warehouse: Pick<Warehouse, 'storedUntil'>;
  readonly jobs: Pick<Jobs, 'add'>;
  readonly clock: Clock;
  readonly look: LookParts;
  readonly reconcile: ReconcileParts;
}

const OWNERS_PER_JOB = 50;
/** What is stored is settled within this time, or is waiting for Redis to be back. */
const SETTLED_WITHIN_MS = 4_000;

export function createJobHandlers(parts: HandlerParts): JobHandlers<'limits'> {
  const { accounts, jobs, clock, warehouse, look, reconcile } = parts;
  return {
    async 'limits.tend-all'() {
      const round = clock.now();
      let count = 0;
      for await (const owners of allOwners(accounts, OWNERS_PER_JOB)) {
        count += 1;
        await jobs.add([{ name: 'limits.tend', id: `limits.tend.${round}.${count}`, payload: { owners } }]);
      }
    },
    'limits.tend': ({ owners }, signal) => tend(look, owners, signal),
    async 'limits.reconcile-all'() {
      const round = clock.now();
      const storedUntil = [...(await storedPlaces(warehouse))];
      let count = 0;
      for await (const owners of allOwners(accounts, OWNERS_PER_JOB)) {
        count += 1;
        await jobs.add([reconcileJob(`${round}.${count}`, { owners, storedUntil })]);
      }
    },
    'limits.reconcile': ({ owners, storedUntil }, signal) =>
      reconcileOwners(reconcile, { owners, storedUntil: new Map(storedUntil) }, signal),
  };
}

export function reconcileJob(id: string, payload: ReconcilePayload): NewJob<'limits.reconcile'> {
  return { name: 'limits.reconcile', id: `limits.reconcile.${id}`, payload, delayMs: SETTLED_WITHIN_MS };
}

/** All that there is to do for an owner, whatever happened: looking at it also ends what expired. */
export async function tend(look: LookParts, owners: readonly string[], signal: AbortSignal): Promise<void> {
  const seen = new Map<string, { readonly of: OwnerLimits; readonly counted: readonly CountedLimit[] }>();
  for (const owner of owners) {
    signal.throwIfAborted();
    const counted = await lookAfter(look, owner);
    const of = await look.limitsOf.of(owner);
    if (counted !== null && of !== null) seen.set(owner, { of, counted });
  }
  await look.teller.tellResolved(seen);
}
