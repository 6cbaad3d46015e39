// Limits through the whole pipe: what is merely reported is counted to the unit, what is reached is told once, and what
// several processes do at the same time changes nothing. Long, because all of it shares one set of servers.

import type { Limit } from '@tollgate/accounts';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDocumented, type OpenApiDocument } from '../contract/api/openapi.ts';
import { rewindLog } from '../faults/rewind.ts';
import { type ApiClient, createApiClient } from '../support/api-client.ts';
import { createTestCustomer, type TestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { type LimitsClient, openLimits } from '../support/limits.ts';
import { createServiceProcess, type ServiceProcess } from '../support/service-process.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const TIMEOUT_MS = 180_000;
const SOON_MS = 15_000;
const HEALED_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** What no one else on the machine is sent. */
const RECEIVER_HOST = '127.0.0.2';

let stack: Stack;
let limits: LimitsClient;

beforeAll(async () => {
  const env = {
    TOLLGATE_LIMITS_TEND_EVERY_MS: '1000',
    TOLLGATE_LIMITS_RECONCILE_EVERY_MS: '3000',
    TOLLGATE_WEBHOOK_ALLOWED_ADDRESSES: `${RECEIVER_HOST}/32`,
    TOLLGATE_WEBHOOK_HTTP: 'yes',
    TOLLGATE_WEBHOOK_PORTS: 'any',
  };
  stack = await startStack({ log: 'redis-streams', env });
  // Two at once, as a deployment has them.
  await Promise.all(stack.quotas.map((quota) => quota.start()));
  limits = await openLimits(stack);
}, TIMEOUT_MS);
afterAll(async () => {
  await limits?.close();
  await stack?.close();
}, TIMEOUT_MS);

interface Sent {
  readonly id: string;
  readonly tokens: number;
  readonly atMs?: number;
  readonly reservation?: string;
}

async function send({ ingest }: TestCustomer, ...events: readonly Sent[]): Promise<void> {
  const bodies = events.map(({ id, tokens, atMs = Date.now(), reservation }) => ({
    ...(reservation === undefined ? {} : { reservation }),
    ...{ id, type: 'llm.chat', provider: 'openai', model: 'gpt-4o', time: new Date(atMs).toISOString() },
    usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
  }));
  await ingest.json(ingest.post('/v1/events', bodies));
}

async function limitOf({ customerId }: TestCustomer, fields: Partial<Limit> = {}): Promise<Limit> {
  const scope = { kind: 'customer', id: customerId } as const;
  const limit = await limits.create({ scope, metric: 'tokens', window: 'month', amount: 1_000n, ...fields });
  await eventually(async () => expect((await limits.read(limit)).isKnown).toBe(true), { timeoutMs: SOON_MS });
  return limit;
}

async function expectUsed(limit: Limit, used: bigint, timeoutMs = SOON_MS): Promise<void> {
  const reading = { isKnown: true, used, held: 0n };
  await eventually(async () => expect(await limits.read(limit)).toEqual(reading), { timeoutMs });
}

describe('what is reserved', () => {
  it('is held past its expiry while its event waits for the counter', { timeout: TIMEOUT_MS }, async () => {
    const customer = await createTestCustomer(stack);
    const limit = await limitOf(customer);
    const ask = (tokens: number): Promise<{ allowed: boolean; reservation?: string; expires_at?: string }> =>
      customer.ingest.json(
        customer.ingest.post('/v1/authorizations', {
          ...{ provider: 'openai', model: 'gpt-4o', input_tokens: tokens, max_output_tokens: 0, ttl_seconds: 5 },
        }),
      );
    const first = await ask(900);
    await stack.counters[0].signal('SIGKILL');
    await send(customer, { id: 'held', tokens: 900, reservation: first.reservation ?? expect.fail() });
    await eventually(async () => expect(Date.now()).toBeGreaterThan(Date.parse(first.expires_at ?? '') + 1_000), {
      timeoutMs: SOON_MS,
    });
    expect(await ask(200)).toMatchObject({ allowed: false });
    await stack.counters[0].start();
    await expectUsed(limit, 900n, HEALED_MS);
    expect(await ask(100)).toMatchObject({ allowed: true });
    // Nobody reports this one: it expires once the counter has seen that nothing more was accepted before.
    await expectUsed(limit, 900n);
  });
});

describe('what is merely reported', () => {
  it('counts to the unit, also what was used before there was the limit, and what comes late', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const customer = await createTestCustomer(stack);
    await send(customer, { id: 'before', tokens: 100 });
    const first = await limitOf(customer);
    await expectUsed(first, 100n);
    await send(customer, { id: 'a', tokens: 7 }, { id: 'b', tokens: 5 }, { id: 'a', tokens: 7 });
    await send(customer, { id: 'b', tokens: 5 }, { id: 'c', tokens: 1 });
    await expectUsed(first, 113n);

    const hourly = await limitOf(customer, { window: 'hour', metric: 'requests', amount: 100n });
    const before = (await limits.read(hourly)).used;
    // Of the hour before: not in this one, and in the month unless that began in between.
    await send(customer, { id: 'late', tokens: 30, atMs: Date.now() - 3_600_000 });
    await expectUsed(first, 143n);
    expect((await limits.read(hourly)).used).toBe(before);
    // One of another project's key does not count for the key's.
    const other = await limitOf(customer, { scope: { kind: 'key', id: 'key_other' }, customerId: customer.customerId });
    await send(customer, { id: 'd', tokens: 2 });
    await expectUsed(first, 145n);
    await expectUsed(other, 0n);
  });

  it('counts once when the log is read again from its beginning', { timeout: TIMEOUT_MS }, async () => {
    const customer = await createTestCustomer(stack);
    const limit = await limitOf(customer);
    await send(customer, ...Array.from({ length: 50 }, (_, n) => ({ id: `evt_${n}`, tokens: n })));
    await expectUsed(limit, 1_225n);
    const [counter] = stack.counters;
    await counter.signal('SIGTERM');
    await rewindLog(stack);
    await counter.start();
    await send(customer, { id: 'after', tokens: 1 });
    await expectUsed(limit, 1_226n, HEALED_MS);
    // A counter that has just started knows no ids: a copy counts until the warehouse is asked, and then no more.
    await counter.signal('SIGTERM');
    await counter.start();
    await send(customer, { id: 'evt_49', tokens: 49 }, { id: 'last', tokens: 1 });
    await expectUsed(limit, 1_227n, HEALED_MS);
  });
});

