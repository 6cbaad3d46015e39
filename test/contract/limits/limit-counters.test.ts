// The counters of limits in Redis are held equal to the pure ledger: the same steps in the same order, the same answers.

import {
  countingStart,
  type LimitDefinition,
  type LimitDemand,
  LimitLedger,
  type SettledEvent,
} from '@tollgate/domain';
import type { LimitCounters } from '@tollgate/limits';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LimitsStand, startLimits } from './limits-fixture.ts';

const CUSTOMER = 'cus_1';
const START_MS = Date.UTC(2026, 10, 24);
const HOUR_MS = 3_600_000;

let stand: LimitsStand;
let counters: LimitCounters;
let nowMs = START_MS;
let settledUntilMs: number | null = null;
let sequences = 0;

beforeAll(async () => {
  stand = await startLimits();
  // Durability is not in question here, and tens of thousands of steps are.
  await stand.redis.config('SET', 'appendfsync', 'no');
  const { limits } = await stand.open({ answerTimeoutMs: 10_000 });
  counters = limits.counters({
    name: 'test',
    now: () => nowMs,
    settlements: { until: async () => settledUntilMs },
  });
});

afterAll(() => stand?.close());

const LIMITS: readonly (LimitDefinition & { readonly amount: bigint })[] = [
  { id: 'lim_key', scope: { kind: 'key', id: 'key_1' }, modelPattern: null, metric: 'tokens', window: 'hour' },
  {
    id: 'lim_model',
    scope: { kind: 'customer', id: CUSTOMER },
    modelPattern: 'gpt-*o*',
    metric: 'requests',
    window: 'day',
  },
  {
    id: 'lim_project',
    scope: { kind: 'project', id: 'prj_1' },
    modelPattern: null,
    metric: 'input_tokens',
    window: 'minute',
  },
  {
    id: 'lim_spend',
    scope: { kind: 'customer', id: CUSTOMER },
    modelPattern: null,
    metric: 'cost',
    window: 'lifetime',
  },
  { id: 'lim_spend_minute', scope: { kind: 'key', id: 'key_2' }, modelPattern: null, metric: 'cost', window: 'minute' },
].map((definition, at) => ({
  ...(definition as LimitDefinition),
  // One of them was reset in an hour that events still fall into.
  countsFromMs: definition.id === 'lim_key' ? START_MS - 1_000_000 : 0,
  // Money far past 2^53 picounits, so that an inexact number would show.
  amount: [900n, 12n, 2_000n, 90_000_000_000_000_000_001n, 70_000_000_000_000_000_003n][at] ?? 0n,
}));

const limitIndex = fc.nat(LIMITS.length - 1);
const quantity = fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 10n ** 18n, max: 10n ** 20n }));
const use = fc.record({
  requests: fc.constant(1n),
  inputTokens: fc.bigInt({ min: 0n, max: 500n }),
  outputTokens: fc.bigInt({ min: 0n, max: 500n }),
  costPico: fc.bigInt({ min: 0n, max: 5n * 10n ** 18n }),
});
const event = fc.record({
  keyId: fc.constantFrom('key_1', 'key_2', null),
  projectId: fc.constantFrom('prj_1', null),
  model: fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'o3'),
  use,
  reservation: fc.option(fc.nat(60)),
  windowsAgo: fc.nat(3),
  isLongOver: fc.boolean(),
});
const step = fc.oneof(
  fc.record({
    kind: fc.constant('reserve' as const),
    demands: fc.uniqueArray(
      fc.record({ limit: limitIndex, quantity, alerts: fc.boolean(), allowance: fc.option(quantity) }),
      {
        minLength: 1,
        maxLength: 4,
        selector: ({ limit }) => limit,
      },
    ),
    ttlMs: fc.integer({ min: 1, max: HOUR_MS }),
  }),
  fc.record({
    kind: fc.constant('settle' as const),
    partition: fc.nat(1),
    events: fc.array(event, { minLength: 1, maxLength: 5 }),
    resent: fc.nat(4),
  }),
  fc.record({ kind: fc.constant('release' as const), reservation: fc.nat(60) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.oneof(fc.nat(2_000), fc.nat(HOUR_MS)) }),
  fc.record({
    kind: fc.constant('begin' as const),
    limit: limitIndex,
    token: fc.constantFrom('a', 'b'),
    place: fc.nat(50),
  }),
  fc.record({
    kind: fc.constant('finish' as const),
    limit: limitIndex,
    token: fc.constantFrom('a', 'b'),
    used: quantity,
    ago: fc.nat(2),
  }),
  fc.record({ kind: fc.constant('remove' as const), limit: limitIndex }),
  fc.record({ kind: fc.constant('settled until' as const), agoMs: fc.option(fc.nat(HOUR_MS)) }),
  fc.record({ kind: fc.constant('pass over' as const), partition: fc.nat(1), place: fc.nat(60) }),
);

