// The dates of an invoice as those who import it want them.

import { type CanonicalInvoice, dateTextAt } from '@tollgate/domain';

/**
 * Dates of the invoice's zone, day first: `30/11/2026`. A draft has the last date of its period, and what has no date on
 * which it is due is due when it is issued.
 */
export function accountingDates(invoice: CanonicalInvoice): { readonly issued: string; readonly due: string } {
  const { issued_at: issuedAt, due_at: dueAt, period } = invoice;
  const dateOf = (time: string): string => dateTextAt(Date.parse(time), period.zone);
  const issued = issuedAt === null ? period.last_date : dateOf(issuedAt);
  return { issued: dayFirst(issued), due: dayFirst(dueAt === null ? issued : dateOf(dueAt)) };
}

export function dayFirst(date: string): string {
  return date.split('-').toReversed().join('/');
}
