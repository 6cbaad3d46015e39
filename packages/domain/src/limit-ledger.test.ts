import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LimitDefinition } from './limit.ts';
import { type LimitDemand, LimitLedger, type SettledEvent } from './limit-ledger.ts';

const CUSTOMER = 'cus_1';
const TTL_MS = 60_000;
const WINDOWS = { hour: 0, day: 0, week: 0, month: 0, billing_period: 0 };

const daily: LimitDefinition = {
  id: 'lim_day',
  scope: { kind: 'customer', id: CUSTOMER },
  modelPattern: null,
  metric: 'tokens',
  window: 'day',
  countsFromMs: 0,
};
const perMinute: LimitDefinition = { ...daily, id: 'lim_minute', metric: 'requests', window: 'minute' };

function demand(limit: LimitDefinition, amount: bigint, quantity: bigint): LimitDemand {
  return { limit, windowStartMs: 0, amount, quantity, mode: 'block', allowanceWhenUnknown: null };
}

let places = 0;

function eventOf(tokens: bigint, more: Partial<SettledEvent> = {}): SettledEvent {
  places += 1;
  return {
    place: String(places).padStart(10, '0'),
    timeMs: 0,
    keyId: 'key_1',
    projectId: null,
    customerId: CUSTOMER,
    model: 'gpt-4o',
    use: { requests: 1n, inputTokens: tokens, outputTokens: 0n, costPico: 0n },
    windowStarts: WINDOWS,
    reservationId: null,
    ...more,
  };
}

function ledgerWith(amount: bigint, ...limits: readonly LimitDefinition[]): LimitLedger {
  const ledger = new LimitLedger();
  for (const definition of limits) {
    ledger.begin({ definition, amount, token: 't', storedUntil: new Map(), nowMs: 0 });
    ledger.finish({ limitId: definition.id, token: 't', used: new Map(), nowMs: 0 });
  }
  return ledger;
}

function reserve(ledger: LimitLedger, reservationId: string, demands: readonly LimitDemand[], nowMs = 0) {
  return ledger.reserve({ reservationId, nowMs, expiresAtMs: nowMs + TTL_MS, demands });
}

