// Lockouts on a real Redis: counted here at once, known everywhere within a second, bounded, and not in need of Redis.

import type { Lockouts } from '@tollgate/limits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type LimitsProcess, type LimitsStand, startLimits } from './limits-fixture.ts';

/** One failure is forgiven in three seconds: longer than an exchange takes on a busy machine. */
const OPTIONS = { failures: 20, perMinute: 20 };

let stand: LimitsStand;
let processes: readonly [LimitsProcess, LimitsProcess];
let one: Lockouts;
let other: Lockouts;
beforeAll(async () => {
  stand = await startLimits();
  processes = [await stand.open(), await stand.open()];
  one = processes[0].limits.lockouts(OPTIONS);
  other = processes[1].limits.lockouts(OPTIONS);
});
afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await stand.close();
});

function fail(lockouts: Lockouts, source: string, times: number): void {
  for (let time = 0; time < times; time += 1) lockouts.failed(source);
}

describe('a source that fails', () => {
  it('is refused at once after its burst, alone, and may try again as failures are forgiven', async () => {
    fail(one, '192.0.2.1', 19);
    expect(one.retryAfterSeconds('192.0.2.1')).toBeUndefined();
    fail(one, '192.0.2.1', 1);
    expect(one.retryAfterSeconds('192.0.2.1')).toBe(3);
    expect(one.retryAfterSeconds('192.0.2.2')).toBeUndefined();
    await eventually(async () => expect(one.retryAfterSeconds('192.0.2.1')).toBeUndefined(), { timeoutMs: 10_000 });
    fail(one, '192.0.2.1', 1);
    expect(one.retryAfterSeconds('192.0.2.1')).toBe(3);
  });

  it('does not pile up beyond its burst', () => {
    fail(one, '192.0.2.3', 10_000);
    expect(one.retryAfterSeconds('192.0.2.3')).toBe(3);
  });

  it('is refused by every process within a second, whichever it failed at', async () => {
    const source = '2001:db8::/64';
    const startedAtMs = performance.now();
    // Neither of them has seen enough by itself.
    fail(one, source, 12);
    fail(other, source, 12);
    await eventually(
      async () => {
        expect(one.retryAfterSeconds(source)).toBeDefined();
        expect(other.retryAfterSeconds(source)).toBeDefined();
      },
      { timeoutMs: 3_000 },
    );
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });

  it('is known to a process that starts later', async () => {
    fail(one, '192.0.2.4', 400);
    await eventually(async () => expect(other.retryAfterSeconds('192.0.2.4')).toBeDefined(), { timeoutMs: 3_000 });
    const third = (await stand.open()).limits.lockouts(OPTIONS);
    try {
      expect(third.isQuiet).toBe(true);
      fail(one, '192.0.2.4', 1);
      await eventually(async () => expect(third.retryAfterSeconds('192.0.2.4')).toBeDefined(), { timeoutMs: 3_000 });
    } finally {
      await third.close();
    }
  });
});

describe('without Redis', () => {
  it('sources are refused all the same, and what was counted meanwhile is shared afterwards', async () => {
    await stand.server.kill('SIGKILL');
    fail(one, '192.0.2.9', 100);
    expect(one.retryAfterSeconds('192.0.2.9')).toBe(3);
    await stand.server.restart();
    const isShared = async (): Promise<void> => {
      fail(one, '192.0.2.9', 1);
      expect(other.retryAfterSeconds('192.0.2.9')).toBeDefined();
    };
    await eventually(isShared, { timeoutMs: 10_000 });
  });
});

describe('a flood of sources', () => {
  it('is forgotten but for a bounded number, here and in Redis, while new sources are still refused', async () => {
    for (let source = 0; source < 60_000; source += 1)
      one.failed(`10.${source >> 16}.${(source >> 8) & 255}.${source & 255}`);
    fail(one, '198.51.100.1', 20);
    expect(one.retryAfterSeconds('198.51.100.1')).toBeDefined();
    expect(await processes[0].metric('tollgate_failing_sources')).toBeLessThanOrEqual(50_000);
    expect(await stand.redis.zcard('{tollgate}:failures:changed')).toBeLessThanOrEqual(51_000);
  });

  it('is forgotten once it is over', async () => {
    const calm = await startLimits();
    const lockouts = (await calm.open()).limits.lockouts({ failures: 5, perMinute: 600 });
    try {
      for (let source = 0; source < 500; source += 1) fail(lockouts, `192.0.2.${source}`, 5);
      expect(lockouts.isQuiet).toBe(false);
      await eventually(async () => expect(lockouts.isQuiet).toBe(true), { timeoutMs: 10_000 });
      await eventually(async () => expect(await calm.redis.zcard('{tollgate}:failures:changed')).toBe(0), {
        timeoutMs: 10_000,
      });
    } finally {
      await lockouts.close();
      await calm.close();
    }
  });
});
