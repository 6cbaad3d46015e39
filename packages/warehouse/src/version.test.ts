import { expect, it } from 'vitest';
import { halvesOf, placeOf, versionOf } from './version.ts';

const POSITION_MAX = 2n ** 63n - 1n;
const REVISION_MAX = 2 ** 24 - 2;

function version(epoch: number, position: bigint, revision = 0): bigint {
  const [low, high] = versionOf({ epoch, partition: 0, position }, revision);
  return (high << 64n) + low;
}

it('is greater for an earlier place, whatever the revisions', () => {
  const ascending = [
    version(2 ** 32 - 1, POSITION_MAX),
    version(2, 0n, REVISION_MAX),
    version(1, POSITION_MAX),
    version(1, 4_096n, REVISION_MAX),
    version(1, 4_095n),
    version(1, 4_095n, 1),
    version(1, 1n, REVISION_MAX),
    version(1, 0n),
    version(0, 5n),
  ];
  expect(ascending.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(ascending);
});

it.each([
  [0, 0n, 0],
  [1, 2n ** 40n + 3n, 7],
  [2 ** 32 - 1, POSITION_MAX, REVISION_MAX],
])('tells epoch %i, position %i and revision %i', (epoch, position, revision) => {
  const made = version(epoch, position, revision);
  expect(placeOf(made)).toEqual({ epoch, position });
  expect(made & 0xff_ffffn).toBe(BigInt(revision));
  expect(halvesOf(made)).toEqual(versionOf({ epoch, partition: 0, position }, revision));
});

it.each([
  [-1, 0n, 0],
  [0.5, 0n, 0],
  [2 ** 32, 0n, 0],
  [0, -1n, 0],
  [0, 2n ** 63n, 0],
  [0, 0n, -1],
  [0, 0n, 2 ** 24 - 1],
])('is refused for epoch %d, position %d, revision %d', (epoch, position, revision) => {
  expect(() => version(epoch, position, revision)).toThrow(RangeError);
});
