import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findUnusualUse,
  HABIT_AGE_MIN_MS,
  HABIT_REQUESTS_MIN,
  JUMP_AGE_MIN_MS,
  JUMP_REQUESTS_MIN,
  type KeyUseFacts,
  NETWORKS_MAX,
} from './unusual-use.ts';

const NOW_MS = Date.parse('2026-11-24T09:30:00Z');
const usual: KeyUseFacts = {
  firstUsedAtMs: NOW_MS - 30 * 24 * 60 * 60_000,
  requests: 1_000_000n,
  newNetworks: [],
  recentNetworks: 3,
  requestsThisHour: 2_000n,
  requestsBusiestHour: 1_900n,
  oldSecrets: [],
  retiredAttempts: 0n,
  retiredSources: [],
};
const rulesOf = (facts: Partial<KeyUseFacts>) => findUnusualUse({ ...usual, ...facts }, NOW_MS).map(({ rule }) => rule);

describe('findUnusualUse', () => {
  const newNetworks = ['192.0.2.0/24'];
  it.each<[string, Partial<KeyUseFacts>, readonly string[]]>([
    ['usual use', {}, []],
    ['a new network', { newNetworks }, ['new_network']],
    ['a new network of a key without habits by age', { newNetworks, firstUsedAtMs: NOW_MS - HABIT_AGE_MIN_MS + 1 }, []],
    [
      'a new network of a key that is just old enough',
      { newNetworks, firstUsedAtMs: NOW_MS - HABIT_AGE_MIN_MS },
      ['new_network'],
    ],
    ['a new network of a key without habits by use', { newNetworks, requests: HABIT_REQUESTS_MIN - 1n }, []],
    ['five times the busiest hour', { requestsBusiestHour: 400n }, []],
    ['more than five times the busiest hour', { requestsBusiestHour: 399n }, ['jump']],
    ['a jump below the floor', { requestsThisHour: JUMP_REQUESTS_MIN - 1n, requestsBusiestHour: 1n }, []],
    ['a jump after a week of nothing', { requestsBusiestHour: 0n }, ['jump']],
    ['the first day of a key', { requestsBusiestHour: 0n, firstUsedAtMs: NOW_MS - JUMP_AGE_MIN_MS + 1 }, []],
    ['as many networks as there may be', { recentNetworks: NETWORKS_MAX }, []],
    ['many networks', { recentNetworks: NETWORKS_MAX + 1 }, ['many_networks']],
    ['an old secret', { oldSecrets: [{ id: 'sec_1', address: '192.0.2.1' }] }, ['old_secret']],
    ['a secret that has ended', { retiredAttempts: 3n, retiredSources: ['192.0.2.1'] }, ['retired_secret']],
  ])('%s', (_what, facts, rules) => {
    expect(rulesOf(facts)).toEqual(rules);
  });

  it('says what it found in a sentence, and in which window', () => {
    const [alert] = findUnusualUse({ ...usual, newNetworks: ['192.0.2.0/24', '2001:db8::/48'] }, NOW_MS);
    expect(alert).toEqual({
      rule: 'new_network',
      window: '2026-11-24T09:00:00.000Z',
      facts: { networks: ['192.0.2.0/24', '2001:db8::/48'] },
      detail: 'The key is used from 192.0.2.0/24, 2001:db8::/48, where it was never used before.',
    });
  });

  const factsOf = fc.record({
    firstUsedAtMs: fc.integer({ min: NOW_MS - 20 * 24 * 60 * 60_000, max: NOW_MS }),
    requests: fc.bigInt({ min: 0n, max: 10_000n }),
    newNetworks: fc.array(fc.constantFrom('192.0.2.0/24', '198.51.100.0/24'), { maxLength: 3 }),
    recentNetworks: fc.integer({ min: 0, max: 50 }),
    requestsThisHour: fc.bigInt({ min: 0n, max: 10_000n }),
    requestsBusiestHour: fc.bigInt({ min: 0n, max: 10_000n }),
    oldSecrets: fc.array(fc.record({ id: fc.uuid(), address: fc.constant(null) }), { maxLength: 2 }),
    retiredAttempts: fc.bigInt({ min: 0n, max: 10n }),
    retiredSources: fc.constant(['192.0.2.1']),
  });
  const settings = { seed: 20261124, numRuns: 500 };

  it('tells more, never less, of a key that is used more', () => {
    fc.assert(
      fc.property(factsOf, fc.bigInt({ min: 0n, max: 5_000n }), (facts, more) => {
        const less = findUnusualUse(facts, NOW_MS).map(({ rule }) => rule);
        const busier = { ...facts, requestsThisHour: facts.requestsThisHour + more, requests: facts.requests + more };
        const rules = new Set(findUnusualUse(busier, NOW_MS).map(({ rule }) => rule));
        for (const rule of less) expect(rules).toContain(rule);
      }),
      settings,
    );
  });

  it('tells the same within an hour, and each rule and window once', () => {
    fc.assert(
      fc.property(factsOf, fc.integer({ min: 0, max: 29 * 60_000 }), (facts, laterMs) => {
        const nameOf = ({ rule, window }: { rule: string; window: string }) => `${rule}/${window}`;
        const now = findUnusualUse(facts, NOW_MS).map(nameOf);
        expect(new Set(now).size).toBe(now.length);
        const later = new Set(findUnusualUse(facts, NOW_MS + laterMs).map(nameOf));
        for (const name of now) expect(later).toContain(name);
      }),
      settings,
    );
  });
});