describe('a calendar limit', () => {
  it('admits exactly its amount', () => {
    const ledger = ledgerWith(100n, daily);
    const admitted = Array.from({ length: 50 }, (_, n) => reserve(ledger, `res_${n}`, [demand(daily, 100n, 7n)]));
    expect(admitted.filter(({ allowed }) => allowed)).toHaveLength(14);
    expect(admitted.at(-1)).toEqual({ allowed: false, limitId: 'lim_day', reason: 'exhausted', remaining: 2n });
  });

  it('takes nothing of a request that another limit refuses', () => {
    const other = { ...daily, id: 'lim_other' };
    const ledger = ledgerWith(100n, daily, other);
    expect(reserve(ledger, 'res_1', [demand(daily, 100n, 10n), demand(other, 5n, 10n)]).allowed).toBe(false);
    expect(ledger.held('lim_day')).toBe(0n);
  });

  it('frees what was reserved and not used, once, however often it is settled or released', () => {
    const ledger = ledgerWith(100n, daily);
    reserve(ledger, 'res_1', [demand(daily, 100n, 80n)]);
    const event = eventOf(30n, { reservationId: 'res_1' });
    ledger.settle(0, [event], 1);
    ledger.settle(0, [event], 2);
    expect(ledger.release('res_1', 3)).toBe(false);
    expect([ledger.used('lim_day', 0), ledger.held('lim_day')]).toEqual([30n, 0n]);
  });

  it('holds what is due for as long as an event that names it may wait in the log', () => {
    const ledger = ledgerWith(100n, daily);
    reserve(ledger, 'res_1', [demand(daily, 100n, 80n)]);
    ledger.noteSettled(TTL_MS - 1);
    expect(reserve(ledger, 'res_2', [demand(daily, 100n, 30n)], 10 * TTL_MS).allowed).toBe(false);
    ledger.settle(0, [eventOf(75n, { reservationId: 'res_1' })], 10 * TTL_MS);
    expect([ledger.used('lim_day', 0), ledger.held('lim_day')]).toEqual([75n, 0n]);

    reserve(ledger, 'res_3', [demand(daily, 100n, 20n)], 10 * TTL_MS);
    ledger.noteSettled(11 * TTL_MS);
    ledger.expire(11 * TTL_MS);
    expect(ledger.held('lim_day')).toBe(0n);
  });

  it('frees what was reserved for an event that a rebuild has counted before it was settled', () => {
    const ledger = ledgerWith(100n, daily);
    reserve(ledger, 'res_1', [demand(daily, 100n, 80n)]);
    const event = eventOf(30n, { reservationId: 'res_1' });
    ledger.passOver(new Map([[0, event.place]]));
    ledger.settle(0, [event], 1);
    expect([ledger.used('lim_day', 0), ledger.held('lim_day')]).toEqual([0n, 0n]);
  });

  it('counts what is settled after the reservation expired', () => {
    const ledger = ledgerWith(100n, daily);
    reserve(ledger, 'res_1', [demand(daily, 100n, 80n)]);
    ledger.expire(TTL_MS);
    expect(ledger.held('lim_day')).toBe(0n);
    ledger.settle(0, [eventOf(30n, { reservationId: 'res_1' })], TTL_MS + 1);
    expect([ledger.used('lim_day', 0), ledger.held('lim_day')]).toEqual([30n, 0n]);
  });

  it('lets what is held count in the next window too', () => {
    const ledger = ledgerWith(100n, daily);
    reserve(ledger, 'res_1', [demand(daily, 100n, 80n)]);
    const tomorrow = { ...demand(daily, 100n, 30n), windowStartMs: 1_000 };
    expect(reserve(ledger, 'res_2', [tomorrow], 1_000).allowed).toBe(false);
    ledger.settle(0, [eventOf(80n, { reservationId: 'res_1' })], 1_001);
    expect(reserve(ledger, 'res_3', [tomorrow], 1_002).allowed).toBe(true);
  });

  it('counts nothing from before it was reset', () => {
    const ledger = ledgerWith(100n, { ...daily, countsFromMs: 50 });
    ledger.settle(0, [eventOf(7n, { timeMs: 49 }), eventOf(5n, { timeMs: 50 })], 60);
    expect([ledger.used('lim_day', 0), ledger.used('lim_day', 50)]).toEqual([0n, 5n]);
  });

  it('is never passed by what is used and held, and ends with nothing held and every use counted once', () => {
    const step = fc.record({
      kind: fc.constantFrom('reserve', 'settle', 'release', 'wait', 'resend'),
      quantity: fc.bigInt({ min: 0n, max: 60n }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const amount = 100n;
        const ledger = ledgerWith(amount, daily);
        const open: { readonly id: string; readonly quantity: bigint; readonly expiresAtMs: number }[] = [];
        const sent: SettledEvent[] = [];
        let nowMs = 0;
        let total = 0n;
        for (const [n, { kind, quantity, part }] of steps.entries()) {
          const found = open[Math.floor(part * open.length)];
          if (kind === 'reserve') {
            const id = `res_${n}`;
            const { allowed } = reserve(ledger, id, [demand(daily, amount, quantity)], nowMs);
            if (allowed) open.push({ id, quantity, expiresAtMs: nowMs + TTL_MS });
          } else if (kind === 'settle' && found !== undefined && found.expiresAtMs > nowMs) {
            const used = BigInt(Math.floor(Number(found.quantity) * part));
            const event = eventOf(used, { reservationId: found.id });
            sent.push(event);
            total += used;
            ledger.settle(0, [event], nowMs);
            open.splice(open.indexOf(found), 1);
          } else if (kind === 'release' && found !== undefined) {
            ledger.release(found.id, nowMs);
            open.splice(open.indexOf(found), 1);
          } else if (kind === 'wait') nowMs += Math.floor(part * TTL_MS);
          else if (kind === 'resend') ledger.settle(0, sent.slice(Math.floor(part * sent.length)), nowMs);
          expect((ledger.used('lim_day', 0) ?? 0n) + (ledger.held('lim_day') ?? 0n)).toBeLessThanOrEqual(amount);
        }
        ledger.expire(nowMs + TTL_MS);
        expect(ledger.held('lim_day')).toBe(0n);
        expect(ledger.used('lim_day', 0)).toBe(total);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a limit of a minute', () => {
  const one = [demand(perMinute, 60n, 1n)];

  it('admits its amount at once and then one by one as it drains', () => {
    const ledger = ledgerWith(60n, perMinute);
    for (let n = 0; n < 60; n += 1) expect(reserve(ledger, `res_${n}`, one, 0).allowed).toBe(true);
    expect(reserve(ledger, 'res_x', one, 999).allowed).toBe(false);
    expect(reserve(ledger, 'res_y', one, 1_000).allowed).toBe(true);
    expect(reserve(ledger, 'res_z', one, 1_001).allowed).toBe(false);
  });

  it('gives back what was reserved and not used', () => {
    const tokens: LimitDefinition = { ...perMinute, metric: 'tokens' };
    const ledger = ledgerWith(1_000n, tokens);
    reserve(ledger, 'res_1', [demand(tokens, 1_000n, 900n)]);
    ledger.settle(0, [eventOf(100n, { reservationId: 'res_1' })], 0);
    expect(ledger.remaining(demand(tokens, 1_000n, 0n), 0)).toBe(900n);
  });
});

describe('a counter that is not known', () => {
  it('refuses when the limit is closed, and admits its allowance when it is open', () => {
    const ledger = new LimitLedger();
    const unknown = { allowed: false, limitId: 'lim_day', reason: 'unknown' };
    expect(reserve(ledger, 'res_1', [demand(daily, 100n, 1n)])).toMatchObject(unknown);
    const open = { ...demand(daily, 100n, 4n), allowanceWhenUnknown: 10n };
    expect(reserve(ledger, 'res_2', [open])).toMatchObject({ allowed: true, remaining: [null] });
    expect(reserve(ledger, 'res_3', [open])).toMatchObject({ allowed: true });
    expect(reserve(ledger, 'res_4', [open])).toMatchObject({ ...unknown, remaining: 2n });
  });

  it('is rebuilt to what it would have been, whatever is settled, sent again or reserved meanwhile', () => {
    const batches = fc.array(fc.array(fc.bigInt({ min: 0n, max: 9n }), { maxLength: 4 }), { maxLength: 8 });
    fc.assert(
      fc.property(batches, fc.nat(8), fc.nat(8), fc.boolean(), (sizes, lostAt, finishedAfter, isAppliedKept) => {
        const events = sizes.map((batch) => batch.map((tokens) => eventOf(tokens)));
        const stored: SettledEvent[] = [];
        let ledger = ledgerWith(100n, daily);
        let base: string | undefined;
        const finish = (): void => {
          const used = stored
            .filter(({ place }) => place <= (base ?? ''))
            .reduce((sum, { use }) => sum + use.inputTokens, 0n);
          ledger.finish({ limitId: daily.id, token: 'again', used: new Map([[0, used]]), nowMs: 0 });
        };
        for (const [n, batch] of events.entries()) {
          // The warehouse has a batch before the ledger does.
          stored.push(...batch);
          if (n === lostAt) {
            // All of it lost, or the one counter alone.
            if (!isAppliedKept) ledger = new LimitLedger();
            const storedUntil = new Map([[0, stored.at(-1)?.place ?? '']]);
            base = ledger.begin({ definition: daily, amount: 100n, token: 'again', storedUntil, nowMs: 0 }).get(0);
          }
          ledger.settle(0, stored.slice(-6), 0);
          if (base !== undefined && n === lostAt + finishedAfter) finish();
        }
        if (lostAt >= events.length) return;
        finish();
        expect(ledger.used(daily.id, 0)).toBe(stored.reduce((sum, { use }) => sum + use.inputTokens, 0n));
      }),
      { numRuns: 500 },
    );
  });

  it('is not finished by a rebuild that another one has overtaken', () => {
    const ledger = ledgerWith(100n, daily);
    const begin = { definition: daily, amount: 100n, storedUntil: new Map<number, string>(), nowMs: 0 };
    ledger.begin({ ...begin, token: 'first' });
    ledger.begin({ ...begin, token: 'second' });
    expect(ledger.finish({ limitId: daily.id, token: 'first', used: new Map([[0, 5n]]), nowMs: 0 })).toBe(false);
    expect(ledger.finish({ limitId: daily.id, token: 'second', used: new Map([[0, 5n]]), nowMs: 0 })).toBe(true);
    expect(ledger.used(daily.id, 0)).toBe(5n);
  });
});
