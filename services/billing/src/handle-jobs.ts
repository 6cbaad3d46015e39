// What each job does.

import type { JobHandlers } from '@tollgate/jobs';
import type { BillingMetrics } from './billing-metrics.ts';
import { type DraftParts, draftCustomer, draftDue } from './draft-due.ts';
import { type ExpireParts, expireCredit } from './expire-credit.ts';
import { type ExportParts, runExport } from './exports/run-export.ts';
import { writeExportPart } from './exports/write-export-part.ts';
import { type FinalizeParts, finalizeDue } from './finalize-due.ts';
import { type SweepParts, sweep, sweepLate } from './sweep.ts';

export interface HandlerParts extends SweepParts, DraftParts, FinalizeParts, ExpireParts, ExportParts {
  readonly accounts: SweepParts['accounts'] &
    DraftParts['accounts'] &
    FinalizeParts['accounts'] &
    ExpireParts['accounts'] &
    ExportParts['accounts'];
  readonly invoicing: DraftParts['invoicing'] & FinalizeParts['invoicing'];
  readonly metrics: BillingMetrics;
  readonly lateEveryMs: number;
}

export function createJobHandlers(parts: HandlerParts): JobHandlers<'billing'> {
  return {
    'billing.sweep': () => sweep(parts),
    'billing.sweep-late': () => sweepLate(parts, parts.lateEveryMs),
    'billing.draft': ({ customerId }) => draftCustomer(parts, customerId),
    'billing.draft-due': (due, signal) => draftDue(parts, due, signal),
    'billing.finalize-due': ({ page }, signal) => finalizeDue(parts, page, signal),
    'billing.expire-credit': ({ customerId }) => expireCredit(parts, customerId),
    'billing.export': ({ exportId }, signal) => runExport(parts, exportId, signal),
    'billing.export-part': ({ exportId, part }, signal) => writeExportPart(parts, { exportId, part }, signal),
  };
}
