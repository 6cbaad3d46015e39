// The limits on Redis. It may go away at any time: nothing that waits for a decision waits longer than a tenth of a second.

import { type Clock, Counter, Gauge, type Logger, type Registry } from '@tollgate/runtime';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { LimitCounters } from './limit-counters.ts';
import type { LimitSignals } from './limit-signals.ts';
import type { Limits, Lockouts } from './limits.ts';
import type { LockoutConfig } from './limits-config.ts';
import { chargeTokens } from './redis-charges.ts';
import { openRedis } from './redis-connection.ts';
import { createRedisLimitCounters, type RedisLimitCountersOptions } from './redis-limit-counters.ts';
import { createRedisLimitSignals } from './redis-limit-signals.ts';
import { createLockouts } from './redis-lockouts.ts';
import { createRates } from './redis-rates.ts';
import { createRedisSettlements } from './redis-settlements.ts';
import type { Settlements } from './settlements.ts';

export interface RedisLimitsOptions {
  /** `redis://` or `rediss://`, may carry user, password and `/database`. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** How long an answer may take: short where a request waits for it. */
  readonly answerTimeoutMs?: number;
}

export interface RedisLimits extends Limits {
  /** Begins to exchange failures with the other processes. */
  lockouts(options: LockoutConfig): Lockouts;
  /** The counters of quotas and budgets. */
  counters(
    options: Omit<RedisLimitCountersOptions, 'connection' | 'settlements'> &
      Partial<Pick<RedisLimitCountersOptions, 'settlements'>>,
  ): LimitCounters;
  /** What the counters' users tell each other. */
  signals(options: { readonly name: string }): LimitSignals;
  /** How far the counters have come with settling. */
  settlements(options: { readonly name: string }): Settlements;
}

const FAILURES_MAX = 3;
const PAUSE_MS = 1_000;
const ANSWER_TIMEOUT_MS = 100;
/** How long a start waits for Redis before it goes on without. */
const START_WAIT_MS = 1_000;

export async function createRedisLimits(options: RedisLimitsOptions): Promise<RedisLimits> {
  const { url, clock, logger, metrics, answerTimeoutMs = ANSWER_TIMEOUT_MS } = options;
  const breaker = new CircuitBreaker({
    now: () => performance.now(),
    failuresMax: FAILURES_MAX,
    pauseMs: PAUSE_MS,
    onChange(state, err) {
      if (state === 'away') logger.warn({ err }, 'Redis is away: each process enforces rate limits by itself');
      else logger.info('Redis is back: rate limits hold for all processes together');
    },
  });
  const connection = openRedis({ url, breaker, answerTimeoutMs });
  await connection.settle(START_WAIT_MS);
  const localDecisions = new Counter({
    name: 'tollgate_limits_local_decisions_total',
    help: 'Rate limits that this process decided by itself, since Redis did not answer.',
    registers: [metrics],
  });
  new Gauge({
    name: 'tollgate_limits_redis_available',
    help: '1 while Redis answers, 0 while each process enforces rate limits by itself.',
    registers: [metrics],
    collect() {
      this.set(breaker.isAway ? 0 : 1);
    },
  });
  return {
    admit: createRates({ connection, clock, onLocalDecision: () => localDecisions.inc() }),
    chargeTokens: (charged) => chargeTokens(connection, charged),
    lockouts: (options) => createLockouts({ ...options, connection, clock, logger, metrics }),
    counters: (options) =>
      createRedisLimitCounters({
        settlements: createRedisSettlements({ connection, name: options.name }),
        ...options,
        connection,
      }),
    signals: ({ name }) => createRedisLimitSignals({ connection, name }),
    settlements: ({ name }) => createRedisSettlements({ connection, name }),
    close: async () => connection.close(),
  };
}
