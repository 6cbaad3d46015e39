// The figures of an invoice from all that it is made of. Pure: the same function calculates a preview, finalizes, and
// calculates an invoice again to see whether it is right.

import {
  calculateInvoice,
  draftLines,
  type InvoiceFigures,
  type InvoiceToCalculate,
  type InvoiceToDraft,
  type PeriodInParts,
  type UseGroup,
} from '@tollgate/domain';

export interface InvoiceInputs
  extends Omit<InvoiceToDraft, 'atMs'>,
    Pick<InvoiceToCalculate, 'coupons' | 'tax' | 'creditNotes' | 'grants' | 'balances'> {
  /** Commitments of parts that have ended by then are due. */
  readonly reckonedAtMs: number;
}

export interface Calculated {
  readonly figures: InvoiceFigures;
  /** Use that has no price, and so is not in the figures. */
  readonly unpriced: readonly UseGroup[];
}

export function calculate(inputs: InvoiceInputs): Calculated {
  const drafted = draftLines({ ...inputs, atMs: inputs.reckonedAtMs });
  if (drafted.kind === 'unpriced') {
    return { ...calculate(withoutUnpriced(inputs)), unpriced: drafted.groups };
  }
  const figures = calculateInvoice({ ...inputs, lines: drafted.lines, atMs: inputs.current.period.endMs });
  return { figures, unpriced: [] };
}

/** Events without a price name no versions of prices, so they are groups of their own. */
function withoutUnpriced(inputs: InvoiceInputs): InvoiceInputs {
  const priced = <Period extends PeriodInParts>(period: Period): Period => ({
    ...period,
    parts: period.parts.map((part) => ({
      ...part,
      use: part.use.filter(({ unpricedEvents }) => unpricedEvents === 0n),
    })),
  });
  return { ...inputs, current: priced(inputs.current), earlier: inputs.earlier.map(priced) };
}
