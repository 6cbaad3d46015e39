// What the pages of plans ask for.

import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';

const LISTED = 1_000;

export const plansQuery = queryOptions({
  queryKey: ['plans', 'all'],
  queryFn: async () => (await bodyOf(api.GET('/v1/plans', { params: { query: { limit: LISTED } } }))).data,
  staleTime: 30_000,
});

export const planQuery = (id: string) =>
  queryOptions({
    queryKey: ['plans', 'one', id],
    queryFn: () => bodyOf(api.GET('/v1/plans/{id}', { params: { path: { id } } })),
  });

async function readVersions(id: string) {
  const params = { path: { id }, query: { limit: LISTED } };
  return (await bodyOf(api.GET('/v1/plans/{id}/versions', { params }))).data;
}

export type PlanVersion = Awaited<ReturnType<typeof readVersions>>[number];

export const planVersionsQuery = (id: string) =>
  queryOptions({ queryKey: ['plans', 'versions', id], queryFn: () => readVersions(id) });
