// Up to when everything that was accepted is stored. Watermarks only ever grow; the newest log speaks for all.

import type { Connection } from './connection.ts';
import { type Column, instant, uint32 } from './native-columns.ts';
import { loadSql } from './sql.ts';
import type { PartitionWatermark } from './warehouse.ts';

const AS_OF_SQL = loadSql('as-of');

const COLUMNS: readonly Column<PartitionWatermark>[] = [
  uint32('log_epoch', (mark) => mark.epoch),
  uint32('log_partition', (mark) => mark.partition),
  instant('as_of', (mark) => mark.asOfMs),
];

export async function recordProgress(connection: Connection, marks: readonly PartitionWatermark[]): Promise<void> {
  const sql = `INSERT INTO partition_progress (${COLUMNS.map(({ name }) => name).join(', ')})`;
  await connection.insert({ sql, columns: COLUMNS, rows: marks });
}

export async function asOf(connection: Connection, partitions: number): Promise<number | null> {
  const [row] = await connection.select<{ as_of_ms: string }>(AS_OF_SQL, { partitions });
  return row === undefined ? null : Number(row.as_of_ms);
}
