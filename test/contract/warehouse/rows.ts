// Rows to store, made from the little that a test is about.

import type { Receipt, UsageRow } from '@tollgate/domain';
import type { StoredBatch, UsageBucket, Warehouse } from '@tollgate/warehouse';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A summer month, so that zones are on their summer time. */
export const JULY_MS = Date.UTC(2026, 6, 1);

const INDEX_BITS = 12n;

/** The position of the only record of an entry. */
export function positionAt(offset: number | bigint): bigint {
  return BigInt(offset) << INDEX_BITS;
}

export function usageRow(fields: Partial<UsageRow> & Pick<UsageRow, 'position'>): UsageRow {
  return {
    epoch: 1,
    partition: 0,
    customerId: 'cus_a',
    projectId: 'prj_a',
    keyId: 'key_a',
    eventId: `evt_${fields.position}`,
    timeMs: JULY_MS,
    receivedAtMs: fields.timeMs ?? JULY_MS,
    contentHash: 1n,
    type: 'llm.chat',
    provider: 'openai',
    model: 'gpt-4o',
    serviceTier: 'standard',
    status: 'completed',
    isStream: false,
    latencyMs: null,
    tokens: { input: 10n, output: 1n },
    provenance: { input: 'counted', output: 'counted' },
    requests: 1n,
    webSearches: 0n,
    rule: 'o200k_base',
    textInputTokens: null,
    textOutputTokens: null,
    region: '',
    currency: 'USD',
    costPico: null,
    costByClass: {},
    cacheSavingsPico: 0n,
    priceIds: [],
    unpricedReason: '',
    flags: [],
    reservation: '',
    metadata: {},
    reportedUsage: '',
    data: '',
    ...fields,
  };
}

export function receiptFor(row: UsageRow, fields: Partial<Receipt> = {}): Receipt {
  const { epoch, partition, position, customerId, eventId, timeMs, receivedAtMs, contentHash } = row;
  return {
    epoch,
    partition,
    position,
    customerId,
    eventId,
    timeMs,
    receivedAtMs,
    contentHash,
    outcome: 'countable',
    reason: '',
    isReplay: false,
    reporterKeyId: 'key_reporter',
    ...fields,
  };
}

/** A batch of receipts and the usage among them; its range runs from its first entry to its last. */
export function batchOf(receipts: readonly Receipt[], usage: readonly UsageRow[]): StoredBatch {
  const offsets = [...receipts, ...usage].map(({ position }) => position >> INDEX_BITS);
  const [first] = [...receipts, ...usage];
  const sorted = offsets.sort((a, b) => (a < b ? -1 : 1));
  const range = {
    epoch: first?.epoch ?? 1,
    partition: first?.partition ?? 0,
    firstOffset: sorted.at(0) ?? 0n,
    nextOffset: (sorted.at(-1) ?? -1n) + 1n,
  };
  return { range, receipts, usage };
}

/** Stores rows that all count, with a receipt for each. */
export async function storeUsage(warehouse: Warehouse, rows: readonly UsageRow[]): Promise<void> {
  await warehouse.store(
    batchOf(
      rows.map((row) => receiptFor(row)),
      rows,
    ),
  );
}

/** Everything there is, as one bucket. */
export async function total(warehouse: Warehouse): Promise<Pick<UsageBucket, 'events' | 'tokens' | 'costPico'>> {
  const period = { startMs: 0, endMs: Date.UTC(2040, 0) };
  const { rows } = await warehouse.usage({ ...period, zone: 'UTC', groupBy: [], filters: [], limit: 10 });
  const [row] = rows;
  if (row === undefined) return { events: 0n, tokens: {}, costPico: 0n };
  return { events: row.events, tokens: row.tokens, costPico: row.costPico };
}

/** Numbers in [0, 1) from a seed: the same on every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

export function pick<Value>(random: () => number, values: readonly Value[]): Value {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

export function shuffled<Value>(random: () => number, values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}
