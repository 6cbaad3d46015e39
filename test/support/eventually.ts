// Waits for a state of the world by asking again, never by sleeping for a fixed time.

import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MIN_MS = 50;

/** Calls `attempt` until it resolves; past the deadline the last failure is thrown. */
export async function eventually<Result>(
  attempt: () => Promise<Result>,
  options: { readonly timeoutMs: number },
): Promise<Result> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    const askedAtMs = Date.now();
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      // As long as the question took, so that asking leaves the machine to those who are asked.
      await pause(Math.max(PAUSE_MIN_MS, Date.now() - askedAtMs));
    }
  }
}
