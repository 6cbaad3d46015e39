// Asks for limits with their live numbers.

import { api, bodyOf } from '../api/client.ts';

const PAGE_ROWS = 100;

export const SCOPE_KINDS = ['organization', 'customer', 'project', 'key'] as const;
export const METRICS = ['requests', 'input_tokens', 'output_tokens', 'tokens', 'cost'] as const;
export const WINDOWS = ['minute', 'hour', 'day', 'week', 'month', 'billing_period', 'lifetime'] as const;

/** As it stands in the address. */
export interface LimitFilters {
  readonly scope?: (typeof SCOPE_KINDS)[number];
  readonly metric?: (typeof METRICS)[number];
  readonly customer?: string;
  readonly key?: string;
}

/** What does not fit is left out, so that an old address still opens. */
export function readLimitFilters(search: Record<string, unknown>): LimitFilters {
  const scope = SCOPE_KINDS.find((one) => one === search['scope']);
  const metric = METRICS.find((one) => one === search['metric']);
  const { customer, key } = search;
  return {
    ...(scope === undefined ? {} : { scope }),
    ...(metric === undefined ? {} : { metric }),
    ...(typeof customer === 'string' ? { customer } : {}),
    ...(typeof key === 'string' ? { key } : {}),
  };
}

export async function readLimits(filters: LimitFilters, cursor: string | undefined) {
  const { scope, key, ...rest } = filters;
  // A key is a scope itself.
  const of = key === undefined ? { ...(scope && { scope }) } : { key };
  const query = { ...rest, ...of, limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
  return await bodyOf(api.GET('/v1/limits', { params: { query } }));
}

export type Limit = Awaited<ReturnType<typeof readLimits>>['data'][number];
