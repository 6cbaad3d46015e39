// Tells that a customer's credit fell below what it wants to be told of: once for each fall.

import { formatMinor } from '@tollgate/domain';
import type { Records } from './parts.ts';

export async function tellOfLowCredit(
  records: Pick<Records, 'tell'>,
  of: {
    readonly customerId: string;
    readonly currency: string;
    readonly beforeMinor: bigint;
    readonly afterMinor: bigint;
    /** Null: never. */
    readonly lowMinor: bigint | null;
  },
): Promise<void> {
  const { customerId, currency, beforeMinor, afterMinor, lowMinor } = of;
  if (lowMinor === null || beforeMinor < lowMinor || afterMinor >= lowMinor) return;
  await records.tell({
    type: 'credit.low',
    customerId,
    data: {
      ...{ customer: customerId, currency, balance: formatMinor(afterMinor, currency) },
      threshold: formatMinor(lowMinor, currency),
    },
  });
}
