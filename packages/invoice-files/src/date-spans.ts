// The instants of dates, remembered: the rows of a month of invoices have the same thirty dates in some zones, and finding one
// takes longer than all the rest of a row.

import { dateSpan } from '@tollgate/domain';

type Span = ReturnType<typeof dateSpan>;

/** All are forgotten when there are more. */
const REMEMBERED_MAX = 2_000;
const remembered = new Map<string, Span>();

export function knownDateSpan(date: string, zone: string): Span {
  const key = `${date} ${zone}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  const span = dateSpan(date, zone);
  remembered.set(key, span);
  return span;
}
