// The warehouse on ClickHouse: one function a file, put together here.

import { connect, parseEndpoint } from './connection.ts';
import { migrate } from './migrate.ts';
import { store } from './store.ts';
import type { Warehouse } from './warehouse.ts';

export interface ClickHouseWarehouseOptions {
  /** `http://user:password@host:port/database`. `migrate` creates the database if it is missing. */
  readonly url: string;
}

export function createClickHouseWarehouse(options: ClickHouseWarehouseOptions): Warehouse {
  const endpoint = parseEndpoint(options.url);
  const connection = connect(endpoint);
  return {
    migrate: () => migrate(endpoint, connection),
    ready: () => connection.ready(),
    close: () => connection.close(),
    store: (batch) => store(connection, batch),
  } as Warehouse;
}
