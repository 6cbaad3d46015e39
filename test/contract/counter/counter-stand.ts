// A counter on real servers, without ingest: tests append what they want to the log and look into the warehouse.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AcceptedRecord, encodeRecord, partitionKeyOf } from '@tollgate/domain';
import { createKafkaLog, createRedisLog, type EventLog, type LogRecord, type LogWriter } from '@tollgate/event-log';
import { type LocalServer, startClickHouse, startKafka, startPostgres, startRedis } from '@tollgate/local';
import { createLogger } from '@tollgate/runtime';
import { createClickHouseWarehouse, type EventView, type UsageBucket, type Warehouse } from '@tollgate/warehouse';
import { createServiceProcess, type ServiceProcess } from '../../support/service-process.ts';
import type { LogKind } from '../../support/stack.ts';

const PARTITION_COUNT = 4;
const LOG_NAME = 'tollgate';
const HOUR_MS = 60 * 60 * 1000;

export interface CounterStand {
  readonly counter: ServiceProcess;
  /** The server that the event log is on. */
  readonly logServer: LocalServer;
  readonly clickhouse: LocalServer;
  readonly postgres: LocalServer;
  readonly warehouse: Warehouse;
  readonly log: EventLog;
  readonly writer: LogWriter;
  readonly partitionCount: number;
  /** One more counter of the same group. */
  startAnother(): Promise<ServiceProcess>;
  close(): Promise<void>;
}

export async function startCounterStand(options: {
  readonly log: LogKind;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<CounterStand> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-counter-'));
  const closers: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const server = async (name: string, start: (at: { dir: string }) => Promise<LocalServer>): Promise<LocalServer> => {
    const started = await start({ dir: join(folder, name) });
    closers.push(() => started.stop());
    return started;
  };
  try {
    const [clickhouse, postgres, logServer] = await Promise.all([
      server('clickhouse', startClickHouse),
      server('postgres', startPostgres),
      options.log === 'kafka' ? server('kafka', startKafka) : server('redis', startRedis),
    ]);
    const redis = options.log === 'kafka' ? await server('redis', startRedis) : logServer;
    const log = openLog(options.log, logServer.url);
    await log.ensure();
    const writer = log.writer();
    closers.push(() => writer.close());
    const warehouse = createClickHouseWarehouse({ url: clickhouse.url });
    closers.push(() => warehouse.close());
    const keyPepper = randomBytes(32).toString('hex');
    const startAnother = async (): Promise<ServiceProcess> => {
      const counter = await createServiceProcess({
        service: 'counter',
        env: {
          CLICKHOUSE_URL: clickhouse.url,
          DATABASE_URL: postgres.url,
          TOLLGATE_KEY_PEPPER: keyPepper,
          TOLLGATE_LOG_PARTITIONS: `${PARTITION_COUNT}`,
          TOLLGATE_LOG_NAME: LOG_NAME,
          REDIS_URL: redis.url,
          ...(options.log === 'kafka' ? { KAFKA_BROKERS: logServer.url } : {}),
          ...options.env,
        },
      });
      closers.push(async () => {
        if (counter.isRunning()) await counter.signal('SIGTERM');
      });
      await counter.start();
      return counter;
    };
    const shared = { clickhouse, postgres, logServer, warehouse, log, writer, partitionCount: PARTITION_COUNT };
    return { counter: await startAnother(), ...shared, startAnother, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openLog(kind: LogKind, url: string): EventLog {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const shared = { name: LOG_NAME, partitionCount: PARTITION_COUNT, logger };
  return kind === 'kafka' ? createKafkaLog({ ...shared, brokers: url.split(',') }) : createRedisLog({ ...shared, url });
}

/** An id that no other test has. */
export function uniqueId(prefix: string): string {
  return `${prefix}_${randomBytes(6).toString('hex')}`;
}

export type TestRecord = Partial<Omit<AcceptedRecord, 'body'>> & {
  readonly customerId: string;
  readonly eventId: string;
  /** The event as JSON, or the bytes themselves. */
  readonly body: Readonly<Record<string, unknown>> | Uint8Array;
};

export function logRecord({ body, ...given }: TestRecord): LogRecord {
  const nowMs = Date.now();
  const record: AcceptedRecord = {
    kind: 'event',
    projectId: 'prj_1',
    keyId: 'key_1',
    reporterKeyId: 'key_gateway',
    timeMs: nowMs,
    receivedAtMs: nowMs,
    isReplay: false,
    ...given,
    body: body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify({ id: given.eventId, ...body })),
  };
  return { partitionKey: partitionKeyOf(record.customerId, record.eventId), value: encodeRecord(record) };
}

/** The one copy of an event; fails while there is none. */
export async function onlyCopy(stand: CounterStand, customerId: string, eventId: string): Promise<EventView> {
  const [view, ...others] = await stand.warehouse.event(customerId, eventId);
  if (view === undefined || others.length > 0) throw new Error(`${eventId} has ${others.length + 1} or 0 copies`);
  return view;
}

export function aroundNow(): { readonly startMs: number; readonly endMs: number } {
  return { startMs: Date.now() - 48 * HOUR_MS, endMs: Date.now() + HOUR_MS };
}

/** All of a customer's usage around now; undefined while there is none. */
export async function usageOf(stand: CounterStand, customerId: string): Promise<UsageBucket | undefined> {
  const page = await stand.warehouse.usage({
    ...aroundNow(),
    zone: 'UTC',
    groupBy: [],
    filters: [{ field: 'customer', values: [customerId] }],
    limit: 10,
  });
  return page.rows[0];
}

/** A number from the counter's `/metrics`, summed over the labels that are not named; 0 while it is absent. */
export async function metricOf(stand: Pick<CounterStand, 'counter'>, name: string, label = ''): Promise<number> {
  const text = await (await fetch(`${stand.counter.url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
