// What each job does.

import type { Invoicing } from '@tollgate/invoicing';
import type { JobHandlers } from '@tollgate/jobs';
import type { BillingMetrics } from './billing-metrics.ts';
import { type ExpireParts, expireCredit } from './expire-credit.ts';
import { type ExportParts, runExport } from './exports/run-export.ts';
import { writeExportPart } from './exports/write-export-part.ts';
import { type FinalizeParts, finalizeDraft } from './finalize-draft.ts';
import { type SweepParts, sweep, sweepLate } from './sweep.ts';

export interface HandlerParts extends SweepParts, FinalizeParts, ExpireParts, ExportParts {
  readonly accounts: SweepParts['accounts'] &
    FinalizeParts['accounts'] &
    ExpireParts['accounts'] &
    ExportParts['accounts'];
  readonly invoicing: Pick<Invoicing, 'draftEnded' | 'finalizeNow' | 'refreshPrices'>;
  readonly metrics: BillingMetrics;
  readonly lateEveryMs: number;
}

export function createJobHandlers(parts: HandlerParts): JobHandlers<'billing'> {
  const { accounts, invoicing, metrics, failpoint } = parts;
  return {
    'billing.sweep': () => sweep(parts),
    'billing.sweep-late': () => sweepLate(parts, parts.lateEveryMs),
    async 'billing.draft'({ customerId }) {
      // Takes a connection of its own: jobs that hold all there are would wait for it.
      await invoicing.refreshPrices();
      const { drafts } = await accounts.transaction((records) => invoicing.draftEnded(records, customerId));
      metrics.drafted.inc(drafts.length);
      failpoint('billing.after_draft');
    },
    'billing.finalize': ({ invoiceId }) => finalizeDraft(parts, invoiceId),
    'billing.expire-credit': ({ customerId }) => expireCredit(parts, customerId),
    'billing.export': ({ exportId }, signal) => runExport(parts, exportId, signal),
    'billing.export-part': ({ exportId, part }, signal) => writeExportPart(parts, { exportId, part }, signal),
  };
}
