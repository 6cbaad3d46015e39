// The end of every fault test: what the system says is held against the journal, to the last event.

import { expect } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import type { Journal } from './traffic.ts';

interface UsageAnswer {
  readonly data: readonly {
    readonly tokens: { readonly input?: number; readonly output?: number };
    readonly requests: number;
    readonly events: number;
  }[];
  readonly as_of: string;
}

interface EventsAnswer {
  readonly data: readonly { readonly id: string; readonly state: string }[];
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

interface Quantities {
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
 * Every acknowledged event is counted exactly once, no refused one exists, the sums are the journal's and the books
 * balance. Copies at the door (in one request) are never acknowledged as accepted, so `accepted` is stored + copies.
 */
export async function expectExact(subject: Subject): Promise<void> {
  const { journal } = subject;
  const quantities = [...journal.acknowledged.values()];
  const expected: Quantities = {
    events: quantities.length,
    requests: quantities.length,
    input: quantities.reduce((sum, { input }) => sum + input, 0),
    output: quantities.reduce((sum, { output }) => sum + output, 0),
  };
  await eventually(async () => expect(await usageTotals(subject)).toEqual(expected), { timeoutMs: subject.timeoutMs });

  const books = await eventually(
    async () => {
      const answer = await readBooks(subject);
      expect(answer).toMatchObject({ in_flight: 0, missing_entries: 0, balances: true });
      return answer;
    },
    { timeoutMs: subject.timeoutMs },
  );
  expect(books).toMatchObject({ stored: expected.events, conflict: 0, dead_lettered: 0, voided: 0 });
  expect(books.accepted).toBe(books.stored + books.duplicate);
  // Each acknowledged copy was accepted; a retry after a lost answer may have been accepted once more.
  expect(books.duplicate).toBeGreaterThanOrEqual(journal.copies);

  const counted = await countedIds(subject);
  const ids = new Set(counted);
  expect(counted.length).toBe(ids.size);
  expect([...journal.acknowledged.keys()].filter((id) => !ids.has(id))).toEqual([]);
  expect([...journal.refused].filter((id) => ids.has(id))).toEqual([]);
  expect(counted.length).toBe(expected.events);
}

/** All that may be accepted now. Fixed for as long as a list is paged through: a cursor belongs to one period. */
function periodOf(): string {
  const start = new Date(Date.now() - 36 * 24 * HOUR_MS).toISOString();
  const end = new Date(Date.now() + HOUR_MS).toISOString();
  return `start=${start}&end=${end}`;
}

async function usageTotals({ api, customerId }: Pick<Subject, 'api' | 'customerId'>): Promise<Quantities> {
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

async function countedIds({ api, customerId }: Subject): Promise<string[]> {
  const ids: string[] = [];
  const period = periodOf();
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: EventsAnswer = await api.json(
      api.get(`/v1/events?${period}&customer=${customerId}&state=counted&limit=1000${next}`),
    );
    ids.push(...page.data.map((event) => event.id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids;
}
