// Keeps a price book up with the store: reads what was added, and says until when the book is complete.

import { createPriceBook, type PriceBook } from '@tollgate/domain';
import type { Accounts } from './accounts.ts';
import type { PricePlace } from './prices.ts';

export interface PriceReader {
  readonly book: PriceBook;
  /** The book has every version that is known before this instant, by the database's clock. */
  readonly completeUntilMs: number;
  /** Reads what was added before the call, at least. */
  refresh(): Promise<void>;
}

const PAGE_ROWS = 5_000;

export function createPriceReader(accounts: Pick<Accounts, 'priceVersions'>): PriceReader {
  const book = createPriceBook();
  let place: PricePlace = { priceSequence: 0n, markupSequence: 0n };
  let completeUntilMs = 0;
  let reading: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    for (;;) {
      const page = await accounts.priceVersions({ place, limit: PAGE_ROWS });
      if (page.prices.length + page.markups.length > 0) book.add(page);
      place = page.place;
      completeUntilMs = Math.max(completeUntilMs, page.completeUntilMs);
      if (page.completeUntilMs > 0) return;
    }
  };
  const start = (): Promise<void> => {
    reading = read().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  return {
    book,
    get completeUntilMs() {
      return completeUntilMs;
    },
    refresh() {
      if (reading === undefined) return start();
      // One that has begun may have passed what the caller asks for: all who come meanwhile share the one after it.
      next ??= reading
        .catch(() => undefined)
        .then(() => {
          next = undefined;
          return start();
        });
      return next;
    },
  };
}
