// Identifiers: a prefix that says what they name, and a ULID in lower case, so that they sort by the time of their making:
// those of one process also within a millisecond.

import { randomBytes } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import type { Clock } from './clock.ts';

export type IdGenerator = (prefix: string) => string;

export function createIdGenerator(clock: Clock): IdGenerator {
  const ulid = monotonicFactory(randomFraction);
  return (prefix) => `${prefix}_${ulid(clock.now()).toLowerCase()}`;
}

function randomFraction(): number {
  return randomBytes(4).readUInt32LE(0) / 0x1_0000_0000;
}
