import { createLimitWindows, type LimitDefinition, LimitLedger, placeTextOf, type UsageRow } from '@tollgate/domain';
import { createLogger } from '@tollgate/runtime';
import { describe, expect, it } from 'vitest';
import { ORGANIZATION } from './owner-calendars.ts';
import { createSettler, type Settler } from './settler.ts';

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const DAY_MS = Date.UTC(2026, 10, 24);

interface Stand {
  readonly settler: Settler;
  readonly signals: readonly string[];
  isAway: boolean;
  used(owner: string): bigint | null;
  begin(owner: string): void;
}

/** The ledger is what the counters in Redis are held equal to. */
function startStand(rowsMax?: number): Stand {
  const ledgers = new Map<string, LimitLedger>();
  const ledgerOf = (owner: string): LimitLedger => {
    const ledger = ledgers.get(owner) ?? new LimitLedger();
    ledgers.set(owner, ledger);
    return ledger;
  };
  const limited = new Set<string>();
  const signals: string[] = [];
  const reach = (): void => {
    if (stand.isAway) throw new Error('away');
  };
  const windows = createLimitWindows([{ fromMs: Number.NEGATIVE_INFINITY, zone: 'UTC', anchorDay: 1 }]);
  const settler = createSettler({
    calendars: { of: async () => ({ windows, currency: 'USD' }), forget: () => undefined },
    clock: { now: () => NOW_MS },
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: { unsettled: { set: () => undefined }, passedOver: { inc: () => undefined } },
    bounds: { ...(rowsMax === undefined ? {} : { unsettledMax: rowsMax }), budgetMs: 0 },
    signals: {
      async tell(signal, owners) {
        reach();
        signals.push(...owners.map((owner) => `${signal} ${owner}`));
      },
    },
    counters: {
      async touch(owner, { partition, place }) {
        reach();
        if (!limited.has(owner)) ledgerOf(owner).passOver(new Map([[partition, place]]));
        return limited.has(owner);
      },
      async settle(owner, { partition, events }) {
        reach();
        ledgerOf(owner).settle(partition, events, NOW_MS);
        return events.map(() => ({ limitId: 'lim', windowStartMs: DAY_MS }));
      },
    },
  });
  const stand: Stand = {
    settler,
    signals,
    isAway: false,
    used: (owner) => ledgerOf(owner).used('lim', DAY_MS),
    begin(owner) {
      limited.add(owner);
      const definition: LimitDefinition = {
        ...{ id: 'lim', modelPattern: null, metric: 'tokens', window: 'day', countsFromMs: 0 },
        scope: owner === ORGANIZATION ? { kind: 'organization', id: '' } : { kind: 'customer', id: owner },
      };
      const rebuild = { definition, amount: 1n, token: 't', storedUntil: new Map<number, string>(), nowMs: NOW_MS };
      ledgerOf(owner).begin(rebuild);
      ledgerOf(owner).finish({ limitId: 'lim', token: 't', used: new Map(), nowMs: NOW_MS });
    },
  };
  return stand;
}

function rowOf(position: number, input: bigint, more: Partial<UsageRow> = {}): UsageRow {
  return {
    ...{ epoch: 1, partition: 0, position: BigInt(position), customerId: 'cus_1', projectId: null, keyId: null },
    ...{ eventId: `evt_${position}`, timeMs: NOW_MS, receivedAtMs: NOW_MS, contentHash: 1n, type: 'llm.chat' },
    ...{ provider: 'openai', model: 'gpt-4o', serviceTier: 'standard', status: 'completed', isStream: false },
    ...{ latencyMs: null, tokens: { input }, provenance: {}, requests: 1n, webSearches: 0n, rule: '', region: '' },
    ...{ textInputTokens: null, textOutputTokens: null, currency: 'USD', costPico: null, costByClass: {} },
    ...{ cacheSavingsPico: 0n, priceIds: [], unpricedReason: '', flags: [], reservation: '', metadata: {} },
    ...{ reportedUsage: '', data: '' },
    ...more,
  };
}

describe('what is stored', () => {
  it('is settled at its customer and at the organization, and a batch that comes again changes nothing', async () => {
    const stand = startStand();
    for (const owner of ['cus_1', 'cus_2', ORGANIZATION]) stand.begin(owner);
    const batch = [rowOf(1, 10n), rowOf(2, 5n, { customerId: 'cus_2' }), rowOf(3, 7n)];
    for (const rows of [batch, batch, batch.slice(1)]) await stand.settler.settle(rows);
    expect(['cus_1', 'cus_2', ORGANIZATION].map(stand.used)).toEqual([17n, 5n, 22n]);
    expect(new Set(stand.signals)).toEqual(new Set(['changed cus_1', 'changed cus_2', 'changed organization']));
  });

  it('is settled together with what follows it, in order, when Redis was away', async () => {
    const stand = startStand();
    stand.begin('cus_1');
    stand.isAway = true;
    await stand.settler.settle([rowOf(1, 10n)]);
    await stand.settler.settle([rowOf(2, 20n, { partition: 1 })]);
    stand.isAway = false;
    await stand.settler.settle([rowOf(5, 1n)]);
    expect(stand.used('cus_1')).toBe(11n);
    expect([0, 1].map(stand.settler.isBehind)).toEqual([true, true]);
    // Nothing more comes from the other partition.
    await stand.settler.retry();
    expect(stand.used('cus_1')).toBe(31n);
    expect([0, 1].map(stand.settler.isBehind)).toEqual([false, false]);
    // Another counter may have gone on in the meantime: the quota service looks at them.
    expect(stand.signals).toContain('behind cus_1');
  });

  it('that there is no room for is left to the quota service, which is told of its owners', async () => {
    const stand = startStand(3);
    stand.begin('cus_1');
    stand.isAway = true;
    await stand.settler.settle([rowOf(1, 10n), rowOf(2, 10n)]);
    await stand.settler.settle([rowOf(3, 10n, { customerId: 'cus_2' }), rowOf(4, 10n, { customerId: 'cus_2' })]);
    await stand.settler.retry();
    expect(stand.signals).toEqual([]);
    stand.isAway = false;
    await stand.settler.retry();
    expect(stand.signals).toEqual(expect.arrayContaining(['behind cus_1', 'behind cus_2', 'behind organization']));
    await stand.settler.retry();
    expect(stand.signals.filter((signal) => signal === 'behind cus_2')).toHaveLength(1);
  });

  it('of a customer without limits is noted and not counted', async () => {
    const stand = startStand();
    await stand.settler.settle([rowOf(1, 10n)]);
    stand.begin('cus_1');
    await stand.settler.settle([rowOf(1, 10n), rowOf(2, 1n)]);
    expect(stand.used('cus_1')).toBe(1n);
    expect(placeTextOf({ epoch: 1, position: 1n })).toBe('0000000001.00000000000000000001');
  });
});
