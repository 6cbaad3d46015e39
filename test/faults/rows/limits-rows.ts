// Redis, where limits are counted: it loses its data, stops, fills up, or cannot be reached between reserving and settling.

import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { freeze, killServer, loseAnswers, restart } from '../acts.ts';
import type { FaultRow } from '../fault-row.ts';
import { acknowledgedMore, SETTLE_TIMEOUT_MS, type WholeScene } from '../scene.ts';

const AWAY_MS = 15_000;

export const LIMITS_ROWS: readonly FaultRow[] = [
  {
    name: 'Redis killed without its data while reservations are held',
    extent: 'whole',
    async fault(scene) {
      const { redis } = scene.stack;
      await holding(scene);
      await redis.kill('SIGKILL');
      await rm(join(dirname(redis.logFile), 'appendonlydir'), { recursive: true });
      await redis.restart();
      await acknowledgedMore(scene, 100);
    },
  },
  {
    name: 'Redis killed with its data while reservations are held',
    extent: 'whole',
    async fault(scene) {
      await holding(scene);
      await killServer(scene.stack.redis, 2_000);
    },
  },
  {
    name: 'Redis that hangs',
    extent: 'whole',
    fault: ({ stack }) => freeze(stack.redis, AWAY_MS),
  },
  {
    name: 'Redis out of reach between reserving and settling',
    extent: 'whole',
    async fault(scene) {
      const { redis } = scene.stack.links;
      await holding(scene);
      redis.cut();
      await acknowledgedMore(scene, 300);
      redis.heal();
      await holding(scene);
      redis.swallow();
      await pause(AWAY_MS);
      redis.heal();
      redis.reset();
    },
  },
  {
    name: "Redis's answers lost, to those who reserve and to those who settle",
    extent: 'whole',
    fault: ({ stack }) =>
      loseAnswers(stack.links.redis, { count: 30, matches: (sent) => /evalsha/i.test(sent.toString('latin1')) }),
  },
  {
    name: 'Redis out of memory',
    extent: 'whole',
    async fault(scene) {
      const redis = new Redis(scene.stack.redis.url);
      await redis.config('SET', 'maxmemory', '1mb');
      await pause(AWAY_MS);
      await redis.config('SET', 'maxmemory', '0');
      redis.disconnect();
      await acknowledgedMore(scene, 100);
    },
  },
  {
    name: "Redis's disk full",
    extent: 'whole',
    async fault({ stack }) {
      const disk = stack.disk('redis');
      await disk.fill();
      await pause(AWAY_MS);
      await disk.free();
      // It ends when it cannot write what it must.
      await stack.redis.restart();
    },
  },
  {
    name: 'the quota service killed at any time',
    extent: 'whole',
    async fault(scene) {
      for (let round = 0; round < 3; round += 1) {
        await acknowledgedMore(scene, 100);
        await restart(scene.stack.quotas[0]);
      }
    },
  },
];

/** Something is held at this moment. */
async function holding({ customer: { api }, blockLimitId }: WholeScene): Promise<void> {
  await eventually(
    async () => {
      const { held } = await api.json<{ held: number | null }>(api.get(`/v1/limits/${blockLimitId}`));
      expect(held).toBeGreaterThan(0);
    },
    { timeoutMs: SETTLE_TIMEOUT_MS },
  );
}
