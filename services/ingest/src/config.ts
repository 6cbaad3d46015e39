// The configuration of ingest, parsed once from the environment that `main.ts` hands in.

import {
  readPeppers,
  readTokenAuthority,
  readTrustedProxies,
  type TokenAuthority,
  type TrustedProxies,
} from '@tollgate/auth';
import { type EventLogConfig, readEventLogConfig } from '@tollgate/event-log';
import { type LimitsConfig, type LockoutConfig, readLimitsConfig, readLockoutConfig } from '@tollgate/limits';
import {
  type Environment,
  LOG_LEVELS,
  type LogLevel,
  readEnvironment,
  readTlsFiles,
  readTracingConfig,
  type TlsFiles,
  type TracingConfig,
} from '@tollgate/runtime';
import { flawOfModelAlias, MODEL_ALIASES_MAX, type ModelAliases, modelAliasesOf } from '@tollgate/tokenizer';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles | undefined;
  readonly databaseUrl: string;
  readonly log: EventLogConfig;
  readonly limits: LimitsConfig;
  readonly lockouts: LockoutConfig;
  readonly trustedProxies: TrustedProxies;
  /** The current one first. */
  readonly peppers: readonly string[];
  /** Whose access tokens are taken. */
  readonly authority: TokenAuthority;
  readonly logLevel: LogLevel;
  readonly shutdownTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly connectionsMax: number;
  readonly requestsInFlightMax: number;
  /** Of bodies that are read or handled. */
  readonly bytesInFlightMax: number;
  /** What Azure's deployments and other names of one's own stand for. */
  readonly modelAliases: ModelAliases;
  /** How long the text of one authorization may take to be counted. */
  readonly textDeadlineMs: number;
  /** How many processes of ingest there are, for what each may admit on its own. */
  readonly processes: number;
  readonly tracing: TracingConfig;
  readonly failpoint: string | undefined;
}

const MIB = 1024 * 1024;

export function readConfig(env: Environment): Config {
  return readEnvironment(env, (reader) => {
    const postgres = ['postgres:', 'postgresql:'];
    return {
      host: reader.text('HOST', { default: '0.0.0.0' }),
      port: reader.integer('PORT', { default: 8080, min: 0, max: 65_535 }),
      tls: readTlsFiles(reader),
      databaseUrl: reader.url('DATABASE_URL', { schemes: postgres }),
      log: readEventLogConfig(reader),
      limits: readLimitsConfig(reader),
      lockouts: readLockoutConfig(reader),
      trustedProxies: readTrustedProxies(reader),
      peppers: readPeppers(reader),
      authority: readTokenAuthority(reader),
      logLevel: reader.choice('TOLLGATE_LOG_LEVEL', { choices: LOG_LEVELS, default: 'info' }),
      shutdownTimeoutMs: reader.integer('TOLLGATE_SHUTDOWN_TIMEOUT_MS', { default: 20_000, min: 1_000, max: 600_000 }),
      requestTimeoutMs: reader.integer('INGEST_REQUEST_TIMEOUT_MS', { default: 30_000, min: 100, max: 600_000 }),
      connectionsMax: reader.integer('INGEST_CONNECTIONS_MAX', { default: 10_000, min: 1, max: 1_000_000 }),
      requestsInFlightMax: reader.integer('INGEST_REQUESTS_MAX', { default: 4_096, min: 2, max: 1_000_000 }),
      bytesInFlightMax: reader.integer('INGEST_BYTES_MAX', { default: 64 * MIB, min: 16 * MIB, max: 16_384 * MIB }),
      modelAliases: modelAliasesOf(
        reader.list('TOLLGATE_MODEL_ALIASES', { countMax: MODEL_ALIASES_MAX, flawOf: flawOfModelAlias }),
      ),
      textDeadlineMs: reader.integer('INGEST_TEXT_DEADLINE_MS', { default: 1_000, min: 50, max: 30_000 }),
      processes: reader.integer('INGEST_PROCESSES', { default: 1, min: 1, max: 10_000 }),
      tracing: readTracingConfig(reader),
      failpoint: reader.optionalText('TOLLGATE_FAILPOINT'),
    };
  });
}
