// Waits for a state of the world by asking again, never by sleeping for a fixed time.

import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 50;

/** Calls `attempt` until it resolves; past the deadline the last failure is thrown. */
export async function eventually<Result>(
  attempt: () => Promise<Result>,
  options: { readonly timeoutMs: number },
): Promise<Result> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await pause(PAUSE_MS);
    }
  }
}
