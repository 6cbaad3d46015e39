// Asks for customers.

import { api, bodyOf } from '../api/client.ts';

const PAGE_ROWS = 100;

export async function readCustomers(cursor: string | undefined) {
  const query = { limit: PAGE_ROWS, ...(cursor && { cursor }) };
  return await bodyOf(api.GET('/v1/customers', { params: { query } }));
}

export type Customer = Awaited<ReturnType<typeof readCustomers>>['data'][number];

export function customerQuery(id: string) {
  return {
    queryKey: ['customers', 'one', id],
    queryFn: () => bodyOf(api.GET('/v1/customers/{id}', { params: { path: { id } } })),
  };
}