describe('a customer that pays ahead', () => {
  it('is admitted as far as its credit goes, and further within a second of a grant', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const customer = await createTestCustomer(stack);
    const { api, ingest, customerId } = customer;
    const price = { provider: 'openai', model: 'prepaid', class: 'input', amount: '1000000', customer: customerId };
    await api.json(api.post('/v1/prices', price));
    const ask = async (tokens: number) => {
      const body = { provider: 'openai', model: 'prepaid', input_tokens: tokens, max_output_tokens: 0 };
      return await ingest.json<{ allowed: boolean; code?: string }>(ingest.post('/v1/authorizations', body));
    };
    await api.json(api.put(`/v1/customers/${customerId}/billing`, { prepaid_only: true }));
    const [limit] = await api
      .json<{ data: { id: string; amount: string }[] }>(api.get(`/v1/limits?customer=${customerId}`))
      .then(({ data }) => data);
    expect(limit).toMatchObject({ amount: '0', metric: 'cost', window: 'lifetime', mode: 'block' });
    await eventually(async () => expect(await ask(1)).toMatchObject({ allowed: false, code: 'spend_limit_exceeded' }), {
      timeoutMs: SOON_MS,
    });
    const grant = { customer: customerId, amount: '10', kind: 'paid' };
    await api.json(api.post('/v1/credit-grants', grant));
    await eventually(async () => expect(await ask(8)).toMatchObject({ allowed: true }), { timeoutMs: 1_000 });
    expect(await ask(3)).toMatchObject({ allowed: false, code: 'spend_limit_exceeded' });
    await api.json(api.post('/v1/credit-grants', grant));
    await eventually(async () => expect(await ask(12)).toMatchObject({ allowed: true }), { timeoutMs: 1_000 });
    // The limit follows the credit, and nothing else.
    expect((await api.delete(`/v1/limits/${limit?.id}`)).status).toBe(409);
    await api.json(api.put(`/v1/customers/${customerId}/billing`, {}));
    await eventually(async () => expect(await ask(1_000)).toMatchObject({ allowed: true }), { timeoutMs: 2_000 });
  });
});

