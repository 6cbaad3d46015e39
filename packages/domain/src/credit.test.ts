import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyCredits, type CreditGrant, inDrawingOrder } from './credit.ts';
import {
  appliedEntries,
  balancesOf,
  type CreditEntry,
  expiredEntries,
  grantedEntry,
  returnedEntries,
} from './credit-ledger.ts';

const NOW = Date.UTC(2026, 7, 1);
const AUG_15 = Date.UTC(2026, 7, 15);
const SEP_1 = Date.UTC(2026, 8, 1);

function grantOf(id: string, change: Partial<CreditGrant> = {}): CreditGrant {
  return {
    ...{ id, kind: 'paid', priority: 1, effectiveFromMs: 0, expiresAtMs: null, chargeIds: null, createdAtMs: 0 },
    ...change,
  };
}

function lineOf(id: string, payableMinor: bigint, chargeId = 'usage') {
  return { line: { id, chargeId }, payableMinor };
}

describe('grants', () => {
  it('are drawn on by priority, expiry, kind, effect, making and id', () => {
    const inOrder = [
      grantOf('z', { priority: 0 }),
      grantOf('y', { expiresAtMs: AUG_15 }),
      grantOf('x', { expiresAtMs: SEP_1, kind: 'promotional' }),
      grantOf('w', { expiresAtMs: SEP_1 }),
      grantOf('v', { effectiveFromMs: 1 }),
      grantOf('u', { effectiveFromMs: 2 }),
      grantOf('s', { effectiveFromMs: 2, createdAtMs: 1 }),
      grantOf('t', { effectiveFromMs: 2, createdAtMs: 1 }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(inOrder, { minLength: inOrder.length }), (grants) => {
        expect(inDrawingOrder(grants)).toEqual(inOrder);
      }),
      { seed: 21 },
    );
  });

  it.each([
    // docs.stigg.io, credit consumption logic: 60 come from B (20) and A (40), none from C.
    [
      'stigg',
      [
        grantOf('A', { expiresAtMs: SEP_1 }),
        grantOf('B', { expiresAtMs: SEP_1, kind: 'promotional' }),
        grantOf('C', { priority: 2, expiresAtMs: AUG_15, kind: 'promotional' }),
      ],
      { A: 50n, B: 20n, C: 100n },
      60n,
      [
        ['B', 20n],
        ['A', 40n],
      ],
    ],
    // developer.konghq.com, credit consumption: 40 of 100.
    ['kong', [grantOf('A')], { A: 40n }, 100n, [['A', 40n]]],
    ['one that has expired', [grantOf('A', { expiresAtMs: NOW })], { A: 40n }, 100n, []],
    ['one that is not in force yet', [grantOf('A', { effectiveFromMs: NOW + 1 })], { A: 40n }, 100n, []],
    ['one with nothing left', [grantOf('A')], {}, 100n, []],
  ] as const)('pay: %s', (_name, grants, balances, payable, drawn) => {
    const credits = applyCredits({
      grants,
      balances: new Map(Object.entries(balances)),
      lines: [lineOf('a', payable)],
      atMs: NOW,
    });
    expect(credits.map(({ grantId, amountMinor }) => [grantId, amountMinor])).toEqual(drawn);
  });

  it('pay for what is in their scope', () => {
    const credits = applyCredits({
      grants: [grantOf('A', { chargeIds: ['tokens'] }), grantOf('B', { priority: 2 })],
      balances: new Map([
        ['A', 100n],
        ['B', 25n],
      ]),
      lines: [lineOf('a', 30n, 'fee'), lineOf('b', 20n, 'tokens'), lineOf('c', 10n, 'tokens')],
      atMs: NOW,
    });
    expect(credits).toEqual([
      { grantId: 'A', kind: 'paid', amountMinor: 30n, byLine: { b: 20n, c: 10n } },
      { grantId: 'B', kind: 'paid', amountMinor: 25n, byLine: { a: 25n } },
    ]);
  });
});

describe('the ledger', () => {
  const grant = grantOf('A', { expiresAtMs: SEP_1 });
  const credits = [{ grantId: 'A', kind: 'paid', amountMinor: 60n, byLine: { a: 60n } }] as const;
  const granted = grantedEntry('A', { amountMinor: 100n, atMs: 0 });
  const applied = appliedEntries({ invoiceId: 'inv_1', credits, atMs: NOW });

  it('adds up in any order, with facts that are written twice', () => {
    const entries = [granted, ...applied];
    fc.assert(
      fc.property(fc.shuffledSubarray([...entries, ...entries], { minLength: 4 }), (given) => {
        expect(balancesOf(given)).toEqual(new Map([['A', 40n]]));
      }),
      { seed: 22 },
    );
  });

  it('gives a voided invoice its credit back, once', () => {
    let entries: readonly CreditEntry[] = [granted, ...applied];
    for (let times = 0; times < 2; times += 1) {
      entries = [...entries, ...returnedEntries({ invoiceId: 'inv_1', entries, atMs: NOW })];
    }
    expect(balancesOf(entries).get('A')).toBe(100n);
    expect(returnedEntries({ invoiceId: 'inv_2', entries, atMs: NOW })).toEqual([]);
  });

  it('loses what is left at the end of a grant, once, and what comes back after it', () => {
    let entries: readonly CreditEntry[] = [granted, ...applied];
    const expire = (nowMs: number) => expiredEntries({ grants: [grant], entries, nowMs });
    expect(expire(SEP_1 - 1)).toEqual([]);
    const lost = expire(SEP_1);
    expect(lost.map(({ amountMinor }) => amountMinor)).toEqual([40n]);
    expect(expire(SEP_1)).toEqual(lost);
    entries = [...entries, ...lost];
    expect(expire(SEP_1 + 1)).toEqual([]);
    entries = [...entries, ...returnedEntries({ invoiceId: 'inv_1', entries, atMs: SEP_1 + 2 })];
    entries = [...entries, ...expire(SEP_1 + 3)];
    expect(balancesOf(entries).get('A')).toBe(0n);
  });

  it('is broken where more was taken than there was', () => {
    expect(() => balancesOf(applied)).toThrow('A');
  });
});
