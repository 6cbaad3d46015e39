// Which partitions a reader holds. Leases live in Redis with an expiry on its clock; this side renews them, starts and
// stops the consumption of each, and assumes the worst when it could not renew: everything is revoked before the
// expiry that Redis knows.

import { setTimeout as sleep } from 'node:timers/promises';
import { listOf, loadScript, textOf } from './redis-connection.ts';
import type { RedisLogPart } from './redis-entries.ts';

const leaseScript = loadScript('lease');
/** Ten signs of life per lease: one that is lost or late costs nothing, and shares move within a second or two. */
const RENEWALS_PER_LEASE = 10;

export interface Lease {
  readonly partition: number;
  /** Proves to Redis that the lease is still this one. */
  readonly fence: string;
  readonly revoked: AbortSignal;
}

/** How a consumption stopped; `ended` resolves when its handler is really over. */
export interface Stopped {
  readonly ended: Promise<void>;
}

interface LeasesOptions {
  readonly log: RedisLogPart;
  readonly group: string;
  readonly readerId: string;
  readonly leaseMs: number;
  readonly now: () => number;
  /** Consumes until the lease is revoked. It may stop earlier: then the partition is given back. */
  readonly consume: (lease: Lease) => Promise<Stopped>;
  readonly onError: (error: unknown) => void;
}

interface Held {
  readonly fence: string;
  readonly controller: AbortController;
  readonly stopped: Promise<void>;
}

export interface Leases {
  held(): readonly number[];
  /** Renews until `close`. */
  run(): Promise<void>;
  /** Revokes everything, waits until all consumptions stopped, gives the leases back. */
  close(): Promise<void>;
}

export function createLeases(options: LeasesOptions): Leases {
  const { log, group, readerId, leaseMs, now } = options;
  const held = new Map<number, Held>();
  const giveBack = new Set<number>();
  /** Partitions whose last handler was left behind and still runs here: not to be taken again before it ends. */
  const leftBehind = new Set<number>();
  let expiryTimer: NodeJS.Timeout | undefined;
  let wake = new AbortController();
  let isClosing = false;

  async function renew(mode: 'stay' | 'leave'): Promise<void> {
    const sentAt = now();
    const given = [...giveBack];
    const keys = [log.keys.readers(group), log.keys.leases(group)];
    const args = [readerId, leaseMs, log.partitionCount, given.join(','), [...leftBehind].join(','), mode];
    const [share, ...pairs] = listOf(await log.connection.run(leaseScript, keys, args)).map(textOf);
    for (const partition of given) giveBack.delete(partition);
    if (mode === 'leave' || isClosing) return;
    clearTimeout(expiryTimer);
    // From the time of asking: Redis counts from a later one, so this side always gives up first.
    expiryTimer = setTimeout(revokeAll, sentAt + leaseMs - now(), new Error('The lease could not be renewed.'));
    apply(pairs, Number(share));
  }

  function apply(pairs: readonly string[], share: number): void {
    const fences = new Map<number, string>();
    for (let at = 0; at + 1 < pairs.length; at += 2) fences.set(Number(pairs[at]), pairs[at + 1] ?? '');
    for (const [partition, { fence, controller }] of held) {
      if (fences.get(partition) !== fence) controller.abort(new Error('Another reader holds the partition.'));
    }
    for (const [partition, fence] of fences) if (!held.has(partition)) start(partition, fence);
    const surplus = [...held.values()].filter(({ controller }) => !controller.signal.aborted).slice(share);
    for (const { controller } of surplus) controller.abort(new Error('The partition goes to another reader.'));
  }

  function start(partition: number, fence: string): void {
    const controller = new AbortController();
    const stopped = consumeUntilStopped({ partition, fence, revoked: controller.signal });
    held.set(partition, { fence, controller, stopped });
  }

  async function consumeUntilStopped(lease: Lease): Promise<void> {
    const { partition } = lease;
    try {
      const { ended } = await options.consume(lease);
      leftBehind.add(partition);
      void ended.then(() => leftBehind.delete(partition));
    } catch (error) {
      options.onError(error);
    }
    held.delete(partition);
    giveBack.add(partition);
    wake.abort();
  }

  function revokeAll(reason: Error): void {
    for (const { controller } of held.values()) controller.abort(reason);
  }

  return {
    held: () => [...held].filter(([, { controller }]) => !controller.signal.aborted).map(([partition]) => partition),
    async run() {
      while (!isClosing) {
        wake = new AbortController();
        await renew('stay').catch(options.onError);
        await sleep(leaseMs / RENEWALS_PER_LEASE, undefined, { signal: wake.signal }).catch(() => undefined);
      }
    },
    async close() {
      isClosing = true;
      revokeAll(new Error('The reader closes.'));
      await Promise.all([...held.values()].map(({ stopped }) => stopped));
      wake.abort();
      clearTimeout(expiryTimer);
      await renew('leave').catch(options.onError);
    },
  };
}
