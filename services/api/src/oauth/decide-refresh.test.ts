import { createHash } from 'node:crypto';
import type { RefreshFamily } from '@tollgate/accounts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideRefresh, FORGIVEN_WITHIN_MS } from './decide-refresh.ts';

const digest = (name: string): Uint8Array => createHash('sha256').update(name).digest();
const NOW_MS = 1_795_000_000_000;

const FAMILY: RefreshFamily = {
  id: 'rft_1',
  keyId: 'key_1',
  secretId: 'sec_1',
  scopes: ['usage:read'],
  expiresAtMs: NOW_MS + 1_000_000,
  currentDigest: digest('current'),
  previousDigest: digest('previous'),
  exchangedAtMs: NOW_MS - 1_000,
  wasForgiven: false,
  exchanges: 1,
};

const decide = (shown: string, changes: Partial<RefreshFamily> = {}, keyId = 'key_1') =>
  decideRefresh({
    digest: digest(shown),
    family: { ...FAMILY, ...changes },
    keyId,
    secretIds: new Set(['sec_1']),
    nowMs: NOW_MS,
  }).kind;

it.each<readonly [string, ReturnType<typeof decide>, ReturnType<typeof decide>]>([
  ['the good one', decide('current'), 'exchange'],
  ['the one before, a moment later', decide('previous'), 'forgive'],
  ['the one before, at the last moment', decide('previous', { exchangedAtMs: NOW_MS - FORGIVEN_WITHIN_MS }), 'forgive'],
  ['the one before, too late', decide('previous', { exchangedAtMs: NOW_MS - FORGIVEN_WITHIN_MS - 1 }), 'reused'],
  ['the one before, a second time', decide('previous', { wasForgiven: true }), 'reused'],
  ['an older one', decide('older'), 'reused'],
  [
    'the good one when nothing came before',
    decide('current', { previousDigest: null, exchangedAtMs: null }),
    'exchange',
  ],
  ['the good one of another client', decide('current', {}, 'key_2'), 'refused'],
  ['an old one of another client, which harms nobody', decide('older', {}, 'key_2'), 'refused'],
  ['the good one past the end of the family', decide('current', { expiresAtMs: NOW_MS }), 'refused'],
  ['the good one when its secret is no more', decide('current', { secretId: 'sec_0' }), 'ended'],
])('%s', (_name, decided, expected) => {
  expect(decided).toBe(expected);
});

it('a token of no family is refused', () => {
  const shown = { digest: digest('x'), family: null, keyId: 'key_1', secretIds: new Set(['sec_1']), nowMs: NOW_MS };
  expect(decideRefresh(shown)).toEqual({ kind: 'refused' });
});

it('of all tokens that were ever given one is good, and any other ends the family once it is late, whatever was lost', () => {
  const step = fc.record({ shows: fc.nat(12), waitMs: fc.nat(20_000) });
  const run = (steps: readonly { readonly shows: number; readonly waitMs: number }[]): void => {
    const given = ['r0'];
    let family: RefreshFamily = { ...FAMILY, currentDigest: digest('r0'), previousDigest: null, exchangedAtMs: null };
    let nowMs = NOW_MS;
    const judge = (name: string, atMs: number) =>
      decideRefresh({ digest: digest(name), family, keyId: 'key_1', secretIds: new Set(['sec_1']), nowMs: atMs }).kind;
    for (const { shows, waitMs } of steps) {
      nowMs += waitMs;
      const kind = judge(given[shows % given.length] ?? 'r0', nowMs);
      if (kind === 'reused') return;
      const next = `r${given.length}`;
      given.push(next);
      const { currentDigest: previousDigest } = family;
      const state =
        kind === 'forgive' ? { wasForgiven: true } : { previousDigest, exchangedAtMs: nowMs, wasForgiven: false };
      family = { ...family, ...state, currentDigest: digest(next) };
      expect(given.filter((name) => judge(name, nowMs) === 'exchange')).toEqual([next]);
      const late = given.map((name) => judge(name, nowMs + FORGIVEN_WITHIN_MS + 1));
      expect(late).toEqual([...given.slice(1).map(() => 'reused'), 'exchange']);
    }
  };
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), run), { seed: 20_261_124, numRuns: 2_000 });
});
