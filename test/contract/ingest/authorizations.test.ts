// Authorizations: 200 with a permit or a reason, 204 for a release; 4xx for what is wrong with the question alone. Long,
// because all of it shares one set of servers.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { ServiceProcess } from '../../support/service-process.ts';
import { type AuthorizationAnswer, LimitsBench, ORGANIZATION, UNIT_PICO } from './limited-customer.ts';
import { expectProblem } from './problem.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

const RESERVATION = /^res_[0-9a-hjkmnp-tv-z]{26}[0-9a-f]{32}$/;
const WITHIN = { timeoutMs: 3_000 };

let stand: Stand;
let bench: LimitsBench;
let other: ServiceProcess;

beforeAll(async () => {
  stand = await startStand({ INGEST_PROCESSES: '2' });
  bench = await LimitsBench.open(stand);
  other = await stand.startAnother();
  await bench.createPrices('gpt-4o', { input: 2_500_000n, output: 10_000_000n });
  await bench.createPrices('free', { input: 0n, output: 0n });
  // A write to the cache costs more than plain input, and audio most of all.
  await bench.createPrices('cached', { input: 1_000_000n, cache_write_1h: 2_000_000n, output: 3_000_000n });
});

afterAll(async () => {
  await bench?.close();
  await stand?.close();
});

