import { type Receipt, TollgateError, type UsageRow } from '@tollgate/domain';
import type { StoredBatch } from '@tollgate/warehouse';
import { describe, expect, it } from 'vitest';
import { asDeadLetter, type RecordRows } from './batch-rows.ts';
import { isRefusedContent, storeRows } from './store-rows.ts';

// The warehouse here is a list that refuses what it is told to: how ClickHouse refuses is tried on a real one elsewhere.
function storing(refuse: (batch: StoredBatch, call: number) => Error | undefined) {
  const stored = new Map<bigint, Receipt['outcome']>();
  const buried: bigint[] = [];
  let calls = 0;
  const controller = new AbortController();
  const options = {
    warehouse: {
      async store(batch: StoredBatch) {
        const error = refuse(batch, ++calls);
        if (error !== undefined) throw error;
        for (const { position, outcome } of batch.receipts) stored.set(position, outcome);
      },
    },
    range: { epoch: 1, partition: 0, firstOffset: 0n, nextOffset: 1n },
    signal: controller.signal,
    async bury(rows: RecordRows, detail: string) {
      buried.push(rows.receipt.position);
      return asDeadLetter(rows, { code: 'not_storable', detail, nowMs: 0 });
    },
    onRetry: () => undefined,
  };
  return { options, stored, buried, abort: () => controller.abort(), calls: () => calls };
}

const refusal = Object.assign(new Error('out of bound'), { code: '69' });
const away = new TollgateError({ code: 'unavailable', detail: 'away' });

describe('storeRows', () => {
  it('tries again while the warehouse is away', async () => {
    const { options, stored, calls } = storing((_, call) => (call <= 2 ? away : undefined));
    await storeRows(rows(3), options);
    expect(calls()).toBe(3);
    expect(stored.size).toBe(3);
  });

  it('finds the one row that is refused, buries it and stores all others', async () => {
    const isBad = ({ usage }: StoredBatch) => usage.some(({ position }) => position === 613n);
    const { options, stored, buried, calls } = storing((batch) => (isBad(batch) ? refusal : undefined));
    await storeRows(rows(1_000), options);
    expect(buried).toEqual([613n]);
    expect(stored.size).toBe(1_000);
    expect(stored.get(613n)).toBe('dead_lettered');
    expect(calls()).toBeLessThan(30);
  });

  it('ends when the partition is taken away', async () => {
    const { options, abort } = storing(() => away);
    setTimeout(abort, 20);
    await expect(storeRows(rows(1), options)).rejects.toThrow(/abort/i);
  });
});

it.each([
  [new RangeError('The value is out of range'), true],
  [refusal, true],
  [Object.assign(new Error('no such table'), { code: '60' }), false],
  [Object.assign(new Error('too many parts'), { code: '252' }), false],
  [Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), false],
  [away, false],
  ['text', false],
])('%s is about the row: %s', (error, expected) => {
  expect(isRefusedContent(error)).toBe(expected);
});

function rows(count: number): readonly RecordRows[] {
  return Array.from({ length: count }, (_, index) => {
    const receipt: Receipt = {
      ...{ epoch: 1, partition: 0, position: BigInt(index), customerId: 'cus_1', eventId: `e${index}` },
      ...{ timeMs: 0, receivedAtMs: 0, contentHash: 0n, outcome: 'countable', reason: '', isReplay: false },
      reporterKeyId: 'key_1',
    };
    const usage: UsageRow = {
      ...receipt,
      ...{
        projectId: null,
        keyId: null,
        type: 'llm.chat',
        provider: 'openai',
        model: 'gpt-4o',
        serviceTier: 'standard',
      },
      ...{ status: 'completed', isStream: false, latencyMs: null, tokens: {}, provenance: {}, requests: 1n },
      ...{ webSearches: 0n, rule: 'openai.chat', textInputTokens: null, textOutputTokens: null, costPico: null },
      ...{
        region: '',
        currency: '',
        costByClass: {},
        cacheSavingsPico: 0n,
        priceIds: [],
        unpricedReason: '',
        flags: [],
      },
      ...{ reservation: '', metadata: {}, reportedUsage: '', data: '' },
    };
    return { receipt, usage, letter: null, value: new Uint8Array() };
  });
}
