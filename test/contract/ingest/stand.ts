// Ingest as a real process on a real log and a real Postgres, with an operator's key and two customers, and a view of
// what the log holds: the oracle for what was taken.

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Accounts, type ApiKey, createPostgresAccounts } from '@tollgate/accounts';
import { digestOfKeySecret, generateKeySecret, pepperIdOf } from '@tollgate/auth';
import { type AcceptedRecord, decodeRecord, type Scope } from '@tollgate/domain';
import { createKafkaLog, createRedisLog, type EventLog } from '@tollgate/event-log';
import { type LocalServer, startKafka, startPostgres, startRedis } from '@tollgate/local';
import { createLogger, systemClock } from '@tollgate/runtime';
import { eventually } from '../../support/eventually.ts';
import { createServiceProcess, type ServiceProcess } from '../../support/service-process.ts';
import type { LogKind } from '../../support/stack.ts';

interface TestKey {
  readonly id: string;
  readonly secret: string;
  readonly customerId: string | null;
}

export interface Stand {
  readonly accounts: Accounts;
  readonly ingest: ServiceProcess;
  readonly postgres: LocalServer;
  readonly logServer: LocalServer;
  /** What the limits are on; the log too, unless that is on Kafka. */
  readonly redis: LocalServer;
  /** Starts another process of ingest, which closes with the stand. */
  startAnother(): Promise<ServiceProcess>;
  readonly operator: TestKey;
  /** Two keys of one customer, and one of another. */
  readonly key: TestKey;
  readonly siblingKey: TestKey;
  readonly strangerKey: TestKey;
  createKey(
    options: {
      readonly customerId: string | null;
      readonly scopes: readonly Scope[];
    } & Partial<Pick<ApiKey, 'isEnabled' | 'expiresAtMs' | 'rateLimits' | 'allowedModels' | 'allowedIps'>>,
  ): Promise<TestKey>;
  createCustomer(): Promise<string>;
  /** Everything in the log, in the order of its partitions. */
  records(): Promise<readonly AcceptedRecord[]>;
  post(path: string, options: PostOptions): Promise<Response>;
  close(): Promise<void>;
}

interface PostOptions {
  /** Absent: the customer's key. Null: none. */
  readonly secret?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: the first process. */
  readonly to?: ServiceProcess;
  /** Text and bytes are sent as they are, anything else as JSON. */
  readonly body: unknown;
}

const READ_LIMITS = { recordsMax: 1_000_000, timeoutMs: 30_000 };
const PARTITIONS = 4;
const UNLIMITED = { requestsPerMinute: null, tokensPerMinute: null };

export async function startStand(
  env: Readonly<Record<string, string>> = {},
  logKind: LogKind = 'redis-streams',
): Promise<Stand> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-ingest-'));
  const closers: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const postgres = await startPostgres({ dir: join(folder, 'postgres') });
    closers.push(() => postgres.stop());
    const startLog = logKind === 'kafka' ? startKafka : startRedis;
    const logServer = await startLog({ dir: join(folder, logKind) });
    closers.push(() => logServer.stop());
    const redis = logKind === 'kafka' ? await startRedis({ dir: join(folder, 'redis') }) : logServer;
    if (redis !== logServer) closers.push(() => redis.stop());
    return await startOn({ postgres, logServer, redis, logKind, env, closers, close });
  } catch (error) {
    await close();
    throw error;
  }
}

interface StandParts {
  readonly postgres: LocalServer;
  readonly logServer: LocalServer;
  readonly redis: LocalServer;
  readonly logKind: LogKind;
  readonly env: Readonly<Record<string, string>>;
  readonly closers: (() => Promise<void>)[];
  readonly close: () => Promise<void>;
}

