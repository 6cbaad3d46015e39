// Asks for API keys, in pages.

import { api, bodyOf } from '../api/client.ts';

const PAGE_ROWS = 100;

/** `customer`: absent for all that the session sees. */
export async function readKeys(customer: string | undefined, cursor: string | undefined) {
  const query = { limit: PAGE_ROWS, ...(customer && { customer }), ...(cursor && { cursor }) };
  return await bodyOf(api.GET('/v1/keys', { params: { query } }));
}

export type Key = Awaited<ReturnType<typeof readKeys>>['data'][number];
