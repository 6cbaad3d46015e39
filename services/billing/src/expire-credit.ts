// Takes what is left of credit grants that are past their end out of a customer's balance.

import type { Accounts, StoredGrant } from '@tollgate/accounts';
import { expiredEntries } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import type { BillingMetrics } from './billing-metrics.ts';

export interface ExpireParts {
  readonly accounts: Pick<Accounts, 'transaction'>;
  readonly clock: Clock;
  readonly metrics: Pick<BillingMetrics, 'expired'>;
}

const GRANTS_PAGE = 500;

/** The customer is locked, so that no invoice draws on what expires. */
export async function expireCredit({ accounts, clock, metrics }: ExpireParts, customerId: string): Promise<void> {
  const expired = await accounts.transaction(async (records) => {
    if ((await records.lockCustomer(customerId)) === null) return 0;
    const grants: StoredGrant[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await records.grants({ customerId, limit: GRANTS_PAGE, ...(after === undefined ? {} : { after }) });
      grants.push(...page);
      after = page.at(-1)?.id;
      if (page.length < GRANTS_PAGE) break;
    }
    const entries = expiredEntries({ grants, entries: await records.creditEntries(customerId), nowMs: clock.now() });
    await records.appendCreditEntries(entries);
    for (const { grantId, amountMinor } of entries) {
      await records.appendAudit({
        ...{ action: 'credit.expired', actor: { keyId: null }, origin: null, customerId },
        subject: { type: 'credit_grant', id: grantId },
        ...{ before: { left_minor: String(amountMinor) }, after: { left_minor: '0' } },
      });
    }
    return entries.length;
  });
  metrics.expired.inc(expired);
}
