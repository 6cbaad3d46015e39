// Stands in for the service that rebuilds the counters of limits: what it is told of is counted from what the test says.

import type { Limit } from '@tollgate/accounts';
import { countingStart, windowAt } from '@tollgate/domain';
import { createRedisLimits, type LimitCounters } from '@tollgate/limits';
import { createLogger, createMetrics, systemClock } from '@tollgate/runtime';
import { openAccounts } from '../accounts/postgres-fixture.ts';
import type { ApiFixture } from './api-fixture.ts';

export interface CountersStandIn {
  readonly counters: LimitCounters;
  /** What the warehouse would say of the limits of this customer, key or project; nothing unless it is set. */
  readonly usedOf: Map<string, bigint>;
  /** From here on nothing is rebuilt. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

const PREFIX = 'limits:';

export async function startCountersStandIn(fixture: ApiFixture): Promise<CountersStandIn> {
  const accounts = openAccounts(fixture.postgres.url);
  const redis = await createRedisLimits({
    url: fixture.redis.url,
    clock: systemClock,
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: createMetrics('test'),
    answerTimeoutMs: 5_000,
  });
  const counters = redis.counters({ name: 'tollgate' });
  const usedOf = new Map<string, bigint>();
  const rebuilt = new Map<string, number>();
  let isPaused = false;

  const rebuild = async (owner: string, limit: Limit, startMs: number): Promise<void> => {
    const token = `token ${limit.id} ${limit.revision}`;
    await counters.begin(owner, { definition: limit, amount: limit.amount, token, storedUntil: new Map() });
    const used = limit.countsFromMs > 0 ? 0n : (usedOf.get(limit.scope.id) ?? 0n);
    await counters.finish(owner, { limitId: limit.id, token, used: new Map([[startMs, used]]) });
  };
  const onChange = async (owner: string): Promise<void> => {
    const set = await accounts.limitSet(owner === 'organization' ? null : owner);
    for (const limit of set?.limits ?? []) {
      if (set === null || rebuilt.get(limit.id) === limit.revision) continue;
      rebuilt.set(limit.id, limit.revision);
      const { window } = limit;
      const naturalMs = window === 'minute' ? 0 : windowAt(window, set.calendar, Date.now()).startMs;
      await rebuild(owner, limit, window === 'minute' ? 0 : countingStart(limit, naturalMs));
    }
  };
  const watch = await accounts.watch((id) => {
    // A failure shows as a counter that never becomes known.
    if (!isPaused && id?.startsWith(PREFIX)) onChange(id.slice(PREFIX.length)).catch(() => undefined);
  });
  return {
    counters,
    usedOf,
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
    },
    async close() {
      await watch.close();
      await accounts.close();
      await redis.close();
    },
  };
}
