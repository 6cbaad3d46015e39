// Asks for dead letters, and has them sent through again or discarded.

import { api, bodyOf } from '../api/client.ts';

/** As many as are taken at once by a replay. */
const PAGE_ROWS = 50;
/** Of a page each: past it one says it again. */
const PAGES_MAX = 2_000;

/** As it stands in the address. */
export interface DeadLetterFilters {
  readonly code?: string;
  readonly customer?: string;
}

/** What does not fit is left out, so that an old address still opens. */
export function readDeadLetterFilters(search: Record<string, unknown>): DeadLetterFilters {
  const { code, customer } = search;
  return {
    ...(typeof code === 'string' && code !== '' ? { code } : {}),
    ...(typeof customer === 'string' ? { customer } : {}),
  };
}

export async function readDeadLetters(filters: DeadLetterFilters, cursor: string | undefined) {
  const query = { ...filters, limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
  return await bodyOf(api.GET('/v1/dead-letters', { params: { query } }));
}

export type DeadLetter = Awaited<ReturnType<typeof readDeadLetters>>['data'][number];

/** What is to be done: with those that are named, or with all that a filter shows. */
export type Which =
  | { readonly kind: 'named'; readonly ids: readonly string[] }
  | { readonly kind: 'filtered'; readonly filters: DeadLetterFilters };

interface Handling {
  readonly which: Which;
  /** Null: they are sent through again. */
  readonly discardReason: string | null;
  /** After each page. */
  readonly onProgress: (handled: Handled) => void;
}

export interface Handled {
  readonly done: number;
  /** Not found any more, not readable, or counted meanwhile. */
  readonly left: number;
}

export async function handleDeadLetters({ which, discardReason, onProgress }: Handling): Promise<Handled> {
  let [done, left] = [0, 0];
  for await (const ids of pagesOf(which)) {
    const states = discardReason === null ? await replay(ids) : await discard(ids, discardReason);
    const doneHere = states.filter((state) => state === 'accepted' || state === 'discarded').length;
    done += doneHere;
    left += states.length - doneHere;
    onProgress({ done, left });
  }
  return { done, left };
}

async function* pagesOf(which: Which): AsyncIterable<string[]> {
  if (which.kind === 'named') {
    for (let from = 0; from < which.ids.length; from += PAGE_ROWS) yield which.ids.slice(from, from + PAGE_ROWS);
    return;
  }
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { data, next_cursor: next } = await readDeadLetters(which.filters, cursor);
    if (data.length > 0) yield data.map(({ id }) => id);
    if (next === null) return;
    cursor = next;
  }
}

async function replay(ids: string[]): Promise<readonly string[]> {
  const { data } = await bodyOf(api.POST('/v1/dead-letters/replay', { body: { ids } }));
  return data.map(({ state }) => state);
}

async function discard(ids: string[], reason: string): Promise<readonly string[]> {
  const { data } = await bodyOf(api.POST('/v1/dead-letters/discard', { body: { ids, reason } }));
  return data.map(({ state }) => state);
}
