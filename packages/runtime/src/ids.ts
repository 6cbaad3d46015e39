// Identifiers: a prefix that says what they name, and a ULID in lower case, so that they sort by the time of their making:
// those of one process also within a millisecond.

import { randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import type { Clock } from './clock.ts';

export type IdGenerator = (prefix: string) => string;

export function createIdGenerator(clock: Clock): IdGenerator {
  const ulid = monotonicFactory(randomFraction);
  return (prefix) => `${prefix}_${ulid(clock.now()).toLowerCase()}`;
}

/** A ULID takes sixteen of them, and to ask the system for each would cost more than everything else of an id. */
const fractions = new Uint32Array(1_024);
let fractionsUsed = fractions.length;

function randomFraction(): number {
  if (fractionsUsed === fractions.length) {
    randomFillSync(fractions);
    fractionsUsed = 0;
  }
  return (fractions[fractionsUsed++] ?? 0) / 0x1_0000_0000;
}
