// What holds in a period whose invoice is finalized does not change any more.

import type { AccountRecords } from '@tollgate/accounts';
import { formatTimestamp, TollgateError } from '@tollgate/domain';

/** Later than any period, and what the database can say. */
const FOREVER_MS = Date.UTC(9999, 11, 31);

/** The customer is locked, so that no invoice of it is finalized meanwhile. Fails with `invoice_immutable`. */
export async function refuseClosedTime(
  records: AccountRecords,
  change: { readonly customerId: string; readonly startMs: number; readonly endMs: number | null },
): Promise<void> {
  const { customerId, startMs, endMs } = change;
  if (endMs !== null && endMs <= startMs) return;
  const span = { startMs, endMs: endMs ?? FOREVER_MS };
  const last = (await records.closedPeriods({ customerIds: [customerId], ...span })).at(-1);
  if (last === undefined) return;
  throw new TollgateError({
    code: 'invoice_immutable',
    detail: `This would change the terms of a period whose invoice ${last.invoiceId} is finalized. It can be so from ${formatTimestamp(last.endMs)} on.`,
  });
}
