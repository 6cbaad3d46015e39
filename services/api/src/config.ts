// The configuration of the api, from the environment.

import { readPeppers, readReceiverRules, readTrustedProxies } from '@tollgate/auth';
import { isCurrency } from '@tollgate/domain';
import { readEventLogConfig } from '@tollgate/event-log';
import { readLimitsConfig, readLockoutConfig } from '@tollgate/limits';
import { ConfigurationError, type Environment, LOG_LEVELS, readEnvironment, readTlsFiles } from '@tollgate/runtime';
import { readFrameAncestors } from './dashboard/frame-ancestors.ts';
import { isZone } from './formats.ts';
import { readTokenConfig } from './token-config.ts';

export type Config = ReturnType<typeof readConfig>;

const DAY_S = 86_400;

const LIST_PRICES = ['shipped', 'none'] as const;

export function readConfig(env: Environment) {
  const config = readEnvironment(env, (read) => {
    return {
      host: read.text('HOST', { default: '0.0.0.0' }),
      port: read.integer('PORT', { default: 8081, min: 0, max: 65_535 }),
      tls: readTlsFiles(read),
      databaseUrl: read.url('DATABASE_URL', { schemes: ['postgres:', 'postgresql:'] }),
      clickhouseUrl: read.url('CLICKHOUSE_URL', { schemes: ['http:', 'https:'] }),
      log: readEventLogConfig(read),
      limits: readLimitsConfig(read),
      lockouts: readLockoutConfig(read),
      trustedProxies: readTrustedProxies(read),
      peppers: readPeppers(read),
      tokens: readTokenConfig(read),
      /** Of people who sign in to the dashboard. */
      sessions: {
        lifeMs: read.integer('TOLLGATE_SESSION_SECONDS', { default: 7 * DAY_S, min: 60, max: 90 * DAY_S }) * 1_000,
        idleMs: read.integer('TOLLGATE_SESSION_IDLE_SECONDS', { default: DAY_S / 2, min: 60, max: 90 * DAY_S }) * 1_000,
      },
      /** Who may show the customer's view in a frame. */
      frameAncestors: readFrameAncestors(read),
      /** Which URLs webhooks may be sent to. */
      receivers: readReceiverRules(read),
      /** Where the first operator's key is written when the deployment is new. */
      operatorKeyFile: read.optionalText('TOLLGATE_OPERATOR_KEY_FILE'),
      /** A word of the operator's own, such as a date: at the first start with it, one more operator key is made. */
      operatorKeyReset: read.optionalText('TOLLGATE_OPERATOR_KEY_RESET'),
      /** The public keys that GitHub signs its secret-scanning reports with, as it publishes them. */
      githubKeysFile: read.optionalText('TOLLGATE_GITHUB_KEYS_FILE'),
      organization: {
        name: read.text('TOLLGATE_ORGANIZATION_NAME', { default: 'My organization' }),
        currency: read.text('TOLLGATE_CURRENCY', { default: 'USD' }),
        zone: read.text('TOLLGATE_ZONE', { default: 'UTC' }),
      },
      /** Where billing makes archives of invoices. */
      filesDir: read.text('TOLLGATE_FILES_DIR'),
      /** Whether the list prices that are shipped are added. */
      listPrices: read.choice('TOLLGATE_LIST_PRICES', { choices: LIST_PRICES, default: 'shipped' }),
      logLevel: read.choice('TOLLGATE_LOG_LEVEL', { choices: LOG_LEVELS, default: 'info' }),
      /** For fault tests. */
      failpoint: read.optionalText('TOLLGATE_FAILPOINT'),
      shutdownTimeoutMs: read.integer('TOLLGATE_SHUTDOWN_TIMEOUT_MS', { default: 15_000, min: 100, max: 600_000 }),
    };
  });
  const problems = [
    ...(isResetLabel(config.operatorKeyReset)
      ? []
      : ['TOLLGATE_OPERATOR_KEY_RESET must be 1 to 64 letters, digits, `.`, `-` or `_`, such as 2026-11-24.']),
    ...(isCurrency(config.organization.currency)
      ? []
      : ['TOLLGATE_CURRENCY must be an ISO 4217 currency code, such as USD.']),
    ...(isZone(config.organization.zone) ? [] : ['TOLLGATE_ZONE must be an IANA time zone, such as Europe/Berlin.']),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
  return config;
}

function isResetLabel(label: string | undefined): boolean {
  return label === undefined || /^[\w.-]{1,64}$/.test(label);
}
