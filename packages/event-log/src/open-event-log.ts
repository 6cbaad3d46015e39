// Which log a deployment has, from its configuration: Kafka where brokers are named, else Redis Streams. The same for every
// service, since all of them must mean the same log.

import type { EnvironmentReader, Logger } from '@tollgate/runtime';
import type { EventLog } from './event-log.ts';
import { createKafkaLog } from './kafka.ts';
import { createRedisLog, type RedisLogOptions } from './redis-streams.ts';

/** `name` is the prefix of topics or keys; `partitionCount` is fixed for ever once the log exists. */
export type EventLogConfig = { readonly name: string; readonly partitionCount: number } & (
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

/** `KAFKA_BROKERS`, else `REDIS_URL` and `TOLLGATE_REDIS_DURABILITY`; `TOLLGATE_LOG_NAME`, `TOLLGATE_LOG_PARTITIONS`. */
export function readEventLogConfig(env: EnvironmentReader): EventLogConfig {
  const brokers = env.list('KAFKA_BROKERS');
  const name = env.text('TOLLGATE_LOG_NAME', { default: 'tollgate' });
  const partitionCount = env.integer('TOLLGATE_LOG_PARTITIONS', { default: 8, min: 1, max: 1_024 });
  if (brokers.length > 0) return { kind: 'kafka', name, partitionCount, brokers };
  const url = env.url('REDIS_URL', { schemes: ['redis:', 'rediss:'] });
  const durability = env.choice('TOLLGATE_REDIS_DURABILITY', {
    choices: ['every-write', 'dangerously-as-configured'],
    default: 'every-write',
  });
  return { kind: 'redis-streams', name, partitionCount, url, durability };
}

export function openEventLog(config: EventLogConfig, options: OpenOptions): EventLog {
  switch (config.kind) {
    case 'kafka':
      return createKafkaLog({ ...config, ...options });
    case 'redis-streams':
      return createRedisLog({ ...config, ...options });
  }
}
