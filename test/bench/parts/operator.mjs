// An operator's calls to the api.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRIES_MAX = 20;
const RETRY_AFTER_MS = 200;

export function createOperator({ api, secret }) {
  const post = (path, body) => callJson(`${api.url}${path}`, { secret, body: JSON.stringify(body) });
  return {
    get: (path, as = secret) => callJson(`${api.url}${path}`, { secret: as }),
    createCustomer: async () => (await post('/v1/customers', { name: randomUUID() })).id,
    createKey: async (customer, scopes) => (await post('/v1/keys', { name: 'bench', customer, scopes })).secret,
  };
}

/** A POST when there is a body, which is JSON text. Tries again when it is told to come back later. */
export async function callJson(url, { secret, body }) {
  const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
  const request = { headers, ...(body === undefined ? {} : { method: 'POST', body }) };
  let res = await fetch(url, request);
  for (let retry = 0; res.status === 503 && retry < RETRIES_MAX; retry++) {
    await res.text();
    await sleep(RETRY_AFTER_MS);
    res = await fetch(url, request);
  }
  if (!res.ok) throw new Error(`${res.status} ${await res.text()}`);
  return res.json();
}
