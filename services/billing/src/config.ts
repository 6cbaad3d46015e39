// The configuration of billing, parsed once from the environment that `main.ts` hands in.

import { readPeppers } from '@tollgate/auth';
import { readEventLogConfig } from '@tollgate/event-log';
import { type LimitsConfig, readLimitsConfig } from '@tollgate/limits';
import { type Environment, LOG_LEVELS, type LogLevel, readEnvironment } from '@tollgate/runtime';

export interface BillingConfig {
  readonly clickhouseUrl: string;
  readonly databaseUrl: string;
  /** The Redis that jobs are on. */
  readonly limits: LimitsConfig;
  /** What the keys of jobs begin with: the same in every service. */
  readonly name: string;
  readonly logPartitions: number;
  /** The audit log is chained under it. */
  readonly peppers: readonly string[];
  /** Where archives are made, and the api reads them. */
  readonly filesDir: string;
  /** How often it is looked for what is due. */
  readonly sweepEveryMs: number;
  /** How often it is looked for use that came late to periods without an invoice. */
  readonly lateEveryMs: number;
  /** Jobs of this process at the same time. */
  readonly jobsAtOnce: number;
  /** The job of a process that died goes to another one so late, or twice as late at most. */
  readonly jobLockMs: number;
  readonly metricsPort: number;
  readonly metricsHost: string;
  readonly logLevel: LogLevel;
  readonly shutdownTimeoutMs: number;
  readonly failpoint: string | undefined;
}

export function readConfig(environment: Environment): BillingConfig {
  return readEnvironment(environment, (env) => {
    const log = readEventLogConfig(env);
    return {
      clickhouseUrl: env.url('CLICKHOUSE_URL', { schemes: ['http:', 'https:'] }),
      databaseUrl: env.url('DATABASE_URL', { schemes: ['postgres:', 'postgresql:'] }),
      limits: readLimitsConfig(env),
      name: log.name,
      logPartitions: log.partitionCount,
      peppers: readPeppers(env),
      filesDir: env.text('TOLLGATE_FILES_DIR'),
      sweepEveryMs: env.integer('TOLLGATE_BILLING_SWEEP_EVERY_MS', { default: 2_000, min: 100, max: 600_000 }),
      lateEveryMs: env.integer('TOLLGATE_BILLING_LATE_EVERY_MS', { default: 3_600_000, min: 100, max: 86_400_000 }),
      jobsAtOnce: env.integer('TOLLGATE_BILLING_CONCURRENCY', { default: 4, min: 1, max: 64 }),
      jobLockMs: env.integer('TOLLGATE_BILLING_LOCK_MS', { default: 5_000, min: 1_000, max: 60_000 }),
      metricsPort: env.integer('METRICS_PORT', { default: 9_094, min: 0, max: 65_535 }),
      metricsHost: env.text('HOST', { default: '0.0.0.0' }),
      logLevel: env.choice('TOLLGATE_LOG_LEVEL', { choices: LOG_LEVELS, default: 'info' }),
      shutdownTimeoutMs: env.integer('TOLLGATE_SHUTDOWN_TIMEOUT_MS', { default: 15_000, min: 1_000, max: 300_000 }),
      failpoint: env.optionalText('TOLLGATE_FAILPOINT'),
    };
  });
}
