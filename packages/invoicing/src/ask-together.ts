// Acts on many customers at once, which ask the warehouse together: when none of them can go on without an answer, what all of
// them wait for is asked by one statement of a kind. Each act reads as if it were alone, and is as exact.

import { gatherQuestions } from './gather-questions.ts';
import type { InvoicingWarehouse } from './parts.ts';

/** In the order of the items. Of several that fail the first is thrown, when all have ended. */
export async function askTogether<Item, Answer>(
  warehouse: InvoicingWarehouse,
  items: readonly Item[],
  work: (item: Item, warehouse: InvoicingWarehouse) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const table = openTable(warehouse, items.length);
  // Whoever goes on after another one failed must not use a transaction that has ended.
  const settled = await Promise.allSettled(
    items.map(async (item) => {
      const seat = table.sit();
      try {
        return await work(item, seat.warehouse);
      } finally {
        seat.leave();
      }
    }),
  );
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

function openTable(warehouse: InvoicingWarehouse, seats: number) {
  const gatherings = gatherQuestions(warehouse);
  const shared = askedOnce(warehouse);
  /** Those that can go on by themselves. */
  let busy = seats;
  let isFlushing = false;
  let waiting = 0;

  const flush = async (): Promise<void> => {
    if (busy > 0 || waiting === 0 || isFlushing) return;
    isFlushing = true;
    waiting = 0;
    await Promise.all(Object.values(gatherings).map((gathering) => gathering.flush()));
    isFlushing = false;
    flushSoon();
  };
  // Later: one that waits for an answer may be about to ask for another one.
  const flushSoon = (): void => void setImmediate(() => void flush());

  const sit = () => {
    let open = 0;
    let isGone = false;
    const asking = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
      waiting += 1;
      open += 1;
      if (open === 1) busy -= 1;
      flushSoon();
      try {
        return await ask();
      } finally {
        open -= 1;
        if (open === 0 && !isGone) busy += 1;
      }
    };
    const asked: InvoicingWarehouse = {
      ...warehouse,
      ...shared,
      changedSince: (query) => asking(() => gatherings.changes.ask(query)),
      invoiceUse: (query) => asking(() => gatherings.use.ask(query)),
      invoiceTotals: (query) => asking(() => gatherings.totals.ask(query)),
      books(query) {
        const { customerId } = query;
        if (customerId === undefined) return warehouse.books(query);
        return asking(() => gatherings.books.ask({ ...query, customerId }));
      },
    };
    const leave = (): void => {
      isGone = true;
      if (open === 0) busy -= 1;
      flushSoon();
    };
    return { warehouse: asked, leave };
  };
  return { sit };
}

/** They have one answer for all, which is as good for the last who asks: it is about an instant after all of them began. */
function askedOnce(warehouse: InvoicingWarehouse): Pick<InvoicingWarehouse, 'asOf' | 'storedUntil' | 'consumedUntil'> {
  return {
    asOf: once(() => warehouse.asOf()),
    storedUntil: once(() => warehouse.storedUntil()),
    consumedUntil: once(() => warehouse.consumedUntil()),
  };
}

function once<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let answer: Promise<Answer> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
