// The servers of a local run, all at once. A server whose address stands in the environment is the user's own and is not started.

import { join } from 'node:path';
import { startClickHouse } from './clickhouse.ts';
import { startKafka } from './kafka.ts';
import type { LocalServer, StartOptions } from './local-server.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

/** The variables by which services find the servers. `KAFKA_BROKERS` is set when Kafka is the event log. */
export interface ServerUrls {
  readonly CLICKHOUSE_URL: string;
  readonly DATABASE_URL: string;
  readonly REDIS_URL: string;
  readonly KAFKA_BROKERS?: string;
}

interface ServersOptions {
  readonly dataDir: string;
  readonly logDir: string;
  readonly withKafka: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: (line: string) => void;
  /** Takes each server as soon as it runs. */
  readonly onStarted: (server: LocalServer) => void;
}

type Start = (options: StartOptions) => Promise<LocalServer>;

export async function startServers(options: ServersOptions): Promise<ServerUrls> {
  const urlOf = async (variable: keyof ServerUrls, name: string, start: Start): Promise<string> => {
    const given = options.env[variable];
    if (given !== undefined && given !== '') return given;
    const server = await start({
      dir: join(options.dataDir, name),
      logFile: join(options.logDir, `${name}.log`),
      report: options.report,
    });
    options.onStarted(server);
    return server.url;
  };
  const needsKafka = options.withKafka || Boolean(options.env['KAFKA_BROKERS']);
  const [clickhouse, postgres, redis, kafka] = await Promise.all([
    urlOf('CLICKHOUSE_URL', 'clickhouse', startClickHouse),
    urlOf('DATABASE_URL', 'postgres', startPostgres),
    urlOf('REDIS_URL', 'redis', startRedis),
    needsKafka ? urlOf('KAFKA_BROKERS', 'kafka', startKafka) : undefined,
  ]);
  return {
    CLICKHOUSE_URL: clickhouse,
    DATABASE_URL: postgres,
    REDIS_URL: redis,
    ...(kafka === undefined ? {} : { KAFKA_BROKERS: kafka }),
  };
}