function hourAgo(hours: number): number {
  return Math.floor(nowMs / HOUR_MS) * HOUR_MS - hours * HOUR_MS;
}

function windowStartOf(limit: LimitDefinition, hours = 0): number {
  if (limit.window === 'minute') return 0;
  return countingStart(limit, limit.window === 'lifetime' ? 0 : hourAgo(hours));
}

const placeOf = (n: number): string => `0000000001.${String(n).padStart(20, '0')}`;

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

async function runBoth(steps: readonly Step[]): Promise<void> {
  sequences += 1;
  nowMs = START_MS;
  settledUntilMs = null;
  const owner = `cus_${sequences}`;
  const ledger = new LimitLedger();
  const sent: [SettledEvent[], SettledEvent[]] = [[], []];
  let places = 0;
  const reservationOf = (n: number): string => `res_${n}`;

  for (const [n, each] of steps.entries()) {
    switch (each.kind) {
      case 'reserve': {
        const demands = each.demands.map(({ limit: at, quantity: asked, alerts, allowance }): LimitDemand => {
          const { amount, ...limit } = limitAt(at);
          return {
            limit,
            windowStartMs: windowStartOf(limit),
            amount,
            quantity: asked,
            mode: alerts ? 'alert' : 'block',
            allowanceWhenUnknown: allowance,
          };
        });
        const request = { reservationId: reservationOf(n), demands };
        const expected = ledger.reserve({ ...request, nowMs, expiresAtMs: nowMs + each.ttlMs });
        expect(await counters.reserve(owner, { ...request, ttlMs: each.ttlMs })).toEqual(expected);
        break;
      }
      case 'settle': {
        const fresh = each.events.map(({ reservation, windowsAgo, isLongOver, ...rest }): SettledEvent => {
          places += 1;
          const at = hourAgo(windowsAgo - 1);
          return {
            ...rest,
            customerId: CUSTOMER,
            place: placeOf(places),
            timeMs: at + 1_800_000,
            reservationId: reservation === null ? null : reservationOf(reservation),
            windowStarts: isLongOver ? {} : { hour: at, day: at, week: at, month: at, billing_period: at },
          };
        });
        const of = sent[each.partition === 0 ? 0 : 1];
        of.push(...fresh);
        const events = of.slice(-(fresh.length + each.resent));
        // A customer without limits is only noted: nothing is counted, and nothing ends.
        const hasLimits = LIMITS.some(({ id }) => ledger.held(id) !== null);
        ledger.settle(
          each.partition,
          hasLimits ? events : events.map((event) => ({ ...event, reservationId: null })),
          nowMs,
        );
        const place = events.at(-1)?.place ?? '';
        expect(await counters.touch(owner, { partition: each.partition, place })).toBe(hasLimits);
        if (hasLimits) await counters.settle(owner, { partition: each.partition, events });
        break;
      }
      case 'release':
        expect(await counters.release(owner, reservationOf(each.reservation))).toBe(
          ledger.release(reservationOf(each.reservation), nowMs),
        );
        break;
      case 'wait':
        nowMs += each.ms;
        break;
      case 'begin': {
        const { amount, ...definition } = limitAt(each.limit);
        const rebuild = { definition, amount, token: each.token, storedUntil: new Map([[0, placeOf(each.place)]]) };
        expect(await counters.begin(owner, rebuild)).toEqual(ledger.begin({ ...rebuild, nowMs }));
        break;
      }
      case 'finish': {
        const { amount: _, ...limit } = limitAt(each.limit);
        const used = new Map([[windowStartOf(limit, each.ago), each.used]]);
        const rebuild = { limitId: limit.id, token: each.token, used };
        expect(await counters.finish(owner, rebuild)).toBe(ledger.finish({ ...rebuild, nowMs }));
        break;
      }
      case 'pass over': {
        const passed = new Map([[each.partition, placeOf(each.place)]]);
        ledger.passOver(passed);
        await counters.passOver(owner, passed);
        break;
      }
      case 'settled until':
        settledUntilMs = each.agoMs === null ? null : nowMs - each.agoMs;
        ledger.noteSettled(settledUntilMs);
        break;
      case 'remove':
        ledger.remove(limitAt(each.limit).id);
        await counters.remove(owner, limitAt(each.limit).id);
        break;
    }
    await compare(owner, ledger);
  }
}

function limitAt(at: number) {
  const limit = LIMITS[at];
  if (limit === undefined) throw new Error('there is no such limit');
  return limit;
}

