// The counter's configuration.

import { availableParallelism } from 'node:os';
import { readPeppers } from '@tollgate/auth';
import { type EventLogConfig, readEventLogConfig } from '@tollgate/event-log';
import { type LimitsConfig, readLimitsConfig } from '@tollgate/limits';
import {
  type Environment,
  type EnvironmentReader,
  LOG_LEVELS,
  type LogLevel,
  readEnvironment,
  readTracingConfig,
  type TracingConfig,
} from '@tollgate/runtime';
import { flawOfModelAlias, MODEL_ALIASES_MAX, type ModelAliases, modelAliasesOf } from '@tollgate/tokenizer';

export interface CounterConfig {
  readonly clickhouseUrl: string;
  readonly databaseUrl: string;
  /** The audit log is chained under it. */
  /** The current one first: the audit log is chained under a key derived from it. */
  readonly peppers: readonly string[];
  readonly log: EventLogConfig;
  readonly limits: LimitsConfig;
  readonly metricsPort: number;
  readonly metricsHost: string;
  /** Threads that count text. */
  readonly textWorkers: number;
  /** How long the text of one event may take. */
  readonly textDeadlineMs: number;
  /** One text in so many is counted by tiktoken alone too, to see that it comes to the same. */
  readonly textCompareEvery: number;
  /** What Azure's deployments and other names of one's own stand for. */
  readonly modelAliases: ModelAliases;
  readonly logLevel: LogLevel;
  readonly shutdownTimeoutMs: number;
  readonly tracing: TracingConfig;
  readonly failpoint: string | undefined;
}

export function readConfig(environment: Environment): CounterConfig {
  return readEnvironment(environment, (env) => {
    return {
      clickhouseUrl: env.url('CLICKHOUSE_URL', { schemes: ['http:', 'https:'] }),
      databaseUrl: env.url('DATABASE_URL', { schemes: ['postgres:', 'postgresql:'] }),
      peppers: readPeppers(env),
      log: readEventLogConfig(env),
      limits: readLimitsConfig(env),
      metricsPort: env.integer('METRICS_PORT', { default: 9_091, min: 0, max: 65_535 }),
      metricsHost: env.text('HOST', { default: '0.0.0.0' }),
      // Two at least, so that a large text never holds up the small ones.
      textWorkers: env.integer('TOLLGATE_TEXT_WORKERS', {
        default: Math.max(2, availableParallelism() - 1),
        min: 1,
        max: 256,
      }),
      textDeadlineMs: env.integer('TOLLGATE_TEXT_DEADLINE_MS', { default: 10_000, min: 100, max: 300_000 }),
      textCompareEvery: env.integer('TOLLGATE_TEXT_COMPARE_EVERY', { default: 1_000, min: 1, max: 1_000_000_000 }),
      modelAliases: readAliases(env),
      logLevel: env.choice('TOLLGATE_LOG_LEVEL', { choices: LOG_LEVELS, default: 'info' }),
      shutdownTimeoutMs: env.integer('TOLLGATE_SHUTDOWN_TIMEOUT_MS', { default: 15_000, min: 1_000, max: 300_000 }),
      tracing: readTracingConfig(env),
      failpoint: env.optionalText('TOLLGATE_FAILPOINT'),
    };
  });
}

/** `chat-prod=gpt-4o-2024-08-06,search=text-embedding-3-small` */
function readAliases(env: EnvironmentReader): ModelAliases {
  return modelAliasesOf(env.list('TOLLGATE_MODEL_ALIASES', { countMax: MODEL_ALIASES_MAX, flawOf: flawOfModelAlias }));
}
