// The promise of limits: a thousand requests at once, asked of two processes of ingest by four clients, against a budget of
// one dollar and a quota of 10,000 tokens at list prices. Neither is exceeded at any time, nothing is held for ever, what was
// settled is used exactly; also when a process is killed meanwhile, whichever it is.

import { setTimeout as pause } from 'node:timers/promises';
import { formatDecimal, parseDecimal } from '@tollgate/domain';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiClient, createApiClient } from '../support/api-client.ts';
import { createTestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { createServiceProcess, type ServiceProcess } from '../support/service-process.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { type Amounts, type Burnt, openFire, type Rates } from './fire.ts';

const TIMEOUT_MS = 180_000;
const HEALED_MS = 60_000;
const DAY_MS = 86_400_000;
const PICO_DIGITS = 12;
const QUOTA: Amounts = { tokens: 10_000n, costPico: 10n ** 12n };
/** Requests of the first, of up to 6 cents, use up the budget while there is some of the quota left, those of the second that. */
const MODELS = [
  { model: 'gpt-5-pro', inputMax: 20, outputMax: 480 },
  { model: 'gpt-4o-mini', inputMax: 10, outputMax: 20 },
];
const LEFT_SECONDS = 5;
const SAMPLE_EVERY_MS = 20;

let stack: Stack;
let ingests: readonly [ServiceProcess, ServiceProcess];
let api: ApiClient;
const rates = new Map<string, Rates>();

beforeAll(async () => {
  // A rebuild between storing and settling counts what is still held: for a moment that refuses more, and would be seen here.
  const env = { TOLLGATE_LIMITS_RECONCILE_EVERY_MS: '3600000' };
  stack = await startStack({ log: 'redis-streams', env });
  ingests = [stack.ingest, await createServiceProcess({ service: 'ingest', env: stack.env })];
  await Promise.all([ingests[1].start(), ...stack.quotas.map((quota) => quota.start())]);
  api = createApiClient(stack.api.url, stack.operatorKey);
  for (const { model } of MODELS) rates.set(model, await listPrices(model));
}, TIMEOUT_MS);
afterAll(async () => {
  if (ingests?.[1].isRunning()) await ingests[1].signal('SIGTERM');
  await stack?.close();
}, TIMEOUT_MS);

/** Micro-units for a million tokens are picounits for one. */
async function listPrices(model: string): Promise<Rates> {
  interface Effective {
    readonly data: readonly { readonly class: string; readonly amount: string }[];
  }
  const { data } = await api.json<Effective>(api.get(`/v1/prices/effective?provider=openai&model=${model}`));
  const picoOf = (name: string): bigint =>
    parseDecimal(data.find((rate) => rate.class === name)?.amount ?? '', 6) ?? expect.fail(`${model} has no ${name}`);
  return { input: picoOf('input'), output: picoOf('output') };
}

interface LimitNumbers {
  readonly id: string;
  readonly state: string;
  readonly amount: string | number;
  /** Null while they are not known. */
  readonly used: string | number | null;
  readonly held: string | number | null;
}

interface Scene {
  readonly customerId: string;
  readonly secret: string;
  /** Of tokens, and of cost. */
  readonly limits: readonly [string, string];
}

async function setScene(): Promise<Scene> {
  const { customerId, keyId, secret } = await createTestCustomer(stack);
  const create = async (fields: object): Promise<string> => {
    const made = await api.json<LimitNumbers>(api.post('/v1/limits', { window: 'lifetime', mode: 'block', ...fields }));
    await eventually(async () => expect((await numbersOf(made.id)).state).toBe('known'), { timeoutMs: HEALED_MS });
    return made.id;
  };
  const quota = await create({ scope: { key: keyId }, metric: 'tokens', amount: 10_000 });
  const budget = await create({ scope: { customer: customerId }, metric: 'cost', amount: '1' });
  return { customerId, secret, limits: [quota, budget] };
}

const pico = (amount: string | number | null): bigint =>
  parseDecimal(`${amount}`, PICO_DIGITS) ?? expect.fail(`${amount}`);

const numbersOf = (id: string): Promise<LimitNumbers> => api.json<LimitNumbers>(api.get(`/v1/limits/${id}`));

interface Watched {
  readonly samples: number;
  /** How full either limit ever was, in percent. */
  readonly fullest: bigint;
}

/** Looks at both limits all the time, until it is told to stop. */
function watchLimits({ limits }: Scene): { stop(): Promise<Watched> } {
  let isStopping = false;
  const watching = (async () => {
    let [samples, fullest] = [0, 0n];
    while (!isStopping) {
      for (const id of limits) {
        const { state, amount, used, held } = await numbersOf(id);
        // The counters may be too busy to answer the api in time.
        if (state !== 'known') continue;
        const taken = pico(used) + pico(held);
        expect(taken, `${used} used and ${held} held of ${amount}`).toBeLessThanOrEqual(pico(amount));
        const percent = (taken * 100n) / pico(amount);
        if (percent > fullest) fullest = percent;
        samples += 1;
      }
      await pause(SAMPLE_EVERY_MS);
    }
    return { samples, fullest };
  })();
  watching.catch(() => undefined);
  return {
    stop() {
      isStopping = true;
      return watching;
    },
  };
}

/** What was done to the limits of a scene is held against them at the end of all, when what was left has expired. */
const ended: { readonly scene: Scene; readonly burnt: Burnt }[] = [];

async function fireAt(fire: {
  readonly meanwhile: () => Promise<void>;
  readonly ttlSeconds?: number;
  readonly asksOfEach?: number;
}): Promise<Burnt> {
  const scene = await setScene();
  const watch = watchLimits(scene);
  const burnt = await openFire(
    {
      ...{ urls: ingests.map(({ url }) => url), secret: scene.secret, seed: ended.length, models: MODELS },
      ...{ asksOfEach: fire.asksOfEach ?? 1, ttlSeconds: fire.ttlSeconds ?? 600, leftTtlSeconds: LEFT_SECONDS },
    },
    { ratesOf: (model) => rates.get(model) ?? expect.fail(model), meanwhile: fire.meanwhile },
  );
  const watched = await watch.stop();
  expect(watched.samples).toBeGreaterThan(10);
  // Nothing was refused without need.
  expect(watched.fullest).toBeGreaterThanOrEqual(95n);
  ended.push({ scene, burnt });
  expectWithin(burnt);
  return burnt;
}

function expectWithin({ allowed, refused, peak }: Burnt): void {
  expect(peak.tokens).toBeLessThanOrEqual(QUOTA.tokens);
  expect(peak.costPico).toBeLessThanOrEqual(QUOTA.costPico);
  expect(refused.size).toBeGreaterThan(0);
  expect(new Set(allowed.map(({ fate }) => fate))).toEqual(new Set(['left', 'released', 'settled']));
}

it('a budget and a quota hold under a thousand requests at once', { timeout: TIMEOUT_MS }, async () => {
  const { unanswered, refused } = await fireAt({ asksOfEach: 2, meanwhile: () => Promise.resolve() });
  // A machine that is too busy may say so, with a 503 that promises nothing.
  expect(unanswered.filter(({ status }) => status === null)).toEqual([]);
  expect(refused.get('quota_exceeded')).toBeGreaterThan(0);
  expect(refused.get('spend_limit_exceeded')).toBeGreaterThan(0);
});

it('also while ingest is killed with what it has just reserved', { timeout: TIMEOUT_MS }, async () => {
  const [, second] = ingests;
  await second.signal('SIGTERM');
  await second.start({ TOLLGATE_FAILPOINT: 'ingest.after_reserve@10' });
  const { unanswered } = await fireAt({
    // What is lost with the process is to run out before the end of all.
    ttlSeconds: 15,
    async meanwhile() {
      await eventually(async () => expect(second.isRunning()).toBe(false), { timeoutMs: 30_000 });
      await second.start();
    },
  });
  expect(unanswered.length).toBeGreaterThan(0);
});

it('also while the counter is killed between storing and settling', { timeout: TIMEOUT_MS }, async () => {
  const [counter] = stack.counters;
  await counter.signal('SIGTERM');
  await fireAt({
    async meanwhile() {
      await counter.runUntilKilledAt('counter.after_store@2');
      await counter.start();
    },
  });
});

it('also while the quota services are killed', { timeout: TIMEOUT_MS }, async () => {
  await fireAt({
    meanwhile: async () => void (await Promise.all(stack.quotas.map((quota) => quota.signal('SIGKILL')))),
  });
  await Promise.all(stack.quotas.map((quota) => quota.start()));
});

it('and then nothing is held, and exactly what was settled is used', { timeout: TIMEOUT_MS }, async () => {
  expect(ended).toHaveLength(4);
  for (const { scene, burnt } of ended) {
    await expectCounted(scene, burnt.used);
    await expectTold(scene, burnt.used);
    await expectRest(scene, burnt.used);
  }
});

/** By the counters and by the warehouse. */
async function expectCounted({ customerId, limits: [quota, budget] }: Scene, used: Amounts): Promise<void> {
  const tokens = Number(used.tokens);
  const cost = formatDecimal(used.costPico, PICO_DIGITS);
  await eventually(
    async () => {
      expect(await numbersOf(quota)).toMatchObject({ state: 'known', used: tokens, held: 0 });
      expect(await numbersOf(budget)).toMatchObject({ state: 'known', used: cost, held: '0' });
    },
    { timeoutMs: HEALED_MS },
  );
  const [start, end] = [-DAY_MS, DAY_MS].map((offsetMs) => new Date(Date.now() + offsetMs).toISOString());
  const { data } = await api.json<{ data: readonly { tokens: Record<string, number>; cost: string }[] }>(
    api.get(`/v1/usage?start=${start}&end=${end}&customer=${customerId}`),
  );
  const stored = data.map((whole) => ({
    tokens: (whole.tokens['input'] ?? 0) + (whole.tokens['output'] ?? 0),
    cost: whole.cost,
  }));
  expect(stored).toEqual([{ tokens, cost }]);
}

/** Each threshold that was reached, once. */
async function expectTold({ limits: [quota] }: Scene, { tokens }: Amounts): Promise<void> {
  const reached = [100, 90, 75, 50].filter((percent) => tokens * 100n >= QUOTA.tokens * BigInt(percent));
  await eventually(
    async () => {
      const { data } = await api.json<{ data: readonly { kind: string; threshold: number }[] }>(
        api.get(`/v1/limits/${quota}/alerts`),
      );
      expect(data.map(({ threshold }) => threshold)).toEqual(reached);
    },
    { timeoutMs: HEALED_MS },
  );
}

/** The whole of what was not used is there, to the token, and not one more. */
async function expectRest({ secret }: Scene, used: Amounts): Promise<void> {
  const pricePico = rates.get('gpt-4o-mini')?.input ?? expect.fail('no price');
  const affordable = (QUOTA.costPico - used.costPico) / pricePico;
  const left = QUOTA.tokens - used.tokens;
  const rest = Number(left < affordable ? left : affordable);
  for (const { url } of ingests) {
    const ingest = createApiClient(url, secret);
    const ask = (tokens: number) =>
      ingest.json<{ allowed: boolean; reservation?: string }>(
        ingest.post('/v1/authorizations', {
          ...{ provider: 'openai', model: 'gpt-4o-mini', input_tokens: tokens, max_output_tokens: 0 },
        }),
      );
    expect((await ask(rest + 1)).allowed).toBe(false);
    const { allowed, reservation } = await ask(rest);
    expect(allowed).toBe(true);
    expect((await ingest.delete(`/v1/authorizations/${reservation}`)).status).toBe(204);
  }
}
