// ClickHouse that hangs, on both logs at once: the minutes are only waited for, so they are waited for once.

import process from 'node:process';
import { describe, it } from 'vitest';
import type { LogKind } from '../support/stack.ts';
import { freeze } from './acts.ts';
import { startFaultStack } from './fault-stack.ts';
import { surviveRow } from './survive.ts';

const IS_WHOLE = process.env['FAULTS'] === 'all';
const HANGS_MS = IS_WHOLE ? 300_000 : 60_000;
const TIMEOUT_MS = HANGS_MS + 600_000;
const LOGS: readonly LogKind[] = ['redis-streams', 'kafka'];

describe.concurrent('ClickHouse that hangs for minutes', { timeout: TIMEOUT_MS }, () => {
  it.each(LOGS)('loses nothing and counts nothing twice, with the log on %s', async (log) => {
    const stack = await startFaultStack({ log, extent: IS_WHOLE ? 'whole' : 'pipe' });
    try {
      const name = 'ClickHouse that hangs';
      await surviveRow(stack, {
        row: { name, extent: 'pipe', fault: () => freeze(stack.clickhouse, HANGS_MS) },
        seed: 1,
      });
    } finally {
      await stack.close();
    }
  });
});
