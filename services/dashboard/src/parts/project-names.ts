// The names of projects, by their ids.

import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';

const LISTED = 1_000;

export const projectNamesQuery = queryOptions({
  queryKey: ['projects', 'names'],
  queryFn: async () => {
    const { data } = await bodyOf(api.GET('/v1/projects', { params: { query: { limit: LISTED } } }));
    return new Map(data.map(({ id, name }) => [id, name]));
  },
  staleTime: 60_000,
});
