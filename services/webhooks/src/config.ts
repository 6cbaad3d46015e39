// The configuration of webhooks, from the environment.

import { isIP } from 'node:net';
import { type ReceiverRules, readEncryptionSecrets, readPeppers, readReceiverRules } from '@tollgate/auth';
import { WEBHOOK_PAUSES_MAX_MS } from '@tollgate/domain';
import {
  type Environment,
  type EnvironmentReader,
  LOG_LEVELS,
  type LogLevel,
  readEnvironment,
} from '@tollgate/runtime';

export interface WebhooksConfig {
  readonly databaseUrl: string;
  /** The audit log is chained under it. */
  readonly peppers: readonly string[];
  /** What the endpoints' secrets are sealed under. */
  readonly encryptionSecrets: readonly string[];
  readonly receivers: ReceiverRules;
  /** Asked for the names of receivers; none: those that the machine is set up with. */
  readonly dnsServers: readonly string[];
  /** Of one attempt, from looking the name up to the last header of the answer. */
  readonly timeoutMs: number;
  /** The longest pause before each further attempt. */
  readonly pausesMaxMs: readonly number[];
  /** After how long of nothing but failures an endpoint is disabled. */
  readonly disableAfterMs: number;
  /** Attempts of this process at once. */
  readonly attemptsMax: number;
  /** How long what was told is kept. */
  readonly retentionMs: number;
  readonly metricsPort: number;
  readonly metricsHost: string;
  readonly logLevel: LogLevel;
  readonly shutdownTimeoutMs: number;
  readonly failpoint: string | undefined;
}

const DAY_S = 86_400;
const DNS_SERVERS_MAX = 10;
const RETRIES_MAX = 50;

export function readConfig(environment: Environment): WebhooksConfig {
  return readEnvironment(environment, (env) => ({
    databaseUrl: env.url('DATABASE_URL', { schemes: ['postgres:', 'postgresql:'] }),
    peppers: readPeppers(env),
    encryptionSecrets: readEncryptionSecrets(env),
    receivers: readReceiverRules(env),
    dnsServers: env.list('TOLLGATE_WEBHOOK_DNS_SERVERS', {
      countMax: DNS_SERVERS_MAX,
      flawOf: (text) =>
        isDnsServer(text) ? undefined : `${text} is no address, nor ADDRESS:PORT or [V6ADDRESS]:PORT.`,
    }),
    timeoutMs: env.integer('TOLLGATE_WEBHOOK_TIMEOUT_MS', { default: 15_000, min: 100, max: 60_000 }),
    pausesMaxMs: readPauses(env),
    disableAfterMs:
      env.integer('TOLLGATE_WEBHOOK_DISABLE_AFTER_SECONDS', { default: 5 * DAY_S, min: 1, max: 365 * DAY_S }) * 1_000,
    attemptsMax: env.integer('TOLLGATE_WEBHOOK_CONCURRENCY', { default: 128, min: 8, max: 10_000 }),
    retentionMs: env.integer('TOLLGATE_WEBHOOK_RETENTION_DAYS', { default: 30, min: 7, max: 365 }) * DAY_S * 1_000,
    metricsPort: env.integer('METRICS_PORT', { default: 9_093, min: 0, max: 65_535 }),
    metricsHost: env.text('HOST', { default: '0.0.0.0' }),
    logLevel: env.choice('TOLLGATE_LOG_LEVEL', { choices: LOG_LEVELS, default: 'info' }),
    shutdownTimeoutMs: env.integer('TOLLGATE_SHUTDOWN_TIMEOUT_MS', { default: 25_000, min: 1_000, max: 300_000 }),
    failpoint: env.optionalText('TOLLGATE_FAILPOINT'),
  }));
}

function isDnsServer(text: string): boolean {
  const [, v6] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text) ?? [];
  return isIP(v6 ?? text) !== 0 || isIP(text.replace(/:\d{1,5}$/, '')) === 4;
}

/** In seconds, for each retry. */
function readPauses(env: EnvironmentReader): readonly number[] {
  const texts = env.list('TOLLGATE_WEBHOOK_RETRY_SECONDS', {
    countMax: RETRIES_MAX,
    flawOf: (text) => (/^\d{1,7}(?:\.\d{1,3})?$/.test(text) ? undefined : `${text} is no number of seconds.`),
  });
  return texts.length === 0 ? WEBHOOK_PAUSES_MAX_MS : texts.map((text) => Math.round(Number(text) * 1_000));
}
