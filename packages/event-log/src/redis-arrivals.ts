// Waiting for entries: all idle partitions of a reader are asked about in one call, some ten to a hundred times a second.
// A blocking read per partition would take a connection each, and one for all returns the entries themselves as well.

import { setTimeout as sleep } from 'node:timers/promises';
import { listOf, loadScript } from './redis-connection.ts';
import type { RedisLogPart } from './redis-entries.ts';

const arrivalsScript = loadScript('arrivals');
const POLL_MIN_MS = 5;
const POLL_MAX_MS = 100;
const POLL_GROWTH = 1.3;

interface Waiting {
  readonly partition: number;
  readonly next: bigint;
  readonly arrive: () => void;
}

export interface Arrivals {
  /** Resolves when the partition has an entry at `next` or later, or the signal is aborted. */
  wait(partition: number, next: bigint, signal: AbortSignal): Promise<void>;
}

export function createArrivals(log: RedisLogPart, onError: (error: unknown) => void): Arrivals {
  const waiting = new Set<Waiting>();
  let isPolling = false;

  async function poll(): Promise<void> {
    isPolling = true;
    for (let pauseMs = POLL_MIN_MS; waiting.size > 0; pauseMs = Math.min(POLL_MAX_MS, pauseMs * POLL_GROWTH)) {
      await sleep(pauseMs);
      const hasAny = await ask().catch((error: unknown) => {
        onError(error);
        return false;
      });
      if (hasAny) pauseMs = POLL_MIN_MS;
    }
    isPolling = false;
  }

  async function ask(): Promise<boolean> {
    const asked = [...waiting];
    const keys = asked.map(({ partition }) => log.keys.partition(partition));
    const wanted = asked.map(({ next }) => next.toString());
    if (asked.length === 0) return false;
    const arrived = listOf(await log.connection.run(arrivalsScript, keys, wanted));
    for (const index of arrived) asked[Number(index) - 1]?.arrive();
    return arrived.length > 0;
  }

  return {
    wait(partition, next, signal) {
      return new Promise((resolve) => {
        const arrive = (): void => {
          waiting.delete(entry);
          signal.removeEventListener('abort', arrive);
          resolve();
        };
        const entry: Waiting = { partition, next, arrive };
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', arrive, { once: true });
        waiting.add(entry);
        if (!isPolling) void poll();
      });
    },
  };
}
