// Questions about one customer each, gathered, and asked by one statement for those that differ in nothing but the customer.

import type { InvoiceTotals } from '@tollgate/warehouse';
import type { InvoicingWarehouse } from './parts.ts';

interface Asked<Query, Answer> {
  readonly query: Query;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

interface Gathering<Query, Answer> {
  ask(query: Query): Promise<Answer>;
  /** Asks what was gathered; those who asked are told also of a failure. */
  flush(): Promise<void>;
}

const NOTHING: InvoiceTotals = {
  ...{ events: 0n, unpricedEvents: 0n, costPico: 0n, requests: 0n, webSearches: 0n, tokens: {} },
};

export function gatherQuestions(warehouse: InvoicingWarehouse) {
  const spanOf = ({ startMs, endMs, until }: Parameters<InvoicingWarehouse['invoiceTotals']>[0]): string =>
    [
      startMs,
      endMs,
      ...[...until].map(([partition, { epoch, position }]) => `${partition}/${epoch}/${position}`),
    ].join();
  return {
    changes: gather({
      keyOf: () => '',
      async ask(queries: readonly Parameters<InvoicingWarehouse['changedSince']>[0][]) {
        const sinceMs = new Map<string, number>();
        // Hours that changed before are looked at for nothing.
        for (const query of queries) {
          sinceMs.set(query.customerId, Math.min(query.sinceMs, sinceMs.get(query.customerId) ?? query.sinceMs));
        }
        const hours = await warehouse.changedSinceOfEach(sinceMs);
        return ({ customerId }) => hours.get(customerId) ?? [];
      },
    }),
    use: gather({
      keyOf: (query: Parameters<InvoicingWarehouse['invoiceUse']>[0]) => `${query.zone},${spanOf(query)}`,
      async ask(queries, { customerId: _, ...query }) {
        const use = await warehouse.invoiceUseOfEach({ ...query, customerIds: customersOf(queries) });
        return ({ customerId }) => use.get(customerId) ?? [];
      },
    }),
    totals: gather({
      keyOf: spanOf,
      async ask(queries, { customerId: _, ...query }) {
        const totals = await warehouse.invoiceTotalsOfEach({ ...query, customerIds: customersOf(queries) });
        return ({ customerId }) => totals.get(customerId) ?? NOTHING;
      },
    }),
    books: gather({
      keyOf: ({ startMs, endMs, until = [] }: BooksQuery) =>
        [
          startMs,
          endMs,
          ...until.map(({ epoch, partition, nextOffset }) => `${epoch}/${partition}/${nextOffset}`),
        ].join(),
      async ask(queries, { customerId: _, ...query }) {
        const books = await warehouse.booksOfEach({ ...query, customerIds: customersOf(queries) });
        return ({ customerId }) => {
          const count = books.get(customerId);
          if (count === undefined) throw new Error(`there are no books of ${customerId}`);
          return count;
        };
      },
    }),
  };
}

type BooksQuery = Parameters<InvoicingWarehouse['books']>[0] & { readonly customerId: string };

function customersOf(queries: readonly { readonly customerId: string }[]): readonly string[] {
  return [...new Set(queries.map(({ customerId }) => customerId))];
}

function gather<Query, Answer>(of: {
  /** Those with the same differ in nothing but the customer. */
  readonly keyOf: (query: Query) => string;
  readonly ask: (queries: readonly Query[], first: Query) => Promise<(query: Query) => Answer>;
}): Gathering<Query, Answer> {
  let gathered: Asked<Query, Answer>[] = [];
  return {
    ask: (query) => new Promise((resolve, reject) => void gathered.push({ query, resolve, reject })),
    async flush() {
      const alike = new Map<string, Asked<Query, Answer>[]>();
      for (const asked of gathered) {
        const key = of.keyOf(asked.query);
        const known = alike.get(key);
        if (known === undefined) alike.set(key, [asked]);
        else known.push(asked);
      }
      gathered = [];
      await Promise.all([...alike.values()].map((group) => answer(of.ask, group)));
    },
  };
}

async function answer<Query, Answer>(
  ask: (queries: readonly Query[], first: Query) => Promise<(query: Query) => Answer>,
  group: readonly Asked<Query, Answer>[],
): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  try {
    const answerTo = await ask(
      group.map(({ query }) => query),
      first.query,
    );
    for (const { query, resolve } of group) resolve(answerTo(query));
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}
