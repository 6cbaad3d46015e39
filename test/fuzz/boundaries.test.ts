// Every boundary that others can send to, under drawn requests: nothing is answered with 5xx, hangs, or grows, and whatever was
// accepted gets through the counter. For some seconds the same requests each time, as many as the machine sends in them;
// `npm run fuzz` draws others for FUZZ_SECONDS. A failure names its seed (FUZZ_SEED).

import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { apiRequests, type FuzzedDocument } from './api-requests.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { ingestRequests } from './ingest-requests.ts';
import { createSender, type Sender } from './send-request.ts';

const { FUZZ_SECONDS, FUZZ_SEED } = process.env;
const FUZZ_MS = Number(FUZZ_SECONDS ?? 12) * 1_000;
const SEED = Number(FUZZ_SEED ?? (FUZZ_SECONDS === undefined ? 20_261_124 : Date.now() % 2 ** 31));
const AT_ONCE = 6;
/** From so many on, each of the usual answers is among them. */
const ANSWERS_MANY = 1_000;
const GROWTH_BYTES_MAX = 400 * 1024 * 1024;
const PRICE_LIST = new URL('../../services/api/list-prices.csv', import.meta.url);

let stack: Stack;
let sender: Sender;
beforeAll(async () => {
  // Drawn requests fail to authenticate by the thousand, and no source shall be locked out for it, least of all this test.
  const env = { TOLLGATE_TRUSTED_PROXIES: '127.0.0.1', TOLLGATE_LOCKOUT_FAILURES: '100000' };
  stack = await startStack({ log: 'redis-streams', env });
  await stack.quotas[0].start();
  sender = createSender({ api: stack.api.url, ingest: stack.ingest.url });
  sender.learn(stack.operatorKey);
  await makeSomething();
});
afterAll(async () => {
  sender?.close();
  await stack?.close();
});

it('whatever is asked of ingest and the api is answered, in time and without 5xx', {
  timeout: FUZZ_MS * 2 + 120_000,
}, async () => {
  const document = (await (await fetch(`${stack.api.url}/openapi.json`)).json()) as FuzzedDocument;
  const priceList = await readFile(PRICE_LIST, 'utf8');
  const before = await residentBytes();
  const requests = fc.oneof(ingestRequests, apiRequests(document, priceList));
  await fuzz(requests);
  const after = await residentBytes();
  for (const [index, bytes] of after.entries()) expect(bytes - (before[index] ?? 0)).toBeLessThan(GROWTH_BYTES_MAX);
  const answered = [...sender.counts.values()].reduce((sum, count) => sum + count, 0);
  if (answered < ANSWERS_MANY) return;
  // Else nothing got past the first check.
  const wanted = ['ingest 202', 'ingest 207', 'ingest 422', 'api 200', 'api 201', 'api 404', 'api 422'];
  expect([...sender.counts.keys()]).toEqual(expect.arrayContaining(wanted));
});

it('and what was accepted is counted or set aside: nothing stops the counter', {
  timeout: 60_000 + FUZZ_MS,
}, async () => {
  const { api } = operator();
  await eventually(
    async () => {
      const books = await api.json<{ in_flight: number }>(api.get(`/v1/books?${lastDays(40)}`));
      expect(books).toMatchObject({ in_flight: 0, balances: true });
    },
    { timeoutMs: 30_000 + FUZZ_MS },
  );
  for (const service of [stack.api, stack.ingest, stack.counters[0], stack.quotas[0]]) {
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    expect(service.output()).not.toContain('"level":"fatal"');
  }
});

async function fuzz(requests: fc.Arbitrary<FuzzRequest>): Promise<void> {
  const groups = fc.array(requests, { minLength: AT_ONCE, maxLength: AT_ONCE });
  const property = fc.asyncProperty(groups, async (group) => {
    await Promise.all(group.map((one) => sender.send(one)));
  });
  await fc.assert(property, {
    seed: SEED,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: FUZZ_MS,
    // What the services know by then is not what they knew: a smaller case would be another.
    endOnFailure: true,
  });
}

function operator() {
  return { api: createApiClient(stack.api.url, stack.operatorKey) };
}

/** A customer with keys, so that the first requests already have something to be about. */
async function makeSomething(): Promise<void> {
  const { api } = operator();
  const { data: keys } = await api.json<{ data: readonly { readonly id: string }[] }>(api.get('/v1/keys'));
  for (const text of [stack.operatorKey, ...keys.map(({ id }) => id)]) sender.spare(text);
  for (const name of ['one', 'other']) {
    const customer = await api.json<{ id: string }>(api.post('/v1/customers', { name }));
    const scopes = ['usage:write', 'usage:read', 'limits:check', 'limits:write', 'keys:write', 'billing:read'];
    const key = await api.json<{ secret: string }>(api.post('/v1/keys', { name, customer: customer.id, scopes }));
    sender.learn(JSON.stringify([customer, key]));
  }
  await api.json(api.post('/v1/meters', { slug: 'calls', name: 'Calls', event_type: 'calls', aggregation: 'count' }));
}

async function residentBytes(): Promise<readonly number[]> {
  return await Promise.all(
    [stack.api, stack.ingest, stack.counters[0]].map(async ({ url }) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(/^process_resident_memory_bytes\S* (\S+)$/m.exec(text)?.[1]);
    }),
  );
}

function lastDays(days: number): string {
  const at = (by: number) => new Date(Date.now() + by * 86_400_000).toISOString();
  return new URLSearchParams({ start: at(-days), end: at(1) }).toString();
}