describe('a counter that differs from the warehouse', () => {
  it('is rebuilt, whether it has too much or was never told', { timeout: TIMEOUT_MS }, async () => {
    const customer = await createTestCustomer(stack);
    const limit = await limitOf(customer, { window: 'lifetime' });
    await send(customer, ...Array.from({ length: 20 }, (_, n) => ({ id: `evt_${n}`, tokens: 10 })));
    await expectUsed(limit, 200n);
    const redis = new Redis(stack.redis.url);
    const prefix = `tollgate:limits:{${customer.customerId}}`;
    try {
      await redis.hset(`${prefix}:c:${limit.id}`, 'w:0', '900');
      await expectUsed(limit, 200n, HEALED_MS);
      // As if batches had been stored that nobody settled, and nothing came after them.
      await redis.hset(`${prefix}:c:${limit.id}`, 'w:0', '0');
      for (const partition of await redis.hkeys(`${prefix}:applied`)) {
        await redis.hset(`${prefix}:applied`, partition, '0000000000.00000000000000000000');
      }
      await expectUsed(limit, 200n, HEALED_MS);
    } finally {
      redis.disconnect();
    }
    const metrics = await Promise.all(stack.quotas.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
    expect(metrics.join('\n')).toMatch(/tollgate_quota_drift_total\{.*metric="tokens".*\} [1-9]/);
  });
});

describe('what is reached', () => {
  it('is told once, soon, and again when the limit is another; and that it is over', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const customer = await createTestCustomer(stack);
    const limit = await limitOf(customer);
    const types = async (): Promise<readonly string[]> =>
      (await limits.told(customer.customerId)).map(({ type, data }) => `${type} ${data['threshold'] ?? ''}`.trim());
    await send(customer, { id: 'a', tokens: 499 });
    await expectUsed(limit, 499n);
    const settledAtMs = Date.now();
    await send(customer, { id: 'b', tokens: 401 });
    await eventually(async () => expect((await types()).length).toBeGreaterThanOrEqual(3), { timeoutMs: SOON_MS });
    expect(Date.now() - settledAtMs).toBeLessThan(SOON_MS);
    const thresholds = ['limit.threshold_reached 50', 'limit.threshold_reached 75', 'limit.threshold_reached 90'];
    const told = async () => (await types()).filter((type) => type !== 'limit.projected');
    expect(await told()).toEqual(thresholds);

    await send(customer, { id: 'c', tokens: 150 });
    await eventually(async () => expect(await told()).toEqual([...thresholds, 'quota.exceeded 100']), {
      timeoutMs: SOON_MS,
    });
    await send(customer, { id: 'd', tokens: 150 });
    await expectUsed(limit, 1_200n);
    await limits.update({ ...limit, amount: 10_000n, revision: 2, updatedAtMs: Date.now() });
    const all = [...thresholds, 'quota.exceeded 100', 'limit.resolved'];
    await eventually(async () => expect(await told()).toEqual(all), { timeoutMs: SOON_MS });

    const [exceeded] = (await limits.told(customer.customerId)).filter(({ type }) => type === 'quota.exceeded');
    expect(exceeded?.data).toMatchObject({
      limit: {
        id: limit.id,
        scope: { customer: customer.customerId },
        metric: 'tokens',
        window: 'month',
        amount: 1_000,
      },
      threshold: 100,
      used: 1_050,
    });
    // Both have looked at it again since.
    await send(customer, { id: 'e', tokens: 1 });
    await expectUsed(limit, 1_201n);
    expect(await told()).toEqual(all);
    const projected = (await types()).filter((type) => type === 'limit.projected');
    expect(projected.length).toBeLessThanOrEqual(2);
  });
});

