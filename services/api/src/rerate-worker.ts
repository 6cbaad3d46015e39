// Works on re-rates, a step at a time: a page of rows is rated and kept, or some hours are written and counted. Each step is
// idempotent and followed by the place that it came to, so that any worker goes on from there after a crash.

import type { Accounts, PriceReader, Rerate } from '@tollgate/accounts';
import { TollgateError } from '@tollgate/domain';
import type { Clock, Failpoint, Logger } from '@tollgate/runtime';
import type { UsageFilter, Warehouse } from '@tollgate/warehouse';
import { ratePage } from './rate-page.ts';
import { isUsageField } from './usage-filters.ts';

const EVERY_MS = 300;
/** Work at a stretch, after which a shutdown is not kept waiting. */
const STRETCH_MS = 1_500;
const PAGE_ROWS = 5_000;
/** An insert costs some milliseconds, however small it is. */
const STEP_ROWS_MIN = 10_000;

export interface RerateWorkerParts {
  readonly accounts: Accounts;
  readonly warehouse: Warehouse;
  readonly prices: PriceReader;
  readonly clock: Clock;
  /** Names this process among those that may work. */
  readonly worker: string;
  readonly failpoint: Failpoint;
  readonly logger: Logger;
}

export function rerateWorker(parts: RerateWorkerParts) {
  const { accounts, clock, worker, logger } = parts;
  return {
    name: 're-rates',
    everyMs: EVERY_MS,
    async run(): Promise<void> {
      const endMs = clock.now() + STRETCH_MS;
      do {
        const rerate = await accounts.claimRerate(worker);
        if (rerate === null) return;
        try {
          const isDone = rerate.state === 'rating' ? await rateStep(parts, rerate) : await applyStep(parts, rerate);
          if (!isDone) return;
        } catch (error) {
          if (error instanceof TollgateError) throw error;
          logger.error({ err: error, rerate: rerate.id }, 'a re-rate failed');
          await accounts.moveRerate({ id: rerate.id, from: [rerate.state], to: 'failed', atMs: clock.now() });
        }
      } while (clock.now() < endMs);
    },
  };
}

/** False when it has to wait. */
async function rateStep(parts: RerateWorkerParts, rerate: Rerate): Promise<boolean> {
  const { accounts, warehouse, prices, worker, failpoint } = parts;
  if (prices.completeUntilMs <= rerate.knownAtMs) await prices.refresh();
  if (prices.completeUntilMs <= rerate.knownAtMs) return false;
  const { startMs, endMs, filter, place } = rerate;
  const { rows, next } = await warehouse.rowsToRate({
    ...{ startMs, endMs, isUnpricedOnly: filter.isUnpricedOnly, limit: PAGE_ROWS, after: place },
    filters: filtersOf(rerate),
  });
  const customerIds = [...new Set(rows.map(({ customerId }) => customerId))];
  const currencies = await accounts.currenciesOf(customerIds);
  const rated = ratePage(rows, { book: prices.book, knownAtMs: rerate.knownAtMs, currencies });
  await warehouse.keepRatedRows(rerate.id, rated);
  failpoint('rerate.after_keep');
  const changed = rated.filter(({ outcome }) => outcome === 'changed').length;
  const counted = {
    ...rerate,
    examined: rerate.examined + BigInt(rows.length),
    changed: rerate.changed + BigInt(changed),
  };
  if (next !== null) return await accounts.saveRerate({ worker, rerate: { ...counted, place: next } });
  return await endRating(parts, counted);
}

function filtersOf({ filter }: Rerate): readonly UsageFilter[] {
  return Object.entries(filter.fields).flatMap(([field, values]) => (isUsageField(field) ? [{ field, values }] : []));
}

async function endRating({ accounts, clock, worker }: RerateWorkerParts, rerate: Rerate): Promise<boolean> {
  const { id, isDryRun } = rerate;
  const to = isDryRun ? 'rated' : 'applying';
  try {
    return await accounts.transaction(async (records) => {
      if (!(await records.saveRerate({ worker, rerate }))) return false;
      return (await records.moveRerate({ id, from: ['rating'], to, atMs: clock.now() })) !== null;
    });
  } catch (error) {
    // Another of an overlapping period is being applied; this one waits for it, and rates its last page again then.
    if (error instanceof TollgateError && error.code === 'conflict') return false;
    throw error;
  }
}

/** In one transaction, so that no invoice is made of costs of which some are new and some are not. */
async function applyStep(parts: RerateWorkerParts, rerate: Rerate): Promise<boolean> {
  const { accounts, warehouse, worker, failpoint } = parts;
  const { id, place } = rerate;
  const step = await warehouse.nextRerateStep({ rerateId: id, after: place, rowsMin: STEP_ROWS_MIN });
  const last = step?.hours.at(-1);
  if (step === null || last === undefined) return await endApplying(parts, rerate);
  return await accounts.transaction(async (records) => {
    await records.holdBilling();
    const { applied } = await warehouse.applyRerateStep({ rerateId: id, step });
    failpoint('rerate.after_apply');
    return await records.saveRerate({
      worker,
      rerate: {
        ...rerate,
        place: { ...last, eventId: '' },
        applied: rerate.applied + BigInt(applied),
        skipped: rerate.skipped + BigInt(step.rows - applied),
      },
    });
  });
}

async function endApplying({ accounts, clock }: RerateWorkerParts, rerate: Rerate): Promise<boolean> {
  const { id, examined, changed, applied, skipped, reason } = rerate;
  return await accounts.transaction(async (records) => {
    const moved = await records.moveRerate({ id, from: ['applying'], to: 'applied', atMs: clock.now() });
    if (moved === null) return false;
    await records.appendAudit({
      ...{ action: 'rerate.applied', actor: { keyId: null }, origin: null, customerId: null, reason },
      subject: { type: 'rerate', id },
      before: null,
      after: {
        examined: String(examined),
        changed: String(changed),
        applied: String(applied),
        skipped: String(skipped),
      },
    });
    return true;
  });
}
