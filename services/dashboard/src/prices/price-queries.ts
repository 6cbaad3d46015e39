// What the pages of prices ask for.

import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';

const PAGE_ROWS = 1_000;
/** More prices than that are not read for one page. */
const PAGES_MAX = 20;

async function readPrices(filter: { readonly at?: string; readonly provider?: string; readonly model?: string }) {
  const prices: Price[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = { ...filter, limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
    const { data, next_cursor: next } = await readPage(query);
    prices.push(...data);
    if (next === null) break;
    cursor = next;
  }
  return prices;
}

async function readPage(query: {
  readonly limit: number;
  readonly cursor?: string;
  readonly at?: string;
  readonly provider?: string;
  readonly model?: string;
}) {
  return await bodyOf(api.GET('/v1/prices', { params: { query } }));
}

export type Price = Awaited<ReturnType<typeof readPage>>['data'][number];

/** Those in force now, of the list and of customers. */
export const pricesNowQuery = queryOptions({
  queryKey: ['prices', 'now'],
  queryFn: () => readPrices({ at: new Date().toISOString() }),
  staleTime: 30_000,
});

export const priceVersionsQuery = (of: { readonly provider: string; readonly model: string }) =>
  queryOptions({ queryKey: ['prices', 'versions', of], queryFn: () => readPrices(of) });

async function readUnpriced() {
  return await bodyOf(api.GET('/v1/prices/unpriced'));
}

export type UnpricedGroup = Awaited<ReturnType<typeof readUnpriced>>['data'][number];

export const unpricedQuery = queryOptions({ queryKey: ['prices', 'unpriced'], queryFn: readUnpriced });

async function readRerate(id: string) {
  return await bodyOf(api.GET('/v1/rerates/{id}', { params: { path: { id } } }));
}

export type Rerate = Awaited<ReturnType<typeof readRerate>>;

const REFETCH_MS = 1_000;

export const rerateQuery = (id: string) =>
  queryOptions({
    queryKey: ['rerates', id],
    queryFn: () => readRerate(id),
    // While it is worked on.
    refetchInterval: ({ state }) =>
      state.data?.state === 'rating' || state.data?.state === 'applying' ? REFETCH_MS : false,
  });

export interface UseQuestion {
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
  readonly customer: string | null;
  readonly currency: string;
  readonly start: string;
  readonly end: string;
}

async function readModelUse({ provider, model, serviceTier, customer, currency, start, end }: UseQuestion) {
  const query = {
    ...{ start, end, provider: [provider], model: [model], service_tier: [serviceTier] },
    currency: [currency],
    ...(customer === null ? {} : { customer: [customer] }),
  };
  const [usage, costs] = await Promise.all([
    bodyOf(api.GET('/v1/usage', { params: { query } })),
    bodyOf(api.GET('/v1/costs', { params: { query } })),
  ]);
  const used = usage.data[0];
  const cost = costs.data[0];
  return {
    quantities: new Map<string, number>([
      ...Object.entries(used?.tokens ?? {}),
      ['requests', used?.requests ?? 0],
      ['web_searches', used?.web_searches ?? 0],
    ]),
    costs: new Map<string, string>(Object.entries(cost?.cost_by_class ?? {})),
    unpricedEvents: used?.unpriced_events ?? 0,
  };
}

export type ModelUse = Awaited<ReturnType<typeof readModelUse>>;

/** What was used of a model in a period, by class: what another price of it is held against. */
export const modelUseQuery = (of: UseQuestion) =>
  queryOptions({ queryKey: ['prices', 'use', of], queryFn: () => readModelUse(of), staleTime: 60_000 });
