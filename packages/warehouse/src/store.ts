// Stores what came of a batch. Each step can be repeated, and the order makes a crash between any two harmless: marks
// before rows, usage before the receipts that vouch for it, the range of offsets last.

import type { UsageRow } from '@tollgate/domain';
import type { Connection } from './connection.ts';
import { insertMarked } from './marked-insert.ts';
import { type Column, uint32, uint64 } from './native-columns.ts';
import { RECEIPT_COLUMNS, type StoredReceipt, USAGE_COLUMNS } from './stored-columns.ts';
import type { OffsetRange, StoredBatch } from './warehouse.ts';

const RANGE_COLUMNS: readonly Column<OffsetRange>[] = [
  uint32('log_epoch', (range) => range.epoch),
  uint32('log_partition', (range) => range.partition),
  uint64('first_offset', (range) => range.firstOffset),
  uint64('next_offset', (range) => range.nextOffset),
];

export async function store(connection: Connection, batch: StoredBatch): Promise<void> {
  const { range, receipts, usage } = batch;
  await insertMarked(connection, { columns: USAGE_COLUMNS, rows: usage, at: (row) => row });
  await connection.insert({
    sql: `INSERT INTO receipts (${namesOf(RECEIPT_COLUMNS)})`,
    columns: RECEIPT_COLUMNS,
    rows: storedReceipts(batch),
  });
  if (range.nextOffset <= range.firstOffset && receipts.length === 0) return;
  const sql = `INSERT INTO consumed_ranges (${namesOf(RANGE_COLUMNS)})`;
  await connection.insert({ sql, columns: RANGE_COLUMNS, rows: [range] });
}

function storedReceipts({ receipts, usage }: StoredBatch): StoredReceipt[] {
  const rows = new Map<bigint, UsageRow>();
  for (const row of usage) rows.set(row.position, row);
  return receipts.map((receipt) => {
    const row = rows.get(receipt.position);
    return { receipt, keyId: row?.keyId ?? receipt.reporterKeyId, model: row?.model ?? '' };
  });
}

function namesOf<Row>(columns: readonly Column<Row>[]): string {
  return columns.map(({ name }) => name).join(', ');
}
