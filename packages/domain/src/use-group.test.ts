import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compare, sum } from './exact.ts';
import type { UsageRow } from './usage.ts';
import { gatherUse, mergeUse } from './use-group.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 9, 30);

function rowOf(index: number, timeMs: number, amount: bigint): UsageRow {
  return {
    ...{ epoch: 0, partition: 0, position: BigInt(index), customerId: 'cus_1', projectId: null, keyId: 'key_1' },
    ...{ eventId: `evt_${index}`, timeMs, receivedAtMs: timeMs, contentHash: 0n, type: 'llm.chat', provider: 'openai' },
    ...{ model: 'gpt-4o', serviceTier: 'standard', status: 'completed', isStream: false, latencyMs: null },
    ...{ tokens: { input: amount, output: 1n }, provenance: { input: 'reported', output: 'counted' } },
    ...{ requests: 1n, webSearches: 0n, rule: '', textInputTokens: null, textOutputTokens: null, region: '' },
    ...{ currency: 'USD', costPico: amount * 7n, costByClass: { input: amount * 7n }, cacheSavingsPico: 0n },
    ...{ priceIds: ['prc_1'], unpricedReason: '', flags: [], reservation: '', metadata: {}, reportedUsage: '' },
    data: '',
  };
}

const rows = fc
  .array(fc.tuple(fc.nat(200), fc.bigInt({ min: 0n, max: 5_000n })), { maxLength: 30 })
  .map((list) => list.map(([hour, amount], index) => rowOf(index, START_MS + hour * HOUR_MS, amount)));

it('has days in order, each once, that add up to the group', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom('UTC', 'America/New_York', 'Asia/Tokyo'), fc.nat(30), (all, zone, cut) => {
      const groups = gatherUse(all, zone);
      for (const { days, quantity, cost, events } of groups) {
        expect(days.map(({ date }) => date)).toEqual([...new Set(days.map(({ date }) => date))].toSorted());
        expect(compare(sum(days.map((day) => day.quantity)), quantity)).toBe(0);
        expect(compare(sum(days.map((day) => day.cost)), cost)).toBe(0);
        expect(days.reduce((count, day) => count + day.events, 0n)).toBe(events);
      }
      const batches = [...gatherUse(all.slice(cut), zone), ...gatherUse(all.slice(0, cut), zone)];
      expect(mergeUse(batches)).toEqual(groups);
    }),
    { seed: 6 },
  );
});

it.each([
  ['UTC', ['2026-11-01', '2026-11-02']],
  // The clocks go back at 06:00 UTC, so that the date has 25 hours.
  ['America/New_York', ['2026-10-31', '2026-11-01']],
  ['Asia/Tokyo', ['2026-11-01', '2026-11-02']],
])('takes dates from the zone: %s', (zone, dates) => {
  const times = [Date.UTC(2026, 10, 1, 3, 59), Date.UTC(2026, 10, 2, 4, 30)];
  const [input] = gatherUse(
    times.map((timeMs, index) => rowOf(index, timeMs, 1n)),
    zone,
  );
  expect(input?.days.map(({ date }) => date)).toEqual(dates);
});
