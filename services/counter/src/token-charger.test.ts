import type { ChargedPartition } from '@tollgate/limits';
import { createLogger } from '@tollgate/runtime';
import { describe, expect, it } from 'vitest';
import type { RecordRows } from './batch-rows.ts';
import { createTokenCharger } from './token-charger.ts';

const NOW_MS = 1_790_000_000_000;

function startCharger(rates: ReadonlyMap<string, number>) {
  const state = { nowMs: NOW_MS, isAway: false, uncharged: 0 };
  const charged: ChargedPartition[] = [];
  const asked: string[][] = [];
  const charger = createTokenCharger({
    limits: {
      async chargeTokens(partition) {
        if (state.isAway) throw new Error('Redis is away.');
        charged.push(partition);
      },
    },
    accounts: {
      async tokenRatesOf(ids) {
        asked.push([...ids]);
        return rates;
      },
    },
    clock: { now: () => state.nowMs },
    logger: createLogger({ service: 'test', level: 'silent' }),
    onUncharged: (records) => {
      state.uncharged += records;
    },
  });
  return { charger, state, charged, asked };
}

interface Used {
  readonly keyId: string | null;
  readonly position: bigint;
  readonly tokens: Readonly<Record<string, bigint>>;
  readonly receivedAtMs?: number;
}

function rowsOf(...used: readonly Used[]): readonly RecordRows[] {
  return used.map((usage) => {
    const place = { epoch: 2, partition: 5, customerId: 'cus_1', receivedAtMs: NOW_MS };
    return {
      receipt: place,
      usage: { ...place, ...usage },
      letter: null,
      value: new Uint8Array(),
    } as unknown as RecordRows;
  });
}

describe('tokens', () => {
  const rates = new Map([['key_1', 500]]);

  it('of all classes are charged to keys that have a limit, by the place of their records', async () => {
    const { charger, charged, asked } = startCharger(rates);
    await charger.charge(
      rowsOf(
        { keyId: 'key_1', position: 1n, tokens: { input: 7n, cache_read: 2n, output: 3n } },
        { keyId: 'key_2', position: 2n, tokens: { input: 9n } },
        { keyId: null, position: 3n, tokens: { input: 9n } },
        { keyId: 'key_1', position: 4n, tokens: {} },
        { keyId: 'key_1', position: 5n, tokens: { input: 1n }, receivedAtMs: NOW_MS - 3_600_001 },
      ),
    );
    const charge = { keyId: 'key_1', customerId: 'cus_1', tokensPerMinute: 500 };
    expect(charged).toEqual([
      {
        epoch: 2,
        partition: 5,
        charges: [
          { ...charge, position: 1n, tokens: 12n },
          { ...charge, position: 4n, tokens: 0n },
        ],
      },
    ]);
    expect(asked).toEqual([['key_1', 'key_2']]);
  });

  it('need no look-up while the limits are known', async () => {
    const { charger, state, asked } = startCharger(rates);
    const rows = rowsOf({ keyId: 'key_2', position: 1n, tokens: { input: 1n } });
    await charger.charge(rows);
    state.nowMs += 4_999;
    await charger.charge(rows);
    expect(asked).toHaveLength(1);
    state.nowMs += 1;
    await charger.charge(rows);
    expect(asked).toHaveLength(2);
  });

  it('stay uncharged while Redis is away, which is counted, and hold nothing up', async () => {
    const { charger, state, charged, asked } = startCharger(rates);
    const rows = rowsOf({ keyId: 'key_1', position: 1n, tokens: { input: 1n } });
    state.isAway = true;
    await charger.charge(rows);
    state.isAway = false;
    await charger.charge(rows);
    expect([charged, asked.length, state.uncharged]).toEqual([[], 1, 2]);
    state.nowMs += 5_000;
    await charger.charge(rows);
    expect([charged.length, state.uncharged]).toEqual([1, 2]);
  });
});
