// How often and from which networks each key is used: gathered in memory, written every few seconds, for those who look for
// unusual use. A request costs two looks into maps; addresses become networks when they are written.

import { type Clock, type Logger, repeat } from '@tollgate/runtime';
import type { Caller } from './authenticator.ts';
import { networkOf } from './source-network.ts';

export interface KeyActivity {
  readonly keyId: string;
  /** The /24 of a v4 address, the /48 of a v6 address; null where the address is not known, or past the bound. */
  readonly network: string | null;
  /** The time of the latest of the requests. */
  readonly atMs: number;
  readonly requests: bigint;
}

export interface KeyActivityRecorder {
  note(caller: Caller, address: string | null): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

interface KeyActivityOptions {
  readonly store: { noteActivity(activity: readonly KeyActivity[]): Promise<void> };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Addresses by key that are told apart between two writes. */
  readonly addressesMax?: number;
}

const EVERY_MS = 2_000;
const ADDRESSES_MAX = 20_000;
const KEYS_MAX = 50_000;
const V4_BITS = 24;
const V6_BITS = 48;

export function recordKeyActivity(options: KeyActivityOptions): KeyActivityRecorder {
  const { store, clock, logger, addressesMax = ADDRESSES_MAX } = options;
  let counts = new Map<string, Map<string, number>>();
  let addressCount = 0;

  const add = (addresses: Map<string, number>, address: string): void => {
    const count = addresses.get(address);
    if (count !== undefined) addresses.set(address, count + 1);
    else if (addressCount < addressesMax) {
      addressCount += 1;
      addresses.set(address, 1);
    } else if (address !== '') add(addresses, '');
    else addresses.set('', 1);
  };
  // What cannot be written is lost: alerts are worth less than the memory that a long outage would take.
  const write = async (): Promise<void> => {
    if (counts.size === 0) return;
    const taken = counts;
    counts = new Map();
    addressCount = 0;
    await store.noteActivity(activityOf(taken, clock.now()));
  };
  const task = repeat({ name: 'activity of keys', everyMs: EVERY_MS, run: write }, logger);

  return {
    note({ keyId }, address) {
      let addresses = counts.get(keyId);
      if (addresses === undefined) {
        if (counts.size >= KEYS_MAX) return;
        addresses = new Map();
        counts.set(keyId, addresses);
      }
      add(addresses, address ?? '');
    },
    async close() {
      await task.close();
      await write();
    },
  };
}

function activityOf(counts: ReadonlyMap<string, ReadonlyMap<string, number>>, atMs: number): readonly KeyActivity[] {
  return [...counts].flatMap(([keyId, addresses]) => {
    const requests = new Map<string, bigint>();
    for (const [address, count] of addresses) {
      const network = networkOf(address, { v4Bits: V4_BITS, v6Bits: V6_BITS }) ?? '';
      requests.set(network, (requests.get(network) ?? 0n) + BigInt(count));
    }
    return Array.from(requests, ([network, count]) => ({
      ...{ keyId, atMs },
      network: network === '' ? null : network,
      requests: count,
    }));
  });
}
