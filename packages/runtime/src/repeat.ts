// A task that is done again and again until shutdown, never twice at once. After a failure the pause doubles.

import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from './logger.ts';

const FAILED_PAUSE_MAX_MS = 5_000;

export interface Repeated {
  close(): Promise<void>;
}

export function repeat(
  task: { readonly name: string; readonly everyMs: number; readonly run: () => Promise<void> },
  logger: Logger,
): Repeated {
  const closing = new AbortController();
  const running = (async () => {
    let failures = 0;
    while (!closing.signal.aborted) {
      try {
        await task.run();
        failures = 0;
      } catch (error) {
        logger.warn({ err: error, task: task.name }, 'a recurring task failed; it is tried again');
        failures++;
      }
      const pauseMs = Math.max(task.everyMs, Math.min(FAILED_PAUSE_MAX_MS, task.everyMs * 2 ** Math.min(failures, 10)));
      await pause(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  })();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}
