// Is an address in one of these ranges? Asked for every request of a key with a list, so the ranges are grouped by the
// length of their prefix: the answer takes as many look-ups as there are lengths, however many ranges there are.

import type { AddressRange } from './address-range.ts';
import { parseIpAddress } from './ip-address.ts';

export interface AddressList {
  readonly isEmpty: boolean;
  /** False for what is not an address. */
  has(address: string): boolean;
}

interface Group {
  readonly bits: 32 | 128;
  readonly shift: bigint;
  readonly prefixes: Set<bigint>;
}

export function createAddressList(ranges: readonly AddressRange[]): AddressList {
  const groups = new Map<string, Group>();
  for (const { bits, prefixBits, prefix } of ranges) {
    const name = `${bits}/${prefixBits}`;
    const group = groups.get(name) ?? { bits, shift: BigInt(bits - prefixBits), prefixes: new Set() };
    group.prefixes.add(prefix);
    groups.set(name, group);
  }
  const all = [...groups.values()];
  return {
    isEmpty: all.length === 0,
    has(text) {
      if (all.length === 0) return false;
      const address = parseIpAddress(text);
      if (address === null) return false;
      return all.some(({ bits, shift, prefixes }) => bits === address.bits && prefixes.has(address.value >> shift));
    },
  };
}
