// The next number of a series, as it stands on the document.

import type { NextNumber } from '@tollgate/accounts';
import type { Records } from './parts.ts';

const DIGITS_MIN = 6;

export interface Place extends NextNumber {
  readonly series: string;
  /** `INV-000042`. */
  readonly number: string;
}

/** Nobody else gets a number of the series before the transaction ends. */
export async function nextPlace(records: Pick<Records, 'nextNumber'>, series: string): Promise<Place> {
  const next = await records.nextNumber(series);
  return { ...next, series, number: `${series}-${next.sequence.toString().padStart(DIGITS_MIN, '0')}` };
}

/** Credit notes have numbers of their own. */
export function creditNoteSeries(invoiceSeries: string): string {
  return `${invoiceSeries}-CN`;
}
