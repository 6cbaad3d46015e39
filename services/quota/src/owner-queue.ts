// Owners that have to be looked after now, each once however often it is asked for, and never twice at the same time.

import type { Logger } from '@tollgate/runtime';

export interface OwnerQueue {
  push(owner: string): void;
  /** Lets what is being worked on end, and begins nothing more. */
  close(): Promise<void>;
}

export interface OwnerQueueOptions {
  readonly atOnce: number;
  readonly work: (owner: string) => Promise<void>;
  readonly logger: Logger;
}

/** After a failure nothing is begun for so long: what is away does not come back sooner by being asked. */
const FAILED_PAUSE_MS = 500;

export function createOwnerQueue({ atOnce, work, logger }: OwnerQueueOptions): OwnerQueue {
  const waiting = new Set<string>();
  const working = new Map<string, Promise<void>>();
  let isClosed = false;
  let pause: NodeJS.Timeout | undefined;

  const begin = (): void => {
    if (isClosed || pause !== undefined) return;
    for (const owner of waiting) {
      if (working.size >= atOnce) return;
      // Whatever it was asked for since the work on it began is not in that work: it stays in the queue.
      if (working.has(owner)) continue;
      waiting.delete(owner);
      working.set(owner, workOn(owner));
    }
  };

  const workOn = async (owner: string): Promise<void> => {
    try {
      await work(owner);
    } catch (error) {
      logger.warn({ err: error, owner }, 'limits could not be looked after; trying again');
      waiting.add(owner);
      pause ??= setTimeout(() => {
        pause = undefined;
        begin();
      }, FAILED_PAUSE_MS);
    } finally {
      working.delete(owner);
      begin();
    }
  };

  return {
    push(owner) {
      waiting.add(owner);
      begin();
    },
    async close() {
      isClosed = true;
      clearTimeout(pause);
      await Promise.all(working.values());
    },
  };
}
