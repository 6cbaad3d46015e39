// The configuration of the quota service, parsed once from the environment that `main.ts` hands in.

import { type LimitsConfig, readLimitsConfig } from '@tollgate/limits';
import { type Environment, LOG_LEVELS, type LogLevel, readEnvironment } from '@tollgate/runtime';

export interface QuotaConfig {
  readonly clickhouseUrl: string;
  readonly databaseUrl: string;
  readonly limits: LimitsConfig;
  /** What the keys of counters begin with: the same in every service. */
  readonly name: string;
  /** How often every owner of limits is looked at, whether or not anything was told of it. */
  readonly tendEveryMs: number;
  /** How often all counters are held against the warehouse. */
  readonly reconcileEveryMs: number;
  readonly metricsPort: number;
  readonly metricsHost: string;
  readonly logLevel: LogLevel;
  readonly shutdownTimeoutMs: number;
}

export function readConfig(environment: Environment): QuotaConfig {
  return readEnvironment(environment, (env) => ({
    clickhouseUrl: env.url('CLICKHOUSE_URL', { schemes: ['http:', 'https:'] }),
    databaseUrl: env.url('DATABASE_URL', { schemes: ['postgres:', 'postgresql:'] }),
    limits: readLimitsConfig(env),
    name: env.text('TOLLGATE_LOG_NAME', { default: 'tollgate' }),
    tendEveryMs: env.integer('TOLLGATE_LIMITS_TEND_EVERY_MS', { default: 15_000, min: 100, max: 600_000 }),
    reconcileEveryMs: env.integer('TOLLGATE_LIMITS_RECONCILE_EVERY_MS', {
      default: 60_000,
      min: 1_000,
      max: 3_600_000,
    }),
    metricsPort: env.integer('METRICS_PORT', { default: 9_092, min: 0, max: 65_535 }),
    metricsHost: env.text('HOST', { default: '0.0.0.0' }),
    logLevel: env.choice('TOLLGATE_LOG_LEVEL', { choices: LOG_LEVELS, default: 'info' }),
    shutdownTimeoutMs: env.integer('TOLLGATE_SHUTDOWN_TIMEOUT_MS', { default: 15_000, min: 1_000, max: 300_000 }),
  }));
}
