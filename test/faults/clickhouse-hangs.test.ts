// ClickHouse that hangs, on both logs at once: the minute is only waited for, so it is waited for once.

import { setTimeout as pause } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { type LogKind, startStack } from '../support/stack.ts';
import { survive } from './survive.ts';

const TIMEOUT_MS = 240_000;
const HANGS_MS = 60_000;
const LOGS: readonly LogKind[] = ['redis-streams', 'kafka'];

describe.concurrent('ClickHouse that hangs for a minute', { timeout: TIMEOUT_MS }, () => {
  it.each(LOGS)('loses nothing and counts nothing twice, with the log on %s', async (log) => {
    const stack = await startStack({ log });
    try {
      await survive({
        stack,
        seed: 1,
        fault: async () => {
          await stack.clickhouse.kill('SIGSTOP');
          await pause(HANGS_MS);
          await stack.clickhouse.kill('SIGCONT');
        },
      });
    } finally {
      await stack.close();
    }
  });
});
