// The api as a real process on real servers, without the services that feed it: for what it does by itself.

import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalServer, startClickHouse, startPostgres, startRedis } from '@tollgate/local';
import { expect } from 'vitest';
import { createServiceProcess, type ServiceProcess } from '../../support/service-process.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

interface CallOptions {
  readonly secret?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ApiFixture {
  readonly api: ServiceProcess;
  readonly postgres: LocalServer;
  readonly clickhouse: LocalServer;
  readonly redis: LocalServer;
  readonly operatorKey: string;
  readonly env: Readonly<Record<string, string>>;
  /** As the operator, unless `secret` says otherwise; null: without a token. A string as body is sent as it is. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  createCustomer(fields?: object): Promise<{ readonly id: string }>;
  createKey(fields: object, secret?: string): Promise<{ readonly id: string; readonly secret: string }>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 20_000;

export async function startApiFixture(settings: Readonly<Record<string, string>> = {}): Promise<ApiFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-api-'));
  const [postgres, clickhouse, redis] = await Promise.all([
    startPostgres({ dir: join(folder, 'postgres') }),
    startClickHouse({ dir: join(folder, 'clickhouse') }),
    startRedis({ dir: join(folder, 'redis') }),
  ]);
  const operatorKeyFile = join(folder, 'operator-key');
  const env = {
    CLICKHOUSE_URL: clickhouse.url,
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    TOLLGATE_KEY_PEPPER: randomBytes(32).toString('hex'),
    TOLLGATE_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    TOLLGATE_OPERATOR_KEY_FILE: operatorKeyFile,
    TOLLGATE_FILES_DIR: join(folder, 'files'),
    TOLLGATE_LOG_PARTITIONS: '2',
    TOLLGATE_ZONE: 'Europe/Berlin',
    TOLLGATE_CURRENCY: 'EUR',
    ...settings,
  };
  const api = await createServiceProcess({ service: 'api', env });
  await api.start();
  const operatorKey = (await readFile(operatorKeyFile, 'utf8')).trim();

  const call = async (method: string, path: string, options: CallOptions = {}): Promise<Answer> => {
    const { secret = operatorKey, headers = {}, body } = options;
    const res = await fetch(`${api.url}${path}`, {
      method,
      headers: {
        ...(secret === null ? {} : { Authorization: `Bearer ${secret}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await res.text();
    const isJson = /json/.test(res.headers.get('content-type') ?? '');
    return {
      status: res.status,
      headers: res.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : undefined,
    };
  };
  const created = async (path: string, options: CallOptions) => {
    const answer = await call('POST', path, options);
    if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  return {
    api,
    postgres,
    clickhouse,
    redis,
    operatorKey,
    env,
    call,
    createCustomer: (fields = {}) => created('/v1/customers', { body: { name: 'A customer', ...fields } }),
    createKey: (fields, secret = operatorKey) =>
      created('/v1/keys', { secret, body: { name: 'A key', scopes: ['usage:read'], ...fields } }),
    async close() {
      if (api.isRunning()) await api.signal('SIGTERM');
      await Promise.all([postgres.stop(), clickhouse.stop(), redis.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
export async function bodyOf(res: Response): Promise<any> {
  return await res.json();
}

/** What every problem is, whatever its code. */
export function problemOf(status: number, code: string) {
  return {
    status,
    body: {
      type: `urn:tollgate:error:${code}`,
      title: code.replaceAll('_', ' '),
      status,
      code,
      detail: expect.stringMatching(/\.$/),
      request_id: expect.any(String),
    },
  };
}
