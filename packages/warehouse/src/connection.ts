// The one way to ClickHouse: every call has a timeout, nothing is inserted asynchronously, and an answer is whole or an
// error. Without `wait_end_of_query` a query that fails halfway answers 200 and its rows so far, which reads as less usage.

import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseError, type ClickHouseSettings, createClient } from '@clickhouse/client';
import { TollgateError } from '@tollgate/domain';
import { type Column, encodeBlocks } from './native-columns.ts';

/** The longest an insert runs on the server. What is remembered by the server's clock waits longer; see `SETTLED_AFTER_SECONDS`. */
const INSERT_SECONDS_MAX = 60;
const QUERY_SECONDS_MAX = 30;
const STREAM_SECONDS_MAX = 600;
/** A little longer than the server takes to give up. */
const REQUEST_TIMEOUT_MS = (INSERT_SECONDS_MAX + 15) * 1_000;
const READY_TIMEOUT_MS = 3_000;
const RETRY_AFTER_SECONDS = 2;

const SETTINGS: ClickHouseSettings = {
  async_insert: 0,
  wait_end_of_query: 1,
  http_write_exception_in_output_format: 0,
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  max_execution_time: QUERY_SECONDS_MAX,
  // A statement that reads a table twice sees the same rows both times.
  enable_shared_storage_snapshot_in_query: 1,
  // Rows of one key share a partition in every table here.
  do_not_merge_across_partitions_select_final: 1,
};

/** A header now and then keeps the connection from looking dead; Node takes some hundred. */
const LONG_SETTINGS: ClickHouseSettings = {
  max_execution_time: 0,
  send_progress_in_http_headers: 1,
  http_headers_progress_interval_ms: '30000',
};

/** ClickHouse's errors that say "not now" rather than "not so". */
const UNAVAILABLE_CODES: ReadonlySet<string> = new Set([
  '3', // UNEXPECTED_END_OF_FILE
  '159', // TIMEOUT_EXCEEDED
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '236', // ABORTED
  '241', // MEMORY_LIMIT_EXCEEDED
  '242', // TABLE_IS_READ_ONLY
  '252', // TOO_MANY_PARTS
  '394', // QUERY_WAS_CANCELLED
  '395', // FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: a fence of ours
]);

export type QueryParams = Readonly<Record<string, unknown>>;

interface InsertOptions<Row> {
  /** Ends before `FORMAT`. */
  readonly sql: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly params?: QueryParams;
}

interface StreamOptions {
  /** Ends with its `FORMAT`. */
  readonly sql: string;
  readonly params: QueryParams;
  readonly settings: ClickHouseSettings;
}

export interface Connection {
  select<Row>(sql: string, params?: QueryParams): Promise<Row[]>;
  /** A statement without an answer, such as `INSERT … SELECT`. */
  run(sql: string, params?: QueryParams): Promise<void>;
  /** A statement that may take as long as it takes, such as one that rewrites a table. */
  runLong(sql: string): Promise<void>;
  insert<Row>(options: InsertOptions<Row>): Promise<void>;
  /** An answer as bytes, which may take its time. It begins when the server has all of it. */
  stream(options: StreamOptions): AsyncIterable<Uint8Array>;
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface Endpoint {
  /** Scheme, host and port. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

export function connect(endpoint: Endpoint): Connection {
  const client: ClickHouseClient = createClient({
    ...endpoint,
    request_timeout: REQUEST_TIMEOUT_MS,
    max_open_connections: 16,
    clickhouse_settings: SETTINGS,
    log: { level: 127 },
  });
  return {
    async select<Row>(sql: string, params: QueryParams = {}) {
      return await translated(async () => {
        const result = await client.query({ query: sql, query_params: { ...params }, format: 'JSONEachRow' });
        return await result.json<Row>();
      });
    },
    async run(sql, params = {}) {
      await translated(async () => {
        const settings = { max_execution_time: INSERT_SECONDS_MAX };
        await client.command({ query: sql, query_params: { ...params }, clickhouse_settings: settings });
      });
    },
    async runLong(sql) {
      await translated(async () => {
        await client.command({ query: sql, clickhouse_settings: LONG_SETTINGS });
      });
    },
    async insert({ sql, columns, rows, params = {} }) {
      if (rows.length === 0) return;
      await translated(async () => {
        const { stream } = await client.exec({
          query: `${sql} FORMAT Native`,
          values: Readable.from(encodeBlocks(columns, rows), { objectMode: false }),
          query_params: { ...params },
          clickhouse_settings: { max_execution_time: INSERT_SECONDS_MAX },
        });
        for await (const _ of stream);
      });
    },
    async *stream({ sql, params, settings }) {
      const { stream } = await translated(() =>
        client.exec({
          query: sql,
          query_params: { ...params },
          clickhouse_settings: { ...LONG_SETTINGS, ...settings, max_execution_time: STREAM_SECONDS_MAX },
        }),
      );
      for await (const chunk of stream) yield chunk;
    },
    async ready() {
      await translated(async () => {
        const signal = AbortSignal.timeout(READY_TIMEOUT_MS);
        const result = await client.query({ query: 'SELECT 1', format: 'JSONEachRow', abort_signal: signal });
        await result.json();
      });
    },
    async close() {
      await client.close();
    },
  };
}

/** A failure that may pass becomes `unavailable`; everything else is a defect and stays as it is. */
async function translated<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TollgateError) throw error;
    if (error instanceof ClickHouseError && !UNAVAILABLE_CODES.has(error.code)) throw error;
    throw new TollgateError({
      code: 'unavailable',
      detail: 'The warehouse does not answer at the moment. Try again.',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause: error,
    });
  }
}

const DATABASE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** `http://user:password@host:port/database`; user and database are `default` where they are missing. */
export function parseEndpoint(url: string): Endpoint {
  const parsed = new URL(url);
  const database = decodeURIComponent(parsed.pathname.slice(1)) || 'default';
  if (!DATABASE_NAME.test(database)) throw new TypeError('The database of the ClickHouse URL is not a plain name.');
  return {
    url: `${parsed.protocol}//${parsed.host}`,
    username: decodeURIComponent(parsed.username) || 'default',
    password: decodeURIComponent(parsed.password),
    database,
  };
}
