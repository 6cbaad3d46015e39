// Asks for webhook endpoints, and for what was delivered to them.

import { api, bodyOf } from '../api/client.ts';

const ENDPOINTS_LISTED = 1_000;
const PAGE_ROWS = 50;

export const STATES = ['pending', 'delivered', 'failed'] as const;

/** What an endpoint can be told of, in the order of the contract. */
export const TYPES = [
  ...([
    'limit.threshold_reached',
    'quota.exceeded',
    'spend_limit.reached',
    'limit.resolved',
    'limit.projected',
  ] as const),
  ...(['key.created', 'key.rotated', 'key.revoked', 'key.leaked', 'key.unusual_use', 'usage.dead_lettered'] as const),
  ...(['invoice.drafted', 'invoice.finalized', 'invoice.voided', 'credit.low', 'webhook.disabled'] as const),
] as const;
const TEST_TYPE = 'webhook.test';
export const DELIVERED_TYPES = [...TYPES, TEST_TYPE] as const;

/** As it stands in the address. */
export interface DeliveryFilters {
  readonly endpoint?: string;
  readonly state?: (typeof STATES)[number];
  readonly type?: (typeof DELIVERED_TYPES)[number];
}

/** What does not fit is left out, so that an old address still opens. */
export function readDeliveryFilters(search: Record<string, unknown>): DeliveryFilters {
  const { endpoint } = search;
  const state = STATES.find((one) => one === search['state']);
  const type = DELIVERED_TYPES.find((one) => one === search['type']);
  return {
    ...(typeof endpoint === 'string' ? { endpoint } : {}),
    ...(state === undefined ? {} : { state }),
    ...(type === undefined ? {} : { type }),
  };
}

async function readEndpoints() {
  const query = { limit: ENDPOINTS_LISTED };
  return (await bodyOf(api.GET('/v1/webhook-endpoints', { params: { query } }))).data;
}

export const endpointsQuery = { queryKey: ['webhooks', 'endpoints'], queryFn: readEndpoints };
export type Endpoint = Awaited<ReturnType<typeof readEndpoints>>[number];

export async function readDeliveries(filters: DeliveryFilters, cursor: string | undefined) {
  const query = { ...filters, limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
  return await bodyOf(api.GET('/v1/webhook-deliveries', { params: { query } }));
}

export type Delivery = Awaited<ReturnType<typeof readDeliveries>>['data'][number];
export type Attempt = Delivery['attempts'][number];
