// What a meter measured in a part of a period, as use that charges are for: one group, since a meter's value is one number.

import { dateTextAt } from './billing-period.ts';
import type { TimeSpan } from './calendar.ts';
import type { Charge } from './charge.ts';
import { type Exact, exact, times, ZERO } from './exact.ts';
import type { Rate } from './price-choice.ts';
import { isOfCost } from './rate-model.ts';
import type { UseGroup } from './use-group.ts';

/** Prices by the piece are in millionths of the currency's unit. */
const MICRO_DIGITS = 6;

export interface MeasuredMeter {
  readonly slug: string;
  /** Null: all together. */
  readonly projectId: string | null;
  readonly value: Exact;
  /** That the value is made of. */
  readonly events: bigint;
  /** In force at the end of the span; null: the price book has none. */
  readonly rate: Rate | null;
  /** Of the plan that holds in the span. */
  readonly charges: readonly Charge[];
  readonly span: TimeSpan;
  /** IANA time zone. */
  readonly zone: string;
}

/** Null for a meter that has neither a price nor a charge: it is looked at, not billed. */
export function meterUse({
  slug,
  projectId,
  value,
  events,
  rate,
  charges,
  span,
  zone,
}: MeasuredMeter): UseGroup | null {
  const named = charges.filter(({ classes }) => classes?.includes(`meter:${slug}`) === true);
  if (rate === null && named.length === 0) return null;
  const cost = rate === null ? ZERO : times(value, exact(rate.amountMicros, MICRO_DIGITS));
  return {
    ...{ projectId, provider: '', model: '', serviceTier: '', class: `meter:${slug}` },
    priceIds: rate === null ? [] : priceIdsOf(rate),
    ...{ quantity: value, provenance: { reported: ZERO, counted: value, estimated: ZERO }, cost, events },
    unpricedEvents: rate === null && named.some(({ model }) => isOfCost(model)) ? events : 0n,
    // The value stands at the end: a maximum or a count of different things is of no single day.
    days: [{ date: dateTextAt(span.endMs - 1, zone), quantity: value, cost, events }],
  };
}

function priceIdsOf({ price, markup }: Rate): readonly string[] {
  return [price.id, ...(markup === null ? [] : [markup.id])].toSorted();
}
