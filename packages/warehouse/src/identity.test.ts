import type { Receipt } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import { COPIES_WITHIN_MS, judgeCopies } from './identity.ts';

const DAY_MS = 86_400_000;

function receipt(position: number, fields: Partial<Receipt> = {}): Receipt {
  return {
    epoch: 1,
    partition: 0,
    position: BigInt(position),
    customerId: 'cus',
    eventId: 'evt',
    timeMs: fields.receivedAtMs ?? 0,
    receivedAtMs: 0,
    contentHash: 1n,
    outcome: 'countable',
    reason: '',
    isReplay: false,
    reporterKeyId: 'key',
    ...fields,
  };
}

function statesOf(...receipts: Receipt[]): (readonly [bigint, string])[] {
  return judgeCopies(receipts).map((copy) => [copy.receipt.position, copy.state] as const);
}

const dead = { outcome: 'dead_lettered' } as const;

describe('what becomes of copies', () => {
  it.each<[string, Receipt[], (readonly [bigint, string])[]]>([
    ['nothing is nothing', [], []],
    ['one counts', [receipt(1)], [[1n, 'counted']]],
    [
      'the first in the log counts',
      [receipt(2), receipt(1)],
      [
        [1n, 'counted'],
        [2n, 'duplicate'],
      ],
    ],
    [
      'a lower epoch is earlier',
      [receipt(1, { epoch: 2 }), receipt(9)],
      [
        [9n, 'counted'],
        [1n, 'duplicate'],
      ],
    ],
    [
      'other content conflicts',
      [receipt(1), receipt(2, { contentHash: 2n })],
      [
        [1n, 'counted'],
        [2n, 'conflict'],
      ],
    ],
    [
      'a void voids',
      [receipt(1), receipt(2, { outcome: 'void' }), receipt(3)],
      [
        [1n, 'voided'],
        [3n, 'duplicate'],
      ],
    ],
    ['a void settles a dead letter', [receipt(1, dead), receipt(2, { outcome: 'void' })], [[1n, 'voided']]],
    ['a void alone is nothing', [receipt(2, { outcome: 'void' })], []],
    [
      'dead letters',
      [receipt(1, dead), receipt(2, dead)],
      [
        [1n, 'dead_lettered'],
        [2n, 'duplicate'],
      ],
    ],
    [
      'what can be counted goes before a dead letter',
      [receipt(1, dead), receipt(2)],
      [
        [2n, 'counted'],
        [1n, 'duplicate'],
      ],
    ],
    ['a replay stands for its letter', [receipt(1, dead), receipt(5, { isReplay: true })], [[5n, 'counted']]],
    [
      'a replay that fails is not shown',
      [receipt(1, dead), receipt(5, { ...dead, isReplay: true })],
      [[1n, 'dead_lettered']],
    ],
    ['a replay of a counted event is not shown', [receipt(1), receipt(5, { isReplay: true })], [[1n, 'counted']]],
    [
      'within the window it is a copy',
      [receipt(1), receipt(2, { receivedAtMs: COPIES_WITHIN_MS })],
      [
        [1n, 'counted'],
        [2n, 'duplicate'],
      ],
    ],
    [
      'after the window it is another event',
      [receipt(1), receipt(2, { receivedAtMs: COPIES_WITHIN_MS + 1 })],
      [
        [1n, 'counted'],
        [2n, 'counted'],
      ],
    ],
    [
      'a copy of the same hour stays one after the window',
      [receipt(1), receipt(2, { receivedAtMs: 50 * DAY_MS, timeMs: 0 })],
      [
        [1n, 'counted'],
        [2n, 'duplicate'],
      ],
    ],
    [
      'a late void takes back what came before, and nothing after',
      [
        receipt(1),
        receipt(2, { outcome: 'void', receivedAtMs: 50 * DAY_MS }),
        receipt(3, { receivedAtMs: 100 * DAY_MS }),
      ],
      [
        [1n, 'voided'],
        [3n, 'counted'],
      ],
    ],
  ])('%s', (_, receipts, expected) => {
    expect(statesOf(...receipts)).toEqual(expected);
  });
});
