// Why an invoice cannot be finalized now. Refusals are answers, not failures: the draft keeps them, and a later attempt may
// find none.

import type { JsonObject } from '@tollgate/domain';

export const REFUSAL_CODES = [
  'seller_unknown',
  'period_not_ended',
  'not_all_counted',
  'books',
  'dead_letters',
  'unpriced',
  'rerate_applying',
  'invoice_disagrees',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  readonly code: RefusalCode;
  /** A sentence that says what to do. */
  readonly detail: string;
  /** Figures and names behind it. */
  readonly facts: JsonObject;
}

/** As a draft keeps them. */
export function refusalJson(refusals: readonly Refusal[], at: string): JsonObject {
  return { at, reasons: refusals.map(({ code, detail, facts }) => ({ code, detail, facts })) };
}
