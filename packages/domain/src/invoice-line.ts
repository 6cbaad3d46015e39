// A line of an invoice: the amount that was rounded once, and all that shows how it came to be.

import type { TimeSpan } from './calendar.ts';
import type { ChargedUse } from './charge.ts';
import type { QuantityByProvenance, UseGroup } from './use-group.ts';

export const LINE_KINDS = ['usage', 'fee', 'true_up', 'adjustment'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export interface InvoiceLine {
  /** Unique in its invoice. */
  readonly id: string;
  /** What the line is for, the same on every invoice: what was billed before for the same thing is found by it. */
  readonly subject: string;
  readonly kind: LineKind;
  /** The charge, fee or commitment that it comes from. */
  readonly chargeId: string;
  readonly description: string;
  readonly period: TimeSpan;
  readonly amountMinor: bigint;
  /** Null for fees and commitments. */
  readonly usage: LineUsage | null;
  /** The finalized invoice that an adjustment belongs to. */
  readonly originInvoiceId: string | null;
}

/** The use of the period up to the line, and what it comes to: `amountMinor` is `amount`, rounded, less what was billed. */
export interface LineUsage extends ChargedUse {
  readonly billedBeforeMinor: bigint;
  readonly provenance: QuantityByProvenance;
  /** All versions of prices in it. */
  readonly priceIds: readonly string[];
  readonly groups: readonly UseGroup[];
}

/** As much of a line that was billed as what follows it is reckoned by: also of one that was stored and read again. */
export interface BilledLine
  extends Pick<InvoiceLine, 'subject' | 'chargeId' | 'description' | 'period' | 'amountMinor'> {
  /** Null for fees and commitments. */
  readonly usage: object | null;
}

/** What was billed of each subject. */
export function billedBySubject(lines: readonly BilledLine[]): ReadonlyMap<string, bigint> {
  const billed = new Map<string, bigint>();
  for (const { subject, amountMinor } of lines) billed.set(subject, (billed.get(subject) ?? 0n) + amountMinor);
  return billed;
}

export function sumOfLines(lines: readonly Pick<InvoiceLine, 'amountMinor'>[]): bigint {
  return lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