async function compare(owner: string, ledger: LimitLedger): Promise<void> {
  const asked = LIMITS.map(({ amount, ...limit }) => ({ limit, windowStartMs: windowStartOf(limit), amount }));
  const readings = await counters.read(owner, asked);
  ledger.expire(nowMs);
  const seen = readings.map(({ isKnown, used, held }, at) => {
    const { id, amount, window } = limitAt(at);
    const left = amount - used - held;
    const remaining = left > 0n ? left : 0n;
    return { id, remaining: isKnown ? remaining : null, held: window === 'minute' ? null : held };
  });
  const expected = asked.map((each) => ({
    id: each.limit.id,
    remaining: ledger.remaining({ ...each, mode: 'block', allowanceWhenUnknown: null }, nowMs),
    held: each.limit.window === 'minute' ? null : (ledger.held(each.limit.id) ?? 0n),
  }));
  expect(seen).toEqual(expected);

  const { counters: surveyed } = await counters.survey(
    owner,
    asked.map(({ limit }) => limit),
  );
  const totals = surveyed.map(({ isKnown, used, held }, at) => {
    const { limit, windowStartMs } = asked[at] ?? {};
    return limit === undefined || limit.window === 'minute' || !isKnown
      ? null
      : { used: used.get(windowStartMs ?? 0) ?? 0n, held };
  });
  expect(totals).toEqual(
    asked.map(({ limit, windowStartMs, amount }) => {
      const remaining = ledger.remaining(
        { limit, windowStartMs, amount, mode: 'block', allowanceWhenUnknown: null },
        0,
      );
      return limit.window === 'minute' || remaining === null
        ? null
        : { used: ledger.used(limit.id, windowStartMs), held: ledger.held(limit.id) };
    }),
  );
}

describe('a survey', () => {
  const [limit] = LIMITS;
  if (limit === undefined) throw new Error('there is no limit');
  const { amount, ...definition } = limit;

  it('tells a limit that is counted otherwise from one that was reset, and finds what nobody asked for', async () => {
    const owner = 'cus_survey';
    const of = async (wanted: LimitDefinition) => (await counters.survey(owner, [wanted])).counters[0]?.definition;
    expect(await counters.survey(owner, [definition])).toEqual({
      places: new Map(),
      counters: [{ isKnown: false, definition: 'different', used: new Map(), held: 0n }],
      others: [],
    });
    await counters.begin(owner, { definition, amount, token: 't', storedUntil: new Map([[3, placeOf(7)]]) });
    expect(await of(definition)).toBe('same');
    expect(await of({ ...definition, countsFromMs: 5 })).toBe('reset');
    expect(await of({ ...definition, metric: 'cost' })).toBe('different');
    expect(await of({ ...definition, modelPattern: 'gpt*' })).toBe('different');
    expect(await counters.survey(owner, [])).toEqual({
      places: new Map([[3, placeOf(7)]]),
      counters: [],
      others: [definition.id],
    });
  });
});

describe('how far settling has come', () => {
  it('is told once every partition was heard of, and never goes back', async () => {
    const { limits } = await stand.open();
    const told = limits.settlements({ name: 'settled' });
    // What is known may be half a second old: each question is asked by a process that knows nothing.
    const asked = (): Promise<number | null> => limits.settlements({ name: 'settled' }).until();
    expect(await asked()).toBeNull();
    await told.note({ partitions: 3, untilMs: new Map([[0, 50]]) });
    await told.note({ partitions: 3, untilMs: new Map([[2, 70]]) });
    expect(await asked()).toBeNull();
    await told.note({ partitions: 3, untilMs: new Map([[1, 60]]) });
    expect(await asked()).toBe(50);
    await told.note({
      partitions: 3,
      untilMs: new Map([
        [0, 90],
        [1, 40],
      ]),
    });
    expect(await asked()).toBe(60);
  });
});

describe('signals', () => {
  it('of an owner come once, to one process, and the mark is lost with the data', async () => {
    const { limits } = await stand.open();
    const signals = limits.signals({ name: 'signals' });
    expect(await signals.take('changed', 10)).toEqual([]);
    await signals.tell('changed', ['cus_1', 'cus_2', 'cus_1']);
    await signals.tell('changed', ['cus_1']);
    expect(await signals.take('behind', 10)).toEqual([]);
    const taken = [...(await signals.take('changed', 1)), ...(await signals.take('changed', 10))];
    expect(taken.sort()).toEqual(['cus_1', 'cus_2']);
    expect(await signals.take('changed', 10)).toEqual([]);

    expect(await signals.isMarked()).toBe(false);
    await signals.mark();
    expect(await signals.isMarked()).toBe(true);
    await stand.redis.flushall();
    expect(await signals.isMarked()).toBe(false);
  });
});

describe('the counters in Redis', () => {
  it('answer as the pure ledger does, over long random sequences of steps', { timeout: 120_000 }, async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), runBoth), {
      numRuns: Number(process.env['TOLLGATE_LEDGER_RUNS'] ?? 150),
    });
  });
});
