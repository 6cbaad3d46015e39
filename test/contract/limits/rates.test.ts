// Rates of keys on a real Redis: exact among processes, the same arithmetic as the domain's, charged once, and going on when
// Redis does not.

import { readFileSync } from 'node:fs';
import { type BucketState, chargeRate, decideRate, type RateLimit, type RateRequest } from '@tollgate/domain';
import type { KeyRates } from '@tollgate/limits';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type LimitsProcess, type LimitsStand, newKey, startLimits } from './limits-fixture.ts';

const SEED = 20_261_124;

let stand: LimitsStand;
let one: LimitsProcess;
let other: LimitsProcess;
beforeAll(async () => {
  stand = await startLimits();
  one = await stand.open();
  other = await stand.open();
});
afterAll(() => stand.close());

async function countAllowed(key: KeyRates, processes: readonly LimitsProcess[], times: number): Promise<number> {
  const asked = processes.flatMap(({ limits }) => Array.from({ length: times }, () => limits.admit(key)));
  return (await Promise.all(asked)).filter(({ isAllowed }) => isAllowed).length;
}

describe('requests', () => {
  it('are allowed exactly as often as the limit says, at any concurrency, by two processes', async () => {
    const key = newKey({ requestsPerMinute: 50 });
    expect(await countAllowed(key, [one, other], 100)).toBe(50);
    const verdict = await other.limits.admit(key);
    expect(verdict.isAllowed).toBe(false);
    const [standing] = verdict.standings;
    expect(standing).toMatchObject({ name: 'requests', perMinute: 50, remaining: 0 });
    expect(standing?.retryAfterMs).toBeGreaterThan(0);
    expect(standing?.retryAfterMs).toBeLessThanOrEqual(1_200);
  });

  it('are not touched for a key without limits', async () => {
    const key = newKey({});
    expect(await one.limits.admit(key)).toEqual({ isAllowed: true, standings: [] });
    expect(await stand.redis.keys(`{${key.customerId}}*`)).toEqual([]);
  });

  it('leave nothing behind once the bucket has drained', async () => {
    const key = newKey({ requestsPerMinute: 600 });
    await one.limits.admit(key);
    const [bucket = ''] = await stand.redis.keys(`{${key.customerId}}*`);
    expect(await stand.redis.pttl(bucket)).toBeLessThanOrEqual(101);
    await eventually(async () => expect(await stand.redis.exists(bucket)).toBe(0), { timeoutMs: 5_000 });
  });
});

describe('tokens', () => {
  const partition = { epoch: 1, partition: 3 };

  it('are charged past the end, and then refuse requests without taking any', async () => {
    const key = newKey({ requestsPerMinute: 1_000, tokensPerMinute: 100 });
    const { keyId, customerId } = key;
    if (customerId === null) throw new Error('it has a customer');
    const charge = { keyId, customerId, tokensPerMinute: 100, position: 7n, tokens: 250n };
    expect((await one.limits.admit(key)).isAllowed).toBe(true);
    await other.limits.chargeTokens({ ...partition, charges: [charge] });
    const refused = await one.limits.admit(key);
    expect(refused.isAllowed).toBe(false);
    expect(refused.standings.map(({ name, remaining }) => [name, remaining])).toEqual([
      ['requests', 999],
      ['tokens', 0],
    ]);
    const [, tokens] = refused.standings;
    expect(tokens?.retryAfterMs).toBeGreaterThan(85_000);
    expect(tokens?.retryAfterMs).toBeLessThanOrEqual(90_600);
  });

  it('are charged once, however often and however cut a batch comes', async () => {
    const key = newKey({ tokensPerMinute: 1_000_000 });
    const { keyId, customerId } = key;
    if (customerId === null) throw new Error('it has a customer');
    const charges = Array.from({ length: 2_500 }, (_, index) => ({
      keyId,
      customerId,
      tokensPerMinute: 1_000_000,
      position: 2n ** 60n + BigInt(index),
      tokens: 100n,
    }));
    const used = async (): Promise<number> => 1_000_000 - ((await one.limits.admit(key)).standings[0]?.remaining ?? 0);
    const startedAtMs = Date.now();
    await one.limits.chargeTokens({ ...partition, charges: charges.slice(0, 1_700) });
    await other.limits.chargeTokens({ ...partition, charges: charges.slice(0, 1_700) });
    await other.limits.chargeTokens({ ...partition, charges: charges.slice(900) });
    await one.limits.chargeTokens({ ...partition, charges });
    const drained = Math.ceil(((Date.now() - startedAtMs + 1_000) * 1_000_000) / 60_000);
    expect(await used()).toBeLessThanOrEqual(250_000);
    expect(await used()).toBeGreaterThan(250_000 - drained);
    // Another partition has positions of its own.
    await one.limits.chargeTokens({ epoch: 1, partition: 4, charges: charges.slice(0, 1_000) });
    expect(await used()).toBeGreaterThan(350_000 - drained - 50_000);
  });
});

