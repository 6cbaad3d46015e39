// The names of customers and keys, by their ids: rows of usage have ids alone.

import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { holds, isOperator, useSession } from '../session/session.ts';

const LISTED = 1_000;
const FRESH_MS = 60_000;

export const customersQuery = {
  queryKey: ['customers'],
  queryFn: async () => (await bodyOf(api.GET('/v1/customers', { params: { query: { limit: LISTED } } }))).data,
  staleTime: FRESH_MS,
};

export const keysQuery = {
  queryKey: ['keys'],
  queryFn: async () => (await bodyOf(api.GET('/v1/keys', { params: { query: { limit: LISTED } } }))).data,
  staleTime: FRESH_MS,
};

function useNamed() {
  const session = useSession();
  const customers = useQuery({ ...customersQuery, enabled: isOperator(session) && holds(session, 'admin') });
  const keys = useQuery({ ...keysQuery, enabled: holds(session, 'keys:read') });
  return { session, customers, keys };
}

/** While it is true, ids would stand where names will, and what stands beside them would move. */
export function useNamesPending(): boolean {
  const { customers, keys } = useNamed();
  return customers.isLoading || keys.isLoading;
}

export function useNames(): (id: string) => string {
  const { session, customers, keys } = useNamed();
  const names = new Map([...(customers.data ?? []), ...(keys.data ?? [])].map(({ id, name }) => [id, name]));
  if (session.customer !== null && session.customer_name !== null) names.set(session.customer, session.customer_name);
  return (id) => names.get(id) ?? id;
}