async function startOn({ postgres, logServer, redis, logKind, env, closers, close }: StandParts): Promise<Stand> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const pepper = randomBytes(32).toString('hex');
  const accounts = createPostgresAccounts({ url: postgres.url, clock: systemClock, logger });
  closers.push(() => accounts.close());
  await accounts.migrate();
  const logOptions = { name: 'tollgate', partitionCount: PARTITIONS, logger };
  const isKafka = logKind === 'kafka';
  const log = isKafka
    ? createKafkaLog({ ...logOptions, brokers: logServer.url.split(',') })
    : createRedisLog({ ...logOptions, url: logServer.url });

  const createKey: Stand['createKey'] = async ({ customerId, scopes, ...settings }) => {
    const secret = generateKeySecret('test');
    const key: ApiKey = {
      id: `key_${randomUUID().replaceAll('-', '')}`,
      name: 'test',
      customerId,
      projectId: null,
      mode: 'test',
      scopes,
      allowedModels: null,
      allowedIps: null,
      rateLimits: UNLIMITED,
      isEnabled: true,
      expiresAtMs: null,
      ...settings,
      metadata: {},
      createdAtMs: Date.now(),
    };
    const digest = digestOfKeySecret(secret, pepper);
    const { createdAtMs } = key;
    await accounts.createKey(key, {
      id: `sec_${randomUUID()}`,
      digest,
      pepperId: pepperIdOf(pepper),
      hint: secret.slice(-4),
      createdAtMs,
    });
    return { id: key.id, secret, customerId };
  };
  const createCustomer = async (): Promise<string> => {
    const id = `cus_${randomUUID().replaceAll('-', '')}`;
    const common = {
      currency: 'EUR',
      zone: 'UTC',
      billingDay: 1,
      metadata: {},
      suspendedAtMs: null,
      suspensionReason: null,
      keyPolicy: { keysMax: 1_000, allowedScopes: null },
      createdAtMs: Date.now(),
    };
    await accounts.createCustomer({ id, name: id, externalId: null, ...common });
    return id;
  };
  const customerId = await createCustomer();
  const operator = await createKey({ customerId: null, scopes: ['usage:write:any'] });
  const key = await createKey({ customerId, scopes: ['usage:write'] });
  const siblingKey = await createKey({ customerId, scopes: ['usage:write'] });
  const strangerKey = await createKey({ customerId: await createCustomer(), scopes: ['usage:write'] });

  const startIngest = async (): Promise<ServiceProcess> => {
    const started = await createServiceProcess({
      service: 'ingest',
      env: {
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        ...(isKafka ? { KAFKA_BROKERS: logServer.url } : {}),
        TOLLGATE_KEY_PEPPER: pepper,
        TOLLGATE_LOG_PARTITIONS: `${PARTITIONS}`,
        ...env,
      },
    });
    await started.start();
    closers.push(() => (started.isRunning() ? started.signal('SIGTERM') : Promise.resolve()));
    return started;
  };
  const ingest = await startIngest();

  return {
    ingest,
    postgres,
    logServer,
    redis,
    startAnother: startIngest,
    operator,
    key,
    siblingKey,
    strangerKey,
    createKey,
    createCustomer,
    accounts,
    // A group that is new to the log may have to wait for its coordinator.
    records: () => eventually(() => readRecords(log), { timeoutMs: 20_000 }),
    post: (path, { secret = key.secret, headers = {}, body, to = ingest }) =>
      fetch(`${to.url}${path}`, {
        method: 'POST',
        headers: new Headers([
          ...Object.entries({ 'content-type': 'application/json', ...lowerCased(headers) }),
          ...(secret === null ? [] : [['authorization', `Bearer ${secret}`] as [string, string]]),
        ]),
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
        signal: AbortSignal.timeout(30_000),
      }),
    close,
  };
}

async function readRecords(log: EventLog): Promise<readonly AcceptedRecord[]> {
  const monitor = log.monitor({ group: `look-${randomUUID()}` });
  try {
    const records: AcceptedRecord[] = [];
    await monitor.readUncommitted(({ value }) => {
      const record = decodeRecord(value);
      if (record === undefined) throw new Error('the log holds something that is no record');
      records.push(record);
    }, READ_LIMITS);
    return records;
  } finally {
    await monitor.close();
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** An event that is valid as it is, with an id of its own. */
export function exampleEvent(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: `req_${randomUUID()}`,
    type: 'llm.chat',
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
    ...overrides,
  };
}
