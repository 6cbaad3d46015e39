// Which log a deployment has, from its configuration: Kafka where brokers are named, else Redis Streams. The same for every
// service, since all of them must mean the same log.

import type { EnvironmentReader, Logger } from '@tollgate/runtime';
import type { EventLog } from './event-log.ts';
import { createKafkaLog } from './kafka.ts';
import { createRedisLog, type RedisLogOptions } from './redis-streams.ts';

interface SharedConfig {
  /** The prefix of topics or keys. */
  readonly name: string;
  /** Fixed for ever once the log exists. */
  readonly partitionCount: number;
  /** A reader that shows no life for so long has lost its partitions. */
  readonly sessionMs: number;
}

export type EventLogConfig = SharedConfig &
  (
    | { readonly kind: 'kafka'; readonly brokers: readonly string[] }
    | {
        readonly kind: 'redis-streams';
        readonly url: string;
        readonly durability: NonNullable<RedisLogOptions['durability']>;
      }
  );

interface OpenOptions {
  readonly logger: Logger;
  /** How many partitions a reader handles at once. Default 2. */
  readonly partitionsAtOnce?: number;
}

const KAFKA_SESSION_MS = 30_000;
const REDIS_SESSION_MS = 10_000;
/** What a Kafka broker allows unless it is configured otherwise. */
const KAFKA_SESSION_MIN_MS = 6_000;
const REDIS_SESSION_MIN_MS = 3_000;
const SESSION_MAX_MS = 300_000;

/**
 * `KAFKA_BROKERS`, else `TOLLGATE_LOG_REDIS_URL` (a Redis of the log's own; unless set, `REDIS_URL`) and
 * `TOLLGATE_REDIS_DURABILITY`; for both `TOLLGATE_LOG_NAME`,
 * `TOLLGATE_LOG_PARTITIONS` and `TOLLGATE_LOG_SESSION_MS`.
 */
export function readEventLogConfig(env: EnvironmentReader): EventLogConfig {
  const brokers = env.list('KAFKA_BROKERS');
  const name = env.text('TOLLGATE_LOG_NAME', { default: 'tollgate' });
  const partitionCount = env.integer('TOLLGATE_LOG_PARTITIONS', { default: 8, min: 1, max: 1_024 });
  const isKafka = brokers.length > 0;
  const sessionMs = env.integer('TOLLGATE_LOG_SESSION_MS', {
    default: isKafka ? KAFKA_SESSION_MS : REDIS_SESSION_MS,
    min: isKafka ? KAFKA_SESSION_MIN_MS : REDIS_SESSION_MIN_MS,
    max: SESSION_MAX_MS,
  });
  const shared = { name, partitionCount, sessionMs };
  if (isKafka) return { ...shared, kind: 'kafka', brokers };
  const own = env.optionalText('TOLLGATE_LOG_REDIS_URL') !== undefined;
  const url = env.url(own ? 'TOLLGATE_LOG_REDIS_URL' : 'REDIS_URL', { schemes: ['redis:', 'rediss:'] });
  const durability = env.choice('TOLLGATE_REDIS_DURABILITY', {
    choices: ['every-write', 'dangerously-as-configured'],
    default: 'every-write',
  });
  return { ...shared, kind: 'redis-streams', url, durability };
}

export function openEventLog(config: EventLogConfig, options: OpenOptions): EventLog {
  switch (config.kind) {
    case 'kafka':
      return createKafkaLog({ ...config, ...options });
    case 'redis-streams':
      return createRedisLog({ ...config, ...options, leaseMs: config.sessionMs });
  }
}
