// What a page of usage rows costs by the prices that a re-rate knows. Pure.

import { costOfUsage, type PriceBook } from '@tollgate/domain';
import type { RatedRow, RowToRate } from '@tollgate/warehouse';

interface Rates {
  readonly book: PriceBook;
  readonly knownAtMs: number;
  readonly currencies: ReadonlyMap<string, string>;
}

export function ratePage(rows: readonly RowToRate[], rates: Rates): readonly RatedRow[] {
  return rows.map((row) => {
    const { customerId, hourMs, eventId, version, provider, model, cost: old } = row;
    // Everything that is known now counts as if it had been known when the record came.
    const cost = costOfUsage(rates.book, {
      ...row,
      receivedAtMs: rates.knownAtMs,
      currency: rates.currencies.get(customerId) ?? '',
    });
    const outcome = isSame(old, cost) ? 'same' : 'changed';
    return { customerId, hourMs, eventId, version, outcome, provider, model, old, cost };
  });
}

/** The prices that made it count, too: a row names what its cost comes from. */
function isSame(old: RowToRate['cost'], cost: RowToRate['cost']): boolean {
  return textOf(old) === textOf(cost);
}

function textOf({ currency, costPico, cacheSavingsPico, priceIds, unpricedReason }: RowToRate['cost']): string {
  // The parts by class follow from the prices and the quantities.
  return `${currency}\n${costPico}\n${cacheSavingsPico}\n${unpricedReason}\n${priceIds.join('\n')}`;
}
