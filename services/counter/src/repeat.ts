// A task that is done again and again until shutdown, never twice at once. A failure is logged and tried at the next turn.

import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@tollgate/runtime';

export interface Repeated {
  close(): Promise<void>;
}

export function repeat(
  task: { readonly name: string; readonly everyMs: number; readonly run: () => Promise<void> },
  logger: Logger,
): Repeated {
  const closing = new AbortController();
  const running = (async () => {
    while (!closing.signal.aborted) {
      try {
        await task.run();
      } catch (error) {
        logger.warn({ err: error, task: task.name }, 'a recurring task failed; it is tried again');
      }
      await pause(task.everyMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  })();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}
