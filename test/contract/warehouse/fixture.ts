// A real ClickHouse for a test file, and a fresh database for each test.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalServer, startClickHouse } from '@tollgate/local';
import { createClickHouseWarehouse, type Warehouse } from '@tollgate/warehouse';

export interface WarehouseServer {
  readonly server: LocalServer;
  fresh(): Promise<TestWarehouse>;
  /** A database without a schema. */
  empty(): Promise<TestWarehouse>;
  close(): Promise<void>;
}

export interface TestWarehouse {
  readonly warehouse: Warehouse;
  /** Of the database; for another process's warehouse. */
  readonly url: string;
  /** Behind the warehouse's back. */
  sql(statement: string): Promise<string>;
}

export async function startWarehouseServer(): Promise<WarehouseServer> {
  const dir = await mkdtemp(join(tmpdir(), 'tollgate-warehouse-'));
  const server = await startClickHouse({ dir });
  const opened: Warehouse[] = [];
  let databases = 0;
  const empty = async (): Promise<TestWarehouse> => {
    databases += 1;
    const database = `test_${databases}`;
    await runSql(server.url, { database: 'default', statement: `CREATE DATABASE ${database}` });
    const url = `${server.url}/${database}`;
    // No insert is under way when a test asks, so an hour may be trusted as soon as it is summed.
    const warehouse = createClickHouseWarehouse({ url, unsafeSettledAfterSeconds: 0 });
    opened.push(warehouse);
    return { warehouse, url, sql: (statement) => runSql(server.url, { database, statement }) };
  };
  return {
    server,
    empty,
    async fresh() {
      const test = await empty();
      await test.warehouse.migrate();
      return test;
    },
    async close() {
      for (const warehouse of opened) await warehouse.close();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function runSql(url: string, query: { readonly database: string; readonly statement: string }): Promise<string> {
  const res = await fetch(
    `${url}/?database=${query.database}&wait_end_of_query=1&mutations_sync=1&lightweight_deletes_sync=1`,
    {
      method: 'POST',
      body: query.statement,
      headers: { connection: 'close' },
    },
  );
  const text = await res.text();
  if (!res.ok) throw new Error(text);
  return text.trim();
}
