// The end of every fault test: what the system says is held against the journal, to the last event.

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import type { Journal, Quantities } from './journal.ts';

interface UsageAnswer {
  readonly data: readonly {
    readonly tokens: { readonly input?: number; readonly output?: number };
    readonly requests: number;
    readonly events: number;
  }[];
  readonly as_of: string;
}

interface EventsAnswer {
  readonly data: readonly Counted[];
  readonly next_cursor: string | null;
}

export interface BooksAnswer {
  readonly accepted: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly conflict: number;
  readonly dead_lettered: number;
  readonly voided: number;
  readonly in_flight: number;
  readonly missing_entries: number;
  readonly balances: boolean;
}

const HOUR_MS = 60 * 60 * 1000;

/** An event as it was counted. */
interface Counted {
  readonly id: string;
  readonly model: string | null;
  readonly tokens: { readonly input?: number; readonly output?: number } | null;
}

interface Totals {
  readonly events: number;
  readonly requests: number;
  readonly input: number;
  readonly output: number;
}

interface Subject {
  readonly api: ApiClient;
  readonly customerId: string;
  readonly journal: Journal;
  /** How long the system may take to have everything counted. */
  readonly timeoutMs: number;
}

/**
 * Every acknowledged event is counted exactly once, no refused one exists, those of which nobody knows at most once, the sums
 * are theirs and the books balance. Copies at the door (in one request) are never acknowledged as accepted, so `accepted` is
 * stored + copies. Gives what was counted, by its id.
 */
export async function expectExact(subject: Subject): Promise<ReadonlyMap<string, Quantities>> {
  const { timeoutMs } = subject;
  // An event of which nobody knows may be on its way still.
  return await eventually(async () => await exactNow(subject), { timeoutMs });
}

async function exactNow(subject: Subject): Promise<ReadonlyMap<string, Quantities>> {
  const { journal } = subject;
  const books = await readBooks(subject);
  expect(books).toMatchObject({ in_flight: 0, missing_entries: 0, balances: true });
  expect(books).toMatchObject({ conflict: 0, dead_lettered: 0, voided: 0 });
  expect(books.stored).toBeGreaterThanOrEqual(journal.acknowledged.size);
  expect(books.accepted).toBe(books.stored + books.duplicate);
  // Each acknowledged copy was accepted; a retry after a lost answer may have been accepted once more.
  expect(books.duplicate).toBeGreaterThanOrEqual(journal.copies);

  const rows = await countedRows(subject);
  const counted = new Map(rows.map(({ id, model, tokens }) => [id, quantitiesOf(model, tokens)]));
  expect(rows.length, 'an id is counted twice').toBe(counted.size);
  expect(books.stored).toBe(counted.size);
  const missing = [...journal.acknowledged.keys()].filter((id) => !counted.has(id));
  expect(missing, 'acknowledged and not counted').toEqual([]);
  const refused = [...journal.refused].filter((id) => counted.has(id));
  expect(refused, 'refused and counted').toEqual([]);
  const sent = new Map([...journal.unknown, ...journal.acknowledged]);
  const wrong = [...counted].filter(([id, quantities]) => !isDeepStrictEqual(quantities, sent.get(id)));
  expect(wrong, 'not as it was sent').toEqual([]);

  const quantities = [...counted.values()];
  expect(await usageTotals(subject)).toEqual({
    events: quantities.length,
    requests: quantities.length,
    input: quantities.reduce((sum, { input }) => sum + input, 0),
    output: quantities.reduce((sum, { output }) => sum + output, 0),
  });
  return counted;
}

function quantitiesOf(model: string | null, tokens: Counted['tokens']): Quantities {
  return { model: model ?? '', input: tokens?.input ?? 0, output: tokens?.output ?? 0 };
}

/** All that may be accepted now. Fixed for as long as a list is paged through: a cursor belongs to one period. */
function periodOf(): string {
  const start = new Date(Date.now() - 36 * 24 * HOUR_MS).toISOString();
  const end = new Date(Date.now() + HOUR_MS).toISOString();
  return `start=${start}&end=${end}`;
}

async function usageTotals({ api, customerId }: Pick<Subject, 'api' | 'customerId'>): Promise<Totals> {
  const answer = await api.json<UsageAnswer>(api.get(`/v1/usage?${periodOf()}&customer=${customerId}`));
  const row = answer.data[0];
  return {
    events: row?.events ?? 0,
    requests: row?.requests ?? 0,
    input: row?.tokens.input ?? 0,
    output: row?.tokens.output ?? 0,
  };
}

export async function countedEvents(subject: Pick<Subject, 'api' | 'customerId'>): Promise<number> {
  return (await usageTotals(subject)).events;
}

export async function readBooks({ api, customerId }: Pick<Subject, 'api' | 'customerId'>): Promise<BooksAnswer> {
  return api.json<BooksAnswer>(api.get(`/v1/books?${periodOf()}&customer=${customerId}`));
}

async function countedRows({ api, customerId }: Subject): Promise<readonly Counted[]> {
  const rows: Counted[] = [];
  const period = periodOf();
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: EventsAnswer = await api.json(
      api.get(`/v1/events?${period}&customer=${customerId}&state=counted&limit=1000${next}`),
    );
    rows.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}