/** All by way of the api and of two processes of ingest. */
describe('over HTTP', () => {
  let second: ServiceProcess;
  let api: ApiClient;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    second = await createServiceProcess({ service: 'ingest', env: stack.env });
    await Promise.all([second.start(), stack.webhooks.start()]);
    api = createApiClient(stack.api.url, stack.operatorKey);
    receiver = await startReceiver({ host: RECEIVER_HOST });
  }, TIMEOUT_MS);
  afterAll(async () => {
    await receiver?.close();
    if (second?.isRunning()) await second.signal('SIGTERM');
  }, TIMEOUT_MS);

  interface LimitShown {
    readonly id: string;
    readonly state: string;
    readonly used: number;
    readonly held: number;
  }

  async function createLimit(fields: object): Promise<LimitShown> {
    const terms = { metric: 'tokens', window: 'lifetime', amount: 1_000, mode: 'block', ...fields };
    const { id } = await api.json<LimitShown>(api.post('/v1/limits', terms));
    return await eventually(
      async () => {
        const limit = await api.json<LimitShown>(api.get(`/v1/limits/${id}`));
        expect(limit.state).toBe('known');
        return limit;
      },
      { timeoutMs: SOON_MS },
    );
  }

  const ingestsOf = ({ secret }: TestCustomer): readonly ApiClient[] =>
    [stack.ingest, second].map(({ url }) => createApiClient(url, secret));

  interface Answer {
    readonly allowed: boolean;
    readonly reservation?: string;
    readonly code?: string;
    readonly limit?: unknown;
  }

  /** What is asked for is given back at once. */
  async function ask(ingest: ApiClient, tokens: number): Promise<Answer> {
    const request = { provider: 'openai', model: 'gpt-4o', input_tokens: tokens, max_output_tokens: 0 };
    const answer = await ingest.json<Answer>(ingest.post('/v1/authorizations', request));
    if (answer.allowed) await ingest.delete(`/v1/authorizations/${answer.reservation}`);
    return answer;
  }

  /** How long after the instant a request was last answered as before it. */
  async function feltAfterMs(ingest: ApiClient, of: { readonly isAllowed: boolean; readonly sinceMs: number }) {
    let lastWrongMs = of.sinceMs;
    for (let right = 0; right < 5; ) {
      const askedAtMs = Date.now();
      const { allowed } = await ask(ingest, 200);
      right = allowed === of.isAllowed ? right + 1 : 0;
      if (right === 0) lastWrongMs = askedAtMs;
      expect(lastWrongMs - of.sinceMs).toBeLessThan(SOON_MS);
    }
    return lastWrongMs - of.sinceMs;
  }

  it('every change of a limit is felt by every process within a second', { timeout: TIMEOUT_MS }, async () => {
    const customer = await createTestCustomer(stack);
    const { id } = await createLimit({ scope: { key: customer.keyId }, amount: 100 });
    const path = `/v1/limits/${id}`;
    const ingests = ingestsOf(customer);
    const document = await api.json<OpenApiDocument>(api.get('/openapi.json'));
    for (const ingest of ingests) {
      for (const [tokens, allowed] of [
        [200, false],
        [50, true],
      ] as const) {
        const body = await ask(ingest, tokens);
        expect(body.allowed).toBe(allowed);
        expectDocumented(document, { operationId: 'authorize', status: 200, body });
      }
    }
    const acts: readonly (readonly [boolean, () => Promise<Response>])[] = [
      [true, () => api.patch(path, { amount: 1_000 })],
      [false, () => api.patch(path, { amount: 100 })],
      [true, () => api.post(`${path}/suspend`, { for_seconds: 600 })],
      [false, () => api.post(`${path}/resume`, {})],
      [true, () => api.delete(path)],
    ];
    for (const [isAllowed, act] of acts) {
      expect((await act()).ok).toBe(true);
      const sinceMs = Date.now();
      const felt = await Promise.all(ingests.map((ingest) => feltAfterMs(ingest, { isAllowed, sinceMs })));
      expect(Math.max(...felt)).toBeLessThan(1_000);
    }
  });

  it('a limit of the organization counts everybody, and refuses everybody', { timeout: TIMEOUT_MS }, async () => {
    const customers = [await createTestCustomer(stack), await createTestCustomer(stack)] as const;
    const scope = { organization: true };
    const before = await createLimit({ scope, amount: 10 ** 12 });
    await send(customers[0], { id: 'a', tokens: 300 });
    await send(customers[1], { id: 'b', tokens: 400 });
    const path = `/v1/limits/${before.id}`;
    await eventually(
      async () => expect(await api.json(api.get(path))).toMatchObject({ used: before.used + 700, held: 0 }),
      { timeoutMs: SOON_MS },
    );
    expect((await api.patch(path, { amount: before.used + 800 })).ok).toBe(true);
    const sinceMs = Date.now();
    for (const ingest of customers.flatMap(ingestsOf)) {
      await feltAfterMs(ingest, { isAllowed: false, sinceMs });
      expect((await ask(ingest, 100)).allowed).toBe(true);
      // It is the operator's: its numbers are none of the customer's.
      expect(await ask(ingest, 101)).toMatchObject({ allowed: false, code: 'quota_exceeded', limit: null });
    }
    expect((await api.delete(path)).ok).toBe(true);
  });

  it('what is reached, projected, and over with its window is delivered', { timeout: TIMEOUT_MS }, async () => {
    const customer = await createTestCustomer(stack, { zone: zoneAtMidday() });
    const { customerId } = customer;
    const url = `http://${RECEIVER_HOST}:${receiver.port}/`;
    expect((await api.post('/v1/webhook-endpoints', { url, customer: customerId })).status).toBe(201);
    const told = (type: string, limitId: string) =>
      receiver.received
        .map(({ body, atMs }) => ({ ...JSON.parse(body), atMs }))
        .filter((message) => message.type === type && message.data.limit.id === limitId);
    const comes = (type: string, limitId: string) =>
      eventually(async () => expect(told(type, limitId)).toHaveLength(1), { timeoutMs: SOON_MS });

    // As if it had been there for days: of the window before it was made it would have nothing to tell.
    const twoDaysAgoMs = Date.now() - 2 * DAY_MS;
    const since = { createdAtMs: twoDaysAgoMs, updatedAtMs: twoDaysAgoMs };
    const yesterdays = await limitOf(customer, { window: 'day', amount: 1_000n, ...since });
    await send(customer, { id: 'yesterday', tokens: 1_200, atMs: Date.now() - DAY_MS });
    await comes('quota.exceeded', yesterdays.id);
    await comes('limit.resolved', yesterdays.id);

    const { id } = await createLimit({ scope: { customer: customerId }, window: 'day' });
    await send(customer, { id: 'today', tokens: 620 });
    const sentAtMs = Date.now();
    await comes('limit.threshold_reached', id);
    await comes('limit.projected', id);
    const [reached] = told('limit.threshold_reached', id);
    expect(reached.data).toMatchObject({ threshold: 50, used: 620 });
    expect(reached.atMs - sentAtMs).toBeLessThan(5_000);
    const [projected] = told('limit.projected', id);
    expect(projected.data.projected).toBeGreaterThan(1_000);
  });
});

/** A zone in which it is between 12 and 13 o'clock, so that yesterday and a good part of today are over. */
function zoneAtMidday(): string {
  const ahead = 12 - new Date().getUTCHours();
  // The signs of these zones are POSIX's: the other way round.
  if (ahead === 0) return 'Etc/GMT';
  return ahead > 0 ? `Etc/GMT-${ahead}` : `Etc/GMT+${-ahead}`;
}
