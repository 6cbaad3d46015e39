// What is due, as jobs: read from the store each time, so that a job that was lost, refused or cut short comes again as long as
// there is something to do. A job carries the name of what it is about: while it waits or is worked on, it is not made twice.
// Of drafts and customers it is about a page of what is due when it begins, since many are done together for little more than one.

import type { Accounts } from '@tollgate/accounts';
import type { Jobs, NewJob } from '@tollgate/jobs';
import type { Clock } from '@tollgate/runtime';
import type { Warehouse } from '@tollgate/warehouse';
import type { BillingMetrics } from './billing-metrics.ts';
import { DRAFTED_AT_ONCE } from './draft-due.ts';
import { FINALIZED_AT_ONCE } from './finalize-due.ts';

export interface SweepParts {
  readonly accounts: Pick<
    Accounts,
    | 'endedPeriods'
    | 'customersWithoutPeriod'
    | 'draftsToFinalize'
    | 'customersWithExpiredCredit'
    | 'unfinishedExports'
    | 'invoice'
  >;
  readonly warehouse: Pick<Warehouse, 'customersChangedSince'>;
  readonly jobs: Pick<Jobs, 'add'>;
  readonly clock: Clock;
  readonly metrics: Pick<BillingMetrics, 'lag'>;
}

/** Of each kind a sweep. What is beyond comes with the next one, when these are done. */
const DUE_MAX = 1_000;
const EXPORTS_MAX = 20;
const HOUR_MS = 3_600_000;
/** Younger changes are those of periods that are open, or of drafts, which are calculated when they are looked at. */
const LATE_AFTER_MS = 24 * HOUR_MS;
/** Rows become visible some minutes after they were marked; and a round that failed is made up for by the next. */
const LOOK_BACK_ROUNDS = 3;
const LOOK_BACK_MIN_MS = HOUR_MS;

export async function sweep(parts: SweepParts): Promise<void> {
  const { accounts, jobs, clock } = parts;
  const nowMs = clock.now();
  const [ended, without, drafts, expired, exports] = await Promise.all([
    accounts.endedPeriods(nowMs, DUE_MAX),
    accounts.customersWithoutPeriod(DUE_MAX),
    accounts.draftsToFinalize(nowMs, DUE_MAX),
    accounts.customersWithExpiredCredit(nowMs, DUE_MAX),
    accounts.unfinishedExports(EXPORTS_MAX),
  ]);
  await jobs.add([...draftPages('ended', ended.length), ...draftPages('without', without.length)]);
  await jobs.add(
    pagesOf(drafts.length, FINALIZED_AT_ONCE).map((page): NewJob<'billing.finalize-due'> => {
      return { name: 'billing.finalize-due', id: `billing.finalize-due.${page}`, payload: { page } };
    }),
  );
  await jobs.add(
    expired.map((customerId): NewJob<'billing.expire-credit'> => {
      return { name: 'billing.expire-credit', id: `billing.expire-credit.${customerId}`, payload: { customerId } };
    }),
  );
  await jobs.add(
    exports.map((exportId): NewJob<'billing.export'> => {
      return { name: 'billing.export', id: `billing.export.${exportId}`, payload: { exportId } };
    }),
  );
  await noteLag(parts, { nowMs, endedAtMs: ended[0]?.period.endMs ?? null, draftId: drafts[0] ?? null });
}

function draftPages(of: 'ended' | 'without', due: number): readonly NewJob<'billing.draft-due'>[] {
  return pagesOf(due, DRAFTED_AT_ONCE).map((page) => {
    return { name: 'billing.draft-due', id: `billing.draft-due.${of}.${page}`, payload: { of, page } };
  });
}

function pagesOf(due: number, atOnce: number): readonly number[] {
  return Array.from({ length: Math.ceil(due / atOnce) }, (_, page) => page);
}

async function noteLag(
  { accounts, metrics }: SweepParts,
  earliest: { readonly nowMs: number; readonly endedAtMs: number | null; readonly draftId: string | null },
): Promise<void> {
  const { nowMs, endedAtMs, draftId } = earliest;
  const draft = draftId === null ? null : await accounts.invoice(draftId);
  const secondsSince = (atMs: number | null): number => (atMs === null ? 0 : Math.max(0, (nowMs - atMs) / 1_000));
  metrics.lag.set({ of: 'periods' }, secondsSince(endedAtMs));
  metrics.lag.set({ of: 'drafts' }, secondsSince(draft?.finalizesAtMs ?? null));
}

/** Use that came to light in a period which is over, and may have no invoice: whose customers are looked at once more. */
export async function sweepLate({ warehouse, jobs, clock }: SweepParts, everyMs: number): Promise<void> {
  const nowMs = clock.now();
  const sinceMs = nowMs - Math.max(LOOK_BACK_MIN_MS, LOOK_BACK_ROUNDS * everyMs);
  let after: string | undefined;
  for (;;) {
    const page = await warehouse.customersChangedSince({
      ...{ sinceMs, hoursBeforeMs: nowMs - LATE_AFTER_MS, limit: DUE_MAX },
      ...(after === undefined ? {} : { after }),
    });
    await jobs.add(page.map(draftJob));
    after = page.at(-1);
    if (page.length < DUE_MAX) return;
  }
}

function draftJob(customerId: string): NewJob<'billing.draft'> {
  return { name: 'billing.draft', id: `billing.draft.${customerId}`, payload: { customerId } };
}
