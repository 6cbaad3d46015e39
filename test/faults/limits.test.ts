// What counts limits may lose everything, and whoever counts may die at any time: in the end counters are what the
// warehouse says, and nothing is held.

import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Limit } from '@tollgate/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestCustomer, type TestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { type LimitsClient, openLimits } from '../support/limits.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { startTraffic, type Traffic } from './traffic.ts';

const TIMEOUT_MS = 240_000;
const HEALED_MS = 90_000;
const SENDERS = 4;
const ALLOWANCE = 5;

let stack: Stack;
let limits: LimitsClient;

beforeAll(async () => {
  const env = { TOLLGATE_LIMITS_TEND_EVERY_MS: '1000', TOLLGATE_LIMITS_RECONCILE_EVERY_MS: '3000' };
  // The log is kept elsewhere: it is the counters alone that are lost.
  stack = await startStack({ log: 'redis-streams', env, hasOwnLogRedis: true });
  await Promise.all(stack.quotas.map((quota) => quota.start()));
  limits = await openLimits(stack);
}, TIMEOUT_MS);
afterAll(async () => {
  await limits?.close();
  await stack?.close();
}, TIMEOUT_MS);

interface Scene {
  readonly customer: TestCustomer;
  readonly traffic: Traffic;
  readonly limit: Limit;
}

interface LimitShown {
  readonly id: string;
  readonly state: string;
}

async function begin(seed: number): Promise<Scene> {
  const customer = await createTestCustomer(stack);
  const scope = { kind: 'customer', id: customer.customerId } as const;
  // All that the traffic may send falls into a lifetime, whatever hour or month it is.
  const limit = await limits.create({ scope, metric: 'tokens', window: 'lifetime', amount: 10n ** 15n });
  await eventually(async () => expect((await limits.read(limit)).isKnown).toBe(true), { timeoutMs: HEALED_MS });
  const sending = { seed, senders: SENDERS, batchMax: 40, resendShare: 0.1, pauseMs: 100 };
  const traffic = startTraffic({ ingestUrl: stack.ingest.url, secret: customer.secret, ...sending });
  await acknowledgedMore(traffic);
  return { customer, traffic, limit };
}

async function acknowledgedMore(traffic: Traffic): Promise<void> {
  const before = traffic.acknowledged;
  await eventually(async () => expect(traffic.acknowledged).toBeGreaterThan(before + 100), {
    timeoutMs: HEALED_MS,
  });
}

/** What was acknowledged is used, to the token, and nothing is held. */
async function expectExact({ traffic, limit }: Scene): Promise<void> {
  const journal = await traffic.stop();
  const sum = [...journal.acknowledged.values()].reduce((total, { input, output }) => total + input + output, 0);
  const exact = { isKnown: true, used: BigInt(sum), held: 0n };
  await eventually(async () => expect(await limits.read(limit)).toEqual(exact), { timeoutMs: HEALED_MS });
}

/** What a gateway is told when it asks for one request of the customer's key. */
async function ask({
  ingest,
}: TestCustomer): Promise<{ readonly allowed: boolean; readonly reservation?: string; readonly code?: string }> {
  const request = { provider: 'openai', model: 'gpt-4o', input_tokens: 1, max_output_tokens: 0 };
  return await ingest.json(ingest.post('/v1/authorizations', request));
}

/** A quota of requests that admits a few while nobody knows what was used of it. */
async function beginOpen(): Promise<{ readonly customer: TestCustomer; readonly read: () => Promise<LimitShown> }> {
  const customer = await createTestCustomer(stack);
  const { api, customerId } = customer;
  const terms = {
    scope: { customer: customerId },
    metric: 'requests',
    window: 'lifetime',
    amount: 1_000,
    mode: 'block',
  };
  const { id } = await api.json<LimitShown>(api.post('/v1/limits', { ...terms, on_unavailable: { open: ALLOWANCE } }));
  const read = () => api.json<LimitShown>(api.get(`/v1/limits/${id}`));
  await eventually(async () => expect((await read()).state).toBe('known'), { timeoutMs: HEALED_MS });
  return { customer, read };
}

it('counters that are lost are unknown, and then what the warehouse says', { timeout: TIMEOUT_MS }, async () => {
  const closed = await begin(1);
  const open = await beginOpen();
  const trusted: string[] = [];
  /** All that ask are refused by the closed limit; the open one lets through its allowance, and no more of it later. */
  const askWhileUnknown = async (): Promise<void> => {
    for (let count = 0; count < 2 * ALLOWANCE; count += 1) {
      expect(await ask(closed.customer)).toMatchObject({ allowed: false, code: 'limits_unavailable' });
      const { allowed, code, reservation } = await ask(open.customer);
      if (allowed) trusted.push(reservation ?? '');
      else expect(code).toBe('limits_unavailable');
    }
    expect(trusted).toHaveLength(ALLOWANCE);
  };
  expect((await ask(closed.customer)).allowed).toBe(true);
  expect((await ask(open.customer)).allowed).toBe(true);
  for (const quota of stack.quotas) await quota.signal('SIGSTOP');
  await stack.redis.kill('SIGKILL');
  await askWhileUnknown();
  await acknowledgedMore(closed.traffic);
  await rm(join(dirname(stack.redis.logFile), 'appendonlydir'), { recursive: true });
  await stack.redis.restart();
  await eventually(async () => expect((await limits.read(closed.limit)).isKnown).toBe(false), { timeoutMs: HEALED_MS });
  await askWhileUnknown();
  await acknowledgedMore(closed.traffic);
  for (const quota of stack.quotas) await quota.signal('SIGCONT');
  await eventually(async () => expect((await limits.read(closed.limit)).isKnown).toBe(true), { timeoutMs: HEALED_MS });
  await eventually(async () => expect((await open.read()).state).toBe('known'), { timeoutMs: HEALED_MS });
  for (const { customer } of [closed, open]) {
    const { allowed, reservation } = await ask(customer);
    expect(allowed).toBe(true);
    expect((await customer.ingest.delete(`/v1/authorizations/${reservation}`)).status).toBe(204);
  }
  const { ingest } = open.customer;
  const events = trusted.map((reservation) => ({
    ...{ id: reservation, reservation, type: 'llm.chat', provider: 'openai', model: 'gpt-4o' },
    usage: { prompt_tokens: 1, completion_tokens: 0, total_tokens: 1 },
  }));
  await ingest.json(ingest.post('/v1/events', events));
  await eventually(async () => expect(await open.read()).toMatchObject({ used: ALLOWANCE, held: 0 }), {
    timeoutMs: HEALED_MS,
  });
  await acknowledgedMore(closed.traffic);
  await expectExact(closed);
});

it('counter and quota killed in turn', { timeout: TIMEOUT_MS }, async () => {
  const scene = await begin(2);
  const [counter] = stack.counters;
  const [quota] = stack.quotas;
  expect((await limits.reserve(scene.limit, 1_000n)).allowed).toBe(true);
  await counter.signal('SIGTERM');
  await counter.runUntilKilledAt('counter.after_settle@2');
  await quota.signal('SIGKILL');
  await counter.start();
  await acknowledgedMore(scene.traffic);
  await quota.start();
  await counter.signal('SIGKILL');
  await counter.start();
  await acknowledgedMore(scene.traffic);
  await expectExact(scene);
});