describe('the scripts agree with the domain to the digit', () => {
  const anyLimit = fc.record({
    perMinute: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1_000_000_000 })),
    burst: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1_000_000_000 })),
    debtMinutes: fc.integer({ min: 0, max: 60 }),
  });
  const anyBucket = fc.record({
    limit: anyLimit,
    cost: fc.oneof(fc.constantFrom(0, 1), fc.nat({ max: 2_000_000_000 })),
    /** As a share of what the bucket could hold. */
    fullness: fc.option(fc.double({ min: 0, max: 1.5, noNaN: true }), { nil: undefined }),
    ageMs: fc.oneof(fc.constant(0), fc.integer({ min: -5_000, max: 120_000 })),
  });

  const parse = (text: string | null): BucketState | undefined => {
    const [level, atMs] = text?.split(':') ?? [];
    return level === undefined ? undefined : { level: Number(level), atMs: Number(atMs) };
  };

  const levelOf = (limit: RateLimit, fullness: number): number =>
    Math.floor((limit.burst + limit.debtMinutes * limit.perMinute) * 60_000 * fullness);

  it('deciding and filling several buckets', async () => {
    const text = readFileSync(new URL('../../../packages/limits/src/lua/rate.lua', import.meta.url), 'utf8');
    await fc.assert(
      fc.asyncProperty(fc.array(anyBucket, { minLength: 1, maxLength: 3 }), async (buckets) => {
        const keys = buckets.map((_, index) => `{seeded}:${index}`);
        await stand.redis.del(keys);
        for (const [index, { limit, fullness, ageMs }] of buckets.entries()) {
          if (fullness === undefined) continue;
          await stand.redis.set(keys[index] ?? '', `${levelOf(limit, fullness)}:${Date.now() - ageMs}`);
        }
        const states = (await stand.redis.mget(keys)).map(parse);
        const args = buckets.flatMap(({ limit, cost }) => [limit.perMinute, limit.burst, limit.debtMinutes, cost]);
        const reply: unknown = await stand.redis.eval(text, keys.length, ...keys, ...args);
        if (!Array.isArray(reply)) throw new Error('no list');
        const [allowed, now, ...levels] = reply.map(Number);
        const requests: RateRequest[] = buckets.map(({ limit, cost }, index) => ({
          limit,
          cost,
          state: states[index],
        }));
        const decision = decideRate(requests, now ?? 0);
        expect([allowed === 1, levels]).toEqual([decision.isAllowed, decision.states.map(({ level }) => level)]);
        const stored = (await stand.redis.mget(keys)).map(parse);
        for (const [index, { cost }] of buckets.entries()) {
          const written = decision.isAllowed && cost > 0;
          if (stored[index] !== undefined || !written) {
            expect(stored[index]).toEqual(written ? decision.states[index] : states[index]);
          }
        }
      }),
      { seed: SEED, numRuns: 250 },
    );
  });

  it('charging', async () => {
    const text = readFileSync(new URL('../../../packages/limits/src/lua/charge.lua', import.meta.url), 'utf8');
    let mark = 0;
    await fc.assert(
      fc.asyncProperty(anyBucket, fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1 }), async (bucket, costs) => {
        const { limit, fullness = 0, ageMs } = bucket;
        const key = '{seeded}:charged';
        await stand.redis.set(key, `${levelOf(limit, fullness)}:${Date.now() - ageMs}`);
        const state = parse(await stand.redis.get(key));
        mark += 1;
        const entries = costs.flatMap((cost, index) => [1, `${index}`.padStart(20, '0'), cost]);
        const args = [60_000, 1, limit.perMinute, limit.burst, limit.debtMinutes, ...entries];
        await stand.redis.eval(text, 2, `{seeded}:mark:${mark}`, key, ...args);
        const after = parse(await stand.redis.get(key));
        if (after === undefined) return;
        const cost = costs.reduce((sum, one) => sum + one, 0);
        expect(after).toEqual(chargeRate({ state, limit, cost }, after.atMs));
      }),
      { seed: SEED, numRuns: 150 },
    );
  });
});

describe('without Redis', () => {
  it('each process enforces the limit by itself, at once, and says so, until Redis is back', async () => {
    const key = newKey({ requestsPerMinute: 40 });
    expect(await countAllowed(key, [one], 10)).toBe(10);
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      await stand.server.kill(signal);
      const fresh = newKey({ requestsPerMinute: 20 });
      const startedAtMs = performance.now();
      expect(await countAllowed(fresh, [one], 30)).toBe(20);
      // The first calls wait for their timeout; with the breaker open none does.
      expect(performance.now() - startedAtMs).toBeLessThan(1_000);
      const openedAtMs = performance.now();
      for (let time = 0; time < 100; time += 1) await one.limits.admit(fresh);
      expect(performance.now() - openedAtMs).toBeLessThan(500);
      // What Redis said last is where this process goes on.
      if (signal === 'SIGSTOP') expect(await countAllowed(key, [one], 60)).toBeLessThanOrEqual(32);
      expect(await one.metric('tollgate_limits_redis_available')).toBe(0);
      expect(await one.metric('tollgate_limits_local_decisions_total')).toBeGreaterThan(0);
      if (signal === 'SIGSTOP') await stand.server.kill('SIGCONT');
      else await stand.server.restart();
      const isBack = async (): Promise<void> => {
        await one.limits.admit(newKey({ requestsPerMinute: 5 }));
        expect(await one.metric('tollgate_limits_redis_available')).toBe(1);
      };
      await eventually(isBack, { timeoutMs: 10_000 });
    }
    const shared = newKey({ requestsPerMinute: 30 });
    await eventually(async () => void (await other.limits.admit(newKey({ requestsPerMinute: 5 }))), {
      timeoutMs: 5_000,
    });
    expect(await countAllowed(shared, [one], 40)).toBe(30);
  });
});
