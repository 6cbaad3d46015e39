// What changes in a period whose invoice is finalized, because use came late, was withdrawn, or was rated anew. The invoice
// stays as it is: the difference is billed on the next one, and says which invoice it belongs to.

import type { BilledLine, InvoiceLine } from './invoice-line.ts';
import { type PeriodToRate, type RatedPeriod, ratePeriod } from './rate-period.ts';

export interface PeriodToAdjust extends Omit<PeriodToRate, 'commitments'> {
  readonly originInvoiceId: string;
  /** The lines of the invoice, and the adjustments of it that were billed since. */
  readonly billed: readonly BilledLine[];
}

/** The period once more with all that is known of it now: one adjustment for each line that comes to something else. */
export function adjustPeriod({ originInvoiceId, ...period }: PeriodToAdjust): RatedPeriod {
  const rated = ratePeriod({ ...period, commitments: 'due' });
  if (rated.kind === 'unpriced') return rated;
  const lines = rated.lines
    .filter(({ amountMinor }) => amountMinor !== 0n)
    .map(
      (line): InvoiceLine => ({
        ...line,
        id: `${originInvoiceId}/${line.subject}`,
        kind: 'adjustment',
        originInvoiceId,
      }),
    );
  return { kind: 'rated', lines };
}
