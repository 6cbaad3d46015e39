// Every fault that the system must survive.

import type { LogKind } from '../support/stack.ts';
import type { FaultRow } from './fault-row.ts';
import type { Extent } from './fault-stack.ts';
import { ACCOUNTS_ROWS } from './rows/accounts-rows.ts';
import { COUNTER_ROWS } from './rows/counter-rows.ts';
import { EVERYTHING_ROWS } from './rows/everything-rows.ts';
import { INGEST_ROWS } from './rows/ingest-rows.ts';
import { LIMITS_ROWS } from './rows/limits-rows.ts';
import { LOG_ROWS } from './rows/log-rows.ts';
import { TELLING_ROWS } from './rows/telling-rows.ts';
import { WAREHOUSE_ROWS } from './rows/warehouse-rows.ts';

const MATRIX: readonly FaultRow[] = [
  ...INGEST_ROWS,
  ...LOG_ROWS,
  ...COUNTER_ROWS,
  ...WAREHOUSE_ROWS,
  ...LIMITS_ROWS,
  ...ACCOUNTS_ROWS,
  ...TELLING_ROWS,
  ...EVERYTHING_ROWS,
];

export function rowsOf(log: LogKind, extent: Extent): readonly FaultRow[] {
  return MATRIX.filter((row) => row.logs?.includes(log) !== false && (extent === 'whole' || row.extent === 'pipe'));
}
