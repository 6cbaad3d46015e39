// Drafts the invoices of a page of the customers whose periods ended, or of one customer. Where one fails all that were looked
// at with it, each is looked at alone.

import type { Accounts } from '@tollgate/accounts';
import type { Invoicing } from '@tollgate/invoicing';
import type { JobPayload } from '@tollgate/jobs';
import type { Failpoint, Logger } from '@tollgate/runtime';
import type { BillingMetrics } from './billing-metrics.ts';

export interface DraftParts {
  readonly accounts: Pick<Accounts, 'transaction'>;
  readonly invoicing: Pick<Invoicing, 'draftEnded' | 'draftDue' | 'refreshPrices'>;
  readonly failpoint: Failpoint;
  readonly logger: Logger;
  readonly metrics: Pick<BillingMetrics, 'drafted'>;
}

/** Customers of a page. */
export const DRAFTED_AT_ONCE = 25;

export async function draftDue(
  parts: DraftParts,
  { of, page }: JobPayload<'billing.draft-due'>,
  signal: AbortSignal,
): Promise<void> {
  const { invoicing, failpoint, logger, metrics } = parts;
  const due = await invoicing.draftDue({ of, limit: DRAFTED_AT_ONCE, offset: page * DRAFTED_AT_ONCE });
  if (due.kind === 'done') {
    metrics.drafted.inc(due.drafts.length);
    failpoint('billing.after_draft');
    return;
  }
  const { error, customerIds } = due;
  logger.warn({ err: error, customers: customerIds.length }, 'invoices could not be drafted together');
  for (const customerId of customerIds) {
    signal.throwIfAborted();
    try {
      await draftCustomer(parts, customerId);
    } catch (alone) {
      logger.error({ err: alone, customer: customerId }, 'the invoices of a customer could not be drafted');
    }
  }
}

export async function draftCustomer(parts: DraftParts, customerId: string): Promise<void> {
  const { accounts, invoicing, failpoint, metrics } = parts;
  // Takes a connection of its own: jobs that hold all there are would wait for it.
  await invoicing.refreshPrices();
  const { drafts } = await accounts.transaction((records) => invoicing.draftEnded(records, customerId));
  metrics.drafted.inc(drafts.length);
  failpoint('billing.after_draft');
}
