// The whole system on real servers, for tests: servers and services as child processes in a temporary folder, with the
// handles to kill, stop and restart each of them.

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  findFreePort,
  type LocalServer,
  startClickHouse,
  startKafka,
  startPostgres,
  startRedis,
} from '@tollgate/local';
import { createServiceProcess, type ServiceName, type ServiceProcess } from './service-process.ts';

export type LogKind = 'redis-streams' | 'kafka';

export const PARTITIONS = 4;
/** The shortest there are, so that tests do not wait long for the partitions of a process that was killed. */
export const SESSION_MS: Readonly<Record<LogKind, number>> = { kafka: 6_000, 'redis-streams': 3_000 };

export interface Stack {
  readonly log: LogKind;
  readonly clickhouse: LocalServer;
  readonly postgres: LocalServer;
  readonly redis: LocalServer;
  /** The server that the event log is on: Redis or Kafka. */
  readonly logServer: LocalServer;
  readonly ingest: ServiceProcess;
  readonly api: ServiceProcess;
  readonly counters: readonly [ServiceProcess, ServiceProcess];
  /** Not running: tests of limits start them. */
  readonly quotas: readonly [ServiceProcess, ServiceProcess];
  /** Not running: tests of invoices start them. */
  readonly billings: readonly [ServiceProcess, ServiceProcess];
  /** Not running: they empty the outbox. */
  readonly webhooks: ServiceProcess;
  /** The environment that every service has. */
  readonly env: Readonly<Record<string, string>>;
  readonly operatorKey: string;
  close(): Promise<void>;
}

/** What lies between the services and a server. */
export interface Surroundings {
  /** Readies the folder in which a server will keep its data. */
  prepareFolder(server: ServerName, folder: string): Promise<void>;
  /** The port on which services find the server, which is known before the server listens; null: the server's own. */
  frontPort(server: ServerName): number | null;
  /** The server will listen on this port. */
  listensOn(server: ServerName, port: number): void;
  close(): Promise<void>;
}

export type ServerName = 'clickhouse' | 'postgres' | 'redis' | 'log';

const NOTHING_BETWEEN: Surroundings = {
  prepareFolder: () => Promise.resolve(),
  frontPort: () => null,
  listensOn: () => undefined,
  close: () => Promise.resolve(),
};

/** Starts everything but the second counter, the quota services, webhooks and billing. */
export async function startStack(options: {
  readonly log: LogKind;
  /** Of every service, beside what the stack needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** A Redis of the log's own, so that the other one can lose its data. */
  readonly hasOwnLogRedis?: boolean;
  /** Closed with the stack. */
  readonly surroundings?: Surroundings;
}): Promise<Stack> {
  const { surroundings = NOTHING_BETWEEN } = options;
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-stack-'));
  const closers: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  closers.push(() => surroundings.close());
  const server = async (
    name: ServerName,
    start: (options: { dir: string; port: number }) => Promise<LocalServer>,
  ): Promise<LocalServer> => {
    const dir = join(folder, name);
    await mkdir(dir);
    await surroundings.prepareFolder(name, dir);
    const port = await findFreePort();
    surroundings.listensOn(name, port);
    const started = await start({ dir, port });
    closers.push(() => started.stop());
    return started;
  };
  /** As services find the server. */
  const urlOf = (name: ServerName, { url }: LocalServer): string => {
    const front = surroundings.frontPort(name);
    return front === null ? url : url.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${front}`);
  };
  const advertisedPort = surroundings.frontPort('log');

  try {
    const clickhouse = await server('clickhouse', startClickHouse);
    const postgres = await server('postgres', startPostgres);
    const redis = await server('redis', startRedis);
    const logRedis = options.hasOwnLogRedis === true ? await server('log', startRedis) : undefined;
    const kafka =
      options.log === 'kafka'
        ? await server('log', (at) => startKafka(advertisedPort === null ? at : { ...at, advertisedPort }))
        : undefined;
    const operatorKeyFile = join(folder, 'operator-key');
    const ownEnv = {
      ...options.env,
      CLICKHOUSE_URL: urlOf('clickhouse', clickhouse),
      DATABASE_URL: urlOf('postgres', postgres),
      REDIS_URL: urlOf('redis', redis),
      ...(logRedis === undefined ? {} : { TOLLGATE_LOG_REDIS_URL: urlOf('log', logRedis) }),
      ...(kafka === undefined ? {} : { KAFKA_BROKERS: urlOf('log', kafka) }),
      TOLLGATE_KEY_PEPPER: randomBytes(32).toString('hex'),
      TOLLGATE_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
      TOLLGATE_OPERATOR_KEY_FILE: operatorKeyFile,
      TOLLGATE_FILES_DIR: join(folder, 'files'),
      TOLLGATE_LOG_PARTITIONS: `${PARTITIONS}`,
      TOLLGATE_LOG_SESSION_MS: `${SESSION_MS[options.log]}`,
      // Each takes a second of processor time to start, and counters are started often here.
      TOLLGATE_TEXT_WORKERS: '1',
    };
    const service = async (name: ServiceName, env: Readonly<Record<string, string>>): Promise<ServiceProcess> => {
      const created = await createServiceProcess({ service: name, env });
      closers.push(() => stopService(created));
      return created;
    };
    const api = await service('api', ownEnv);
    const env = { ...ownEnv, TOLLGATE_ISSUER: api.url };
    const ingest = await service('ingest', env);
    const counters = [await service('counter', env), await service('counter', env)] as const;
    const quotas = [await service('quota', env), await service('quota', env)] as const;
    const webhooks = await service('webhooks', env);
    const billings = [await service('billing', env), await service('billing', env)] as const;
    await api.start();
    await Promise.all([ingest.start(), counters[0].start()]);
    const operatorKey = (await readFile(operatorKeyFile, 'utf8')).trim();
    const logServer = kafka ?? logRedis ?? redis;
    const servers = { clickhouse, postgres, redis, logServer };
    const services = { ingest, api, counters, quotas, webhooks, billings };
    return { log: options.log, ...servers, ...services, env, operatorKey, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function stopService(service: ServiceProcess): Promise<void> {
  if (!service.isRunning()) return;
  await service.signal('SIGCONT');
  const timer = setTimeout(() => void service.signal('SIGKILL'), 15_000);
  await service.signal('SIGTERM');
  clearTimeout(timer);
}