function tally(answers: readonly AuthorizationAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { allowed, code } of answers) {
    const name = allowed ? 'allowed' : (code ?? 'no code');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('200, allowed', () => {
  it('without limits is a permit with a reservation that can be named in an event and released', async () => {
    const { secret } = await bench.createCustomer();
    const answer = await bench.ask(secret, { ttl_seconds: 5, metadata: { feature: 'chat' } });
    expect(answer).toEqual({
      allowed: true,
      reservation: expect.stringMatching(RESERVATION),
      expires_at: expect.stringMatching(/Z$/),
      limits: [],
    });
    const { reservation = '' } = answer;
    const event = exampleEvent({ reservation });
    expect((await stand.post('/v1/events', { secret, body: event })).status).toBe(202);
    const records = await stand.records();
    const record = records.find(({ eventId }) => eventId === event['id']);
    expect(JSON.parse(Buffer.from(record?.body ?? []).toString())).toMatchObject({ reservation });
    expect([
      (await bench.release(secret, reservation)).status,
      (await bench.release(secret, reservation)).status,
    ]).toEqual([204, 204]);
  });

  it('holds the worst case against the limits of the key, the customer and the model, and gives it back', async () => {
    const { customerId, keyId, secret } = await bench.createCustomer();
    const ofKey = await bench.createLimit(customerId, {
      scope: { kind: 'key', id: keyId },
      metric: 'tokens',
      window: 'minute',
      amount: 1_000n,
    });
    const ofCustomer = await bench.createLimit(customerId, {
      scope: { kind: 'customer', id: customerId },
      metric: 'cost',
      amount: UNIT_PICO,
    });
    const forever = await bench.createLimit(customerId, {
      scope: { kind: 'customer', id: customerId },
      metric: 'requests',
      window: 'lifetime',
      amount: 5n,
    });
    await bench.createLimit(customerId, {
      scope: { kind: 'customer', id: customerId },
      metric: 'requests',
      amount: 0n,
      modelPattern: 'gpt-3*',
    });
    await bench.createLimit(customerId, { scope: { kind: 'key', id: 'key_another' }, metric: 'requests', amount: 0n });

    const first = await bench.ask(secret);
    expect(first.limits).toHaveLength(3);
    // 100 × 2.5 + 50 × 10 euros for a million.
    expect(first.limits).toContainEqual({ id: ofCustomer.id, remaining: '0.99925', resets_at: expect.any(String) });
    expect(first.limits).toContainEqual({ id: ofKey.id, remaining: 850, resets_at: expect.any(String) });
    expect(first.limits).toContainEqual({ id: forever.id, remaining: 4, resets_at: null });
    expect((await bench.ask(secret)).limits).toContainEqual(expect.objectContaining({ id: forever.id, remaining: 3 }));
    expect((await bench.release(secret, first.reservation ?? '')).status).toBe(204);
    expect((await bench.ask(secret)).limits).toContainEqual(expect.objectContaining({ id: forever.id, remaining: 3 }));
  });

  it('counts the text of `input`, and holds the dearest class that it may turn out to be', async () => {
    const { customerId, secret } = await bench.createCustomer();
    const scope = { kind: 'customer', id: customerId } as const;
    const tokens = await bench.createLimit(customerId, { scope, metric: 'input_tokens', amount: 1_000n });
    const cost = await bench.createLimit(customerId, { scope, metric: 'cost', amount: UNIT_PICO });
    const input = { messages: [{ role: 'user', content: 'hello world' }] };
    const counted = await bench.ask(secret, { input_tokens: undefined, input, max_output_tokens: 0 });
    expect(counted.limits).toContainEqual(expect.objectContaining({ id: tokens.id, remaining: 991 }));
    const written = await bench.ask(secret, { model: 'cached', input_tokens: 500, max_output_tokens: 100 });
    const spent = 9n * 2_500_000n + 500n * 2_000_000n + 100n * 3_000_000n;
    expect(written.limits).toContainEqual(
      expect.objectContaining({
        id: cost.id,
        remaining: `0.${String(UNIT_PICO - spent)
          .padStart(12, '0')
          .replace(/0+$/, '')}`,
      }),
    );
  });

  it('admits exactly what a quota and a budget hold, however many ask two processes at once', async () => {
    const { customerId, keyId, secret } = await bench.createCustomer();
    const scope = { kind: 'customer', id: customerId } as const;
    const quota = await bench.createLimit(customerId, {
      scope: { kind: 'key', id: keyId },
      metric: 'tokens',
      amount: 10_000n,
    });
    const budget = await bench.createLimit(customerId, { scope, metric: 'cost', amount: UNIT_PICO });
    const flood = (body: object): Promise<readonly AuthorizationAnswer[]> =>
      Promise.all(
        Array.from({ length: 1_000 }, (_, at) => bench.ask(secret, body, at % 2 === 0 ? stand.ingest : other)),
      );
    // 66 × 150 fit into 10,000.
    expect(tally(await flood({}))).toEqual({ allowed: 66, quota_exceeded: 934 });
    await bench.change(quota, { amount: 1_000_000_000n });
    await eventually(async () => {
      for (const to of [stand.ingest, other]) {
        expect(
          (await bench.ask(secret, { input_tokens: 10_000, max_output_tokens: 0, model: 'free' }, to)).allowed,
        ).toBe(true);
      }
    }, WITHIN);
    // Each may cost 0.013; 66 of 0.00075 are held already.
    const answers = await flood({ input_tokens: 1_200, max_output_tokens: 1_000 });
    expect(tally(answers)).toEqual({ allowed: 73, spend_limit_exceeded: 927 });
    const [reading] = await bench.counters.read(customerId, [
      { limit: budget, windowStartMs: 0, amount: budget.amount },
    ]);
    expect(reading?.held).toBe(66n * 750_000_000n + 73n * 13_000_000_000n);
  }, 60_000);

  it('follows a raised and a lowered limit within a second, in every process', async () => {
    const { customerId, secret } = await bench.createCustomer();
    let limit = await bench.createLimit(customerId, {
      scope: { kind: 'customer', id: customerId },
      metric: 'output_tokens',
      amount: 10n,
    });
    const bothSay = async (isAllowed: boolean): Promise<void> => {
      for (const to of [stand.ingest, other]) expect((await bench.ask(secret, {}, to)).allowed).toBe(isAllowed);
    };
    await bothSay(false);
    for (const [amount, isAllowed] of [
      [1_000_000n, true],
      [10n, false],
      [1_000_000n, true],
    ] as const) {
      const changedAtMs = Date.now();
      limit = await bench.change(limit, { amount });
      await eventually(() => bothSay(isAllowed), WITHIN);
      expect(Date.now() - changedAtMs).toBeLessThan(1_000);
    }
    limit = await bench.change(limit, { amount: 10n, suspendedUntilMs: Date.now() + 60_000 });
    await eventually(() => bothSay(true), WITHIN);
  });

  it('is asked for any key or customer by an operator, who alone sees the limits of the organization', async () => {
    const { customerId, keyId, secret } = await bench.createCustomer();
    const gateway = await stand.createKey({ customerId: null, scopes: ['limits:check:any'] });
    await stand.accounts.createOrganization({
      ...{ id: 'org_1', name: 'Operator', currency: 'USD', zone: 'UTC', createdAtMs: Date.now() },
    });
    const scope = { kind: 'organization', id: ORGANIZATION } as const;
    let limit = await bench.createLimit(null, { scope, metric: 'requests', amount: 1_000_000n });
    // Euros cannot be added to dollars: the budget of the organization does not count this customer.
    const dollars = await bench.createLimit(null, { scope, metric: 'cost', amount: 0n });
    await eventually(async () => {
      const seen = await bench.ask(gateway.secret, { key: keyId });
      expect(seen.limits?.map(({ id }) => id)).toEqual([limit.id]);
    }, WITHIN);
    expect((await bench.ask(secret)).limits).toEqual([]);
    expect((await bench.ask(gateway.secret, { customer: customerId })).allowed).toBe(true);

    limit = await bench.change(limit, { amount: 0n });
    await eventually(async () => {
      const refused = { allowed: false, code: 'quota_exceeded' };
      expect(await bench.ask(secret)).toMatchObject({ ...refused, limit: null });
      expect(await bench.ask(gateway.secret, { key: keyId })).toMatchObject({ ...refused, limit: { id: limit.id } });
    }, WITHIN);
    await bench.change(limit, { amount: 1_000_000n, window: 'month' });
    // What the customer's limits refuse is not held at the organization.
    await bench.createLimit(customerId, {
      scope: { kind: 'customer', id: customerId },
      metric: 'requests',
      amount: 0n,
    });
    const heldNow = async (): Promise<bigint | undefined> =>
      (await bench.counters.read(ORGANIZATION, [{ limit, windowStartMs: 0, amount: 1n }]))[0]?.held;
    await eventually(async () => expect((await bench.ask(secret)).limit?.amount).toBe(0), WITHIN);
    const held = await heldNow();
    expect((await bench.ask(secret)).allowed).toBe(false);
    await eventually(async () => expect(await heldNow()).toBe(held), WITHIN);
    for (const { id } of [limit, dollars]) await stand.accounts.deleteLimit(id, Date.now());
    const { keyId: unlimited } = await bench.createCustomer();
    await eventually(
      async () => expect((await bench.ask(gateway.secret, { key: unlimited })).limits).toEqual([]),
      WITHIN,
    );
  });
});

describe('200, denied', () => {
  it('names the limit, what is left of it and when it is there again', async () => {
    const { customerId, secret } = await bench.createCustomer();
    const scope = { kind: 'customer', id: customerId } as const;
    const limit = await bench.createLimit(customerId, { scope, metric: 'tokens', window: 'minute', amount: 200n });
    expect((await bench.ask(secret)).allowed).toBe(true);
    const askedAtMs = Date.now();
    const refused = await bench.ask(secret);
    expect(refused).toMatchObject({
      ...{ allowed: false, code: 'quota_exceeded', detail: expect.stringMatching(/\.$/) },
      limit: { id: limit.id, metric: 'tokens', window: 'minute', amount: 200 },
    });
    // 150 have to fit in again, of which some 50 are left: half a minute.
    expect(Date.parse(refused.resets_at ?? '') - askedAtMs).toBeGreaterThan(25_000);
    expect(Date.parse(refused.resets_at ?? '') - askedAtMs).toBeLessThan(31_000);
    expect(await bench.ask(secret, { input_tokens: 1_000 })).toMatchObject({ code: 'quota_exceeded', resets_at: null });
  });

  it('is by name for a budget where there is no price, and a price of nothing passes', async () => {
    const { customerId, secret } = await bench.createCustomer();
    const scope = { kind: 'customer', id: customerId } as const;
    const limit = await bench.createLimit(customerId, { scope, metric: 'cost', amount: 0n });
    expect(await bench.ask(secret)).toMatchObject({
      code: 'spend_limit_exceeded',
      limit: { amount: '0', remaining: '0' },
    });
    expect(await bench.ask(secret, { model: 'unheard-of' })).toMatchObject({
      ...{ allowed: false, code: 'unpriced', limit: { id: limit.id }, resets_at: null },
      detail: expect.stringContaining('unknown_model: input, output'),
    });
    expect(await bench.ask(secret, { service_tier: 'platinum' })).toMatchObject({ code: 'unpriced' });
    const searching = { model: 'free', max_web_searches: 1 };
    expect(await bench.ask(secret, searching)).toMatchObject({ detail: expect.stringContaining('web_searches') });
    expect(await bench.ask(secret, { model: 'free' })).toMatchObject({ allowed: true });
    await bench.createPrices('unheard-of', { input: 0n, output: 0n });
    await eventually(
      async () => expect(await bench.ask(secret, { model: 'unheard-of' })).toMatchObject({ allowed: true }),
      WITHIN,
    );
  });

  it('is for what holds of the key that is named', async () => {
    const { customerId, secret, keyId } = await bench.createCustomer({ allowedModels: ['gpt-4*'] });
    const scopes = ['usage:write'] as const;
    const make = async (settings: object): Promise<string> =>
      (await stand.createKey({ customerId, scopes, ...settings })).id;
    const codeOf = async (body: object): Promise<string | undefined> => (await bench.ask(secret, body)).code;
    expect(await codeOf({})).toBeUndefined();
    expect(await codeOf({ model: 'o3' })).toBe('model_not_allowed');
    expect(await codeOf({ key: await make({ isEnabled: false }) })).toBe('key_disabled');
    expect(await codeOf({ key: await make({ expiresAtMs: Date.now() - 1 }) })).toBe('token_expired');
    const listed = await make({ allowedIps: ['203.0.113.0/24'] });
    expect(await codeOf({ key: listed, ip: '203.0.113.9' })).toBeUndefined();
    expect(await codeOf({ key: listed, ip: '::ffff:203.0.113.9' })).toBeUndefined();
    expect(await codeOf({ key: listed, ip: '198.51.100.1' })).toBe('ip_not_allowed');
    expect(await codeOf({ key: listed })).toBe('ip_not_allowed');
    const rated = await make({ rateLimits: { requestsPerMinute: 2, tokensPerMinute: null } });
    expect([await codeOf({ key: rated }), await codeOf({ key: rated })]).toEqual([undefined, undefined]);
    const overRate = await bench.ask(secret, { key: rated });
    expect(overRate).toMatchObject({ code: 'rate_limited', limit: null });
    expect(Date.parse(overRate.resets_at ?? '')).toBeGreaterThan(Date.now());
    const gone = await make({});
    await stand.accounts.deleteKey(gone, Date.now());
    expect(await codeOf({ key: gone })).toBe('invalid_token');

    const gateway = await stand.createKey({ customerId: null, scopes: ['limits:check:any'] });
    const customer = await stand.accounts.customer(customerId);
    if (customer === null) throw new Error('the customer is gone');
    await stand.accounts.updateCustomer({ ...customer, suspendedAtMs: Date.now(), suspensionReason: 'unpaid' });
    await eventually(async () => {
      for (const named of [{ key: keyId }, { customer: customerId }]) {
        expect(await bench.ask(gateway.secret, named)).toMatchObject({ allowed: false, code: 'customer_suspended' });
      }
    }, WITHIN);
  });
});

describe('204', () => {
  it('is for a reservation that may be released; 404 for what is none, or is not the caller’s', async () => {
    const mine = await bench.createCustomer();
    const stranger = await bench.createCustomer();
    const gateway = await stand.createKey({ customerId: null, scopes: ['limits:check:any'] });
    const { reservation = '' } = await bench.ask(mine.secret);
    for (const id of ['res_nothing', `${reservation}/more`, `res_${'0'.repeat(26)}nobody`]) {
      await expectProblem(await bench.release(gateway.secret, id), 'not_found');
    }
    await expectProblem(await bench.release(stranger.secret, reservation), 'not_found');
    expect((await bench.release(gateway.secret, reservation)).status).toBe(204);
    await expectProblem(await bench.release(stand.key.secret, reservation), 'insufficient_scope');
  });
});

describe('4xx', () => {
  it('is for what is wrong with the question', async () => {
    const { secret, keyId } = await bench.createCustomer();
    const stranger = await bench.createCustomer();
    const gateway = await stand.createKey({ customerId: null, scopes: ['limits:check:any'] });
    const valid = { model: 'gpt-4o', input_tokens: 1, max_output_tokens: 1 };
    await expectProblem(await bench.send(stand.key.secret, valid), 'insufficient_scope');
    await expectProblem(await bench.send('tg_live_nothing', valid), 'invalid_token');
    for (const named of [{ key: stranger.keyId }, { key: 'key_none' }, { customer: stranger.customerId }]) {
      await expectProblem(await bench.send(secret, { ...valid, ...named }), 'customer_mismatch');
    }
    for (const named of [{}, { key: 'key_none' }, { customer: 'cus_none' }, { key: gateway.id }]) {
      await expectProblem(await bench.send(gateway.secret, { ...valid, ...named }), 'validation_failed');
    }
    const crossed = { key: keyId, customer: stranger.customerId };
    await expectProblem(await bench.send(gateway.secret, { ...valid, ...crossed }), 'customer_mismatch');
    for (const [wrong, pointer] of [
      [{ model: undefined }, '/model'],
      [{ max_output_tokens: undefined }, '/max_output_tokens'],
      [{ input_tokens: undefined }, '/input_tokens'],
      [{ input: 'both' }, '/input_tokens'],
      [{ input_tokens: -1 }, '/input_tokens'],
      [{ input_tokens: 1.5 }, '/input_tokens'],
      [{ input_tokens: '1' }, '/input_tokens'],
      [{ ttl_seconds: 4 }, '/ttl_seconds'],
      [{ max_web_searches: 1_001 }, '/max_web_searches'],
      [{ ttl_seconds: 3_601 }, '/ttl_seconds'],
      [{ ip: '203.0.113.1/32' }, '/ip'],
      [{ type: 'llm.dreams' }, '/type'],
      [{ metadata: { nested: {} } }, '/metadata/nested'],
      [{ mode1: 'gpt-4o' }, '/mode1'],
    ] as const) {
      const problem = await expectProblem(await bench.send(secret, { ...valid, ...wrong }), 'validation_failed');
      expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
    }
    await expectProblem(await bench.send(secret, '{"model": "a", "model": "b"}'), 'malformed_json');
    await expectProblem(await bench.send(secret, [valid]), 'validation_failed');
    await expectProblem(await bench.send(secret, { ...valid, region: 'x'.repeat(1024 * 1024) }), 'body_too_large');
    const asText = { secret, body: JSON.stringify(valid), headers: { 'content-type': 'text/plain' } };
    await expectProblem(await stand.post('/v1/authorizations', asText), 'unsupported_media_type');
    await expectProblem(await fetch(`${stand.ingest.url}/v1/authorizations`), 'method_not_allowed');
    await expectProblem(await fetch(`${stand.ingest.url}/v1/authorizations/res_1`), 'method_not_allowed');
  });

  it('is for a text that cannot be counted in time, which holds nobody else up', async () => {
    const { customerId, secret } = await bench.createCustomer();
    await bench.createLimit(customerId, {
      ...{ scope: { kind: 'customer', id: customerId }, metric: 'tokens', amount: 1_000_000_000n },
    });
    const hostile = { model: 'gpt-4o', max_output_tokens: 1, input: 'a '.repeat(500_000) };
    await bench.ask(secret, { input_tokens: undefined, input: 'warm' });
    const slow = Promise.all(Array.from({ length: 8 }, () => bench.send(secret, hostile)));
    const waitsMs: number[] = [];
    for (let time = 0; time < 20; time += 1) {
      const startedAtMs = performance.now();
      await bench.ask(secret, { input_tokens: undefined, input: `short ${time}` });
      waitsMs.push(performance.now() - startedAtMs);
    }
    expect(waitsMs.toSorted((a, b) => a - b)[10]).toBeLessThan(250);
    for (const res of await slow) {
      if (res.status === 200) await res.arrayBuffer();
      else await expectProblem(res, 'validation_failed');
    }
  });
});

describe('429 of reports', () => {
  it('is for a key over a limit that refuses them, when it sends its own usage', async () => {
    const { customerId, keyId, secret } = await bench.createCustomer();
    const sibling = await stand.createKey({ customerId, scopes: ['usage:write'] });
    const scope = { kind: 'key', id: keyId } as const;
    const limit = await bench.createLimit(customerId, {
      scope,
      metric: 'requests',
      window: 'lifetime',
      amount: 1n,
      refusesEvents: true,
    });
    const report = (sender: string, overrides: object = {}): Promise<Response> =>
      stand.post('/v1/events', { secret: sender, body: exampleEvent({ ...overrides }) });
    const permit = await bench.ask(secret);
    // What is held is not used yet.
    expect((await report(secret)).status).toBe(202);
    const use = { requests: 1n, inputTokens: 12n, outputTokens: 3n, costPico: 0n };
    const settled = { keyId, projectId: null, customerId, model: 'gpt-4o', place: '1', timeMs: Date.now(), use };
    await bench.counters.settle(customerId, {
      ...{ partition: 0, events: [{ ...settled, windowStarts: {}, reservationId: null }] },
    });
    const refused = await report(secret);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectProblem(refused, 'quota_exceeded');
    // What was let through before, another key's usage, and what an operator reports, is recorded.
    expect((await report(secret, { reservation: permit.reservation })).status).toBe(202);
    expect((await report(sibling.secret)).status).toBe(202);
    expect((await report(stand.operator.secret, { key: keyId })).status).toBe(202);
    await bench.change(limit, { refusesEvents: false });
    await eventually(async () => expect((await report(secret)).status).toBe(202), WITHIN);
  });
});

describe('while counters are not known', () => {
  it('a closed limit refuses and an open one admits its allowance, also without Redis, all processes together', async () => {
    const closed = await bench.createCustomer();
    const open = await bench.createCustomer();
    const rebuilding = await bench.createCustomer();
    const make = (of: typeof open, allowanceWhenUnknown: bigint | null, isLive: boolean) =>
      bench.createLimit(
        of.customerId,
        { scope: { kind: 'customer', id: of.customerId }, metric: 'requests', amount: 1_000n, allowanceWhenUnknown },
        { isLive },
      );
    await make(closed, null, true);
    const limit = await make(open, 10n, true);
    await make(rebuilding, 10n, false);
    const askAll = async (secret: string): Promise<Record<string, number>> =>
      tally(
        await Promise.all(
          Array.from({ length: 40 }, (_, at) => bench.ask(secret, {}, at % 2 === 0 ? stand.ingest : other)),
        ),
      );
    expect(await askAll(rebuilding.secret)).toEqual({ allowed: 10, limits_unavailable: 30 });
    expect(await askAll(closed.secret)).toEqual({ allowed: 40 });
    expect(await askAll(open.secret)).toEqual({ allowed: 40 });

    await stand.redis.kill('SIGKILL');
    expect(await askAll(closed.secret)).toEqual({ limits_unavailable: 40 });
    expect(await askAll(open.secret)).toEqual({ allowed: 10, limits_unavailable: 30 });
    expect((await bench.release(open.secret, `res_${'0'.repeat(26)}${open.customerId.slice(4)}`)).status).toBe(503);

    await stand.redis.restart();
    await eventually(() => bench.revive(limit), { timeoutMs: 10_000 });
    await eventually(
      async () => {
        for (const to of [stand.ingest, other]) expect((await bench.ask(open.secret, {}, to)).allowed).toBe(true);
      },
      { timeoutMs: 10_000 },
    );
  });

  it('is told by the metrics', async () => {
    const metrics = await (await fetch(`${stand.ingest.url}/metrics`)).text();
    expect(metrics).toMatch(/tollgate_ingest_authorizations_total\{outcome="allowed",code="",service="ingest"\} \d+/);
    expect(metrics).toMatch(
      /tollgate_ingest_authorizations_total\{outcome="allowed_on_trust",code="",service="ingest"\} \d+/,
    );
    expect(metrics).toMatch(/\{outcome="denied",code="spend_limit_exceeded",service="ingest"\} \d+/);
    expect(metrics).toMatch(/tollgate_ingest_authorization_seconds_count\S* [1-9]\d*/);
  });
});
