// A Redis of its own, and limits on it as each process has them.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedisLimits, type KeyRates, type RedisLimits } from '@tollgate/limits';
import { type LocalServer, startRedis } from '@tollgate/local';
import { createLogger, createMetrics, type Registry, systemClock } from '@tollgate/runtime';
import { Redis } from 'ioredis';

export interface LimitsProcess {
  readonly limits: RedisLimits;
  readonly metrics: Registry;
  metric(name: string): Promise<number>;
}

export interface LimitsStand {
  readonly server: LocalServer;
  readonly redis: Redis;
  /** What another process would have: a connection and a memory of its own. */
  open(options?: { readonly answerTimeoutMs: number }): Promise<LimitsProcess>;
  close(): Promise<void>;
}

export async function startLimits(): Promise<LimitsStand> {
  const dir = await mkdtemp(join(tmpdir(), 'tollgate-limits-'));
  const server = await startRedis({ dir });
  const redis = new Redis(server.url);
  redis.on('error', () => undefined);
  const opened: RedisLimits[] = [];
  return {
    server,
    redis,
    async open(options = { answerTimeoutMs: 100 }) {
      const metrics = createMetrics('test');
      const logger = createLogger({ service: 'test', level: 'silent' });
      const limits = await createRedisLimits({ ...options, url: server.url, clock: systemClock, logger, metrics });
      opened.push(limits);
      return {
        limits,
        metrics,
        async metric(name) {
          const [value] = (await metrics.getSingleMetric(name)?.get())?.values ?? [];
          return value?.value ?? Number.NaN;
        },
      };
    },
    async close() {
      await Promise.all(opened.map((limits) => limits.close()));
      redis.disconnect();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export function newKey(rates: Partial<KeyRates>): KeyRates {
  const id = randomUUID().replaceAll('-', '');
  return { keyId: `key_${id}`, customerId: `cus_${id}`, requestsPerMinute: null, tokensPerMinute: null, ...rates };
}
