// Where the limits are, the same for every service, and when a source is locked out.

import { RATE_MAX } from '@tollgate/domain';
import type { EnvironmentReader } from '@tollgate/runtime';

export interface LimitsConfig {
  readonly url: string;
}

export interface LockoutConfig {
  /** Failures of one source that are taken at once. */
  readonly failures: number;
  /** Failures that are forgiven in a minute. */
  readonly perMinute: number;
}

const FAILURES_MAX = RATE_MAX / 1_000;

/** `REDIS_URL`: the limits are on Redis, whatever the event log is on. */
export function readLimitsConfig(env: EnvironmentReader): LimitsConfig {
  return { url: env.url('REDIS_URL', { schemes: ['redis:', 'rediss:'] }) };
}

/** `TOLLGATE_LOCKOUT_FAILURES` and `TOLLGATE_LOCKOUT_FORGIVEN_PER_MINUTE`: for services that authenticate. */
export function readLockoutConfig(env: EnvironmentReader): LockoutConfig {
  const range = { min: 1, max: FAILURES_MAX };
  return {
    failures: env.integer('TOLLGATE_LOCKOUT_FAILURES', { default: 200, ...range }),
    perMinute: env.integer('TOLLGATE_LOCKOUT_FORGIVEN_PER_MINUTE', { default: 60, ...range }),
  };
}
