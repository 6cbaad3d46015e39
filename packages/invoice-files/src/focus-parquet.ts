// FOCUS 1.2 as Parquet. Amounts are `DECIMAL(38, 18)`, which is what the standard's decimals are: a double holds no cent.
// Times are timestamps in UTC, and what is null is null.

import { type CanonicalInvoice, roundHalfUp } from '@tollgate/domain';
import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { FOCUS_COLUMNS, FOCUS_DIGITS, type FocusColumnName, type FocusRow } from './focus-columns.ts';
import { focusRows } from './focus-rows.ts';

/** Rows that are in memory at once. */
const ROWS_PER_GROUP = 5_000;
const DECIMAL_PRECISION = 38;
const DECIMAL_BYTES = 16;

const NAMES = Object.keys(FOCUS_COLUMNS) as readonly FocusColumnName[];

const PHYSICAL: Readonly<Record<'text' | 'decimal' | 'time', Partial<SchemaElement>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  decimal: {
    ...{ type: 'FIXED_LEN_BYTE_ARRAY', type_length: DECIMAL_BYTES },
    ...{ converted_type: 'DECIMAL', precision: DECIMAL_PRECISION, scale: FOCUS_DIGITS },
  },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
};

export async function* writeFocusParquet(invoices: AsyncIterable<CanonicalInvoice>): AsyncGenerator<Uint8Array, void> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema: SCHEMA, createdBy: 'Tollgate' });
  let rows: FocusRow[] = [];
  const flush = async (): Promise<Uint8Array> => {
    const columnData = NAMES.map((name) => columnOf(rows, name));
    if (rows.length > 0) await writer.write({ columnData, rowGroupSize: rows.length });
    rows = [];
    return taken(bytes);
  };
  for await (const invoice of invoices) {
    for (const row of focusRows(invoice)) {
      rows.push(row);
      if (rows.length === ROWS_PER_GROUP) yield await flush();
    }
  }
  yield await flush();
  await writer.finish();
  yield taken(bytes);
}

const SCHEMA: SchemaElement[] = [
  { name: 'focus', num_children: NAMES.length },
  ...NAMES.map((name): SchemaElement => {
    const { type, isNullable } = FOCUS_COLUMNS[name];
    return { name, repetition_type: isNullable ? 'OPTIONAL' : 'REQUIRED', ...PHYSICAL[type] };
  }),
];

function columnOf(rows: readonly FocusRow[], name: FocusColumnName): ColumnSource {
  return { name, data: rows.map((row) => storedValue(row[name])) };
}

function storedValue(value: FocusRow[FocusColumnName]): string | bigint | null {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'number' ? BigInt(value) : roundHalfUp(value, FOCUS_DIGITS);
}

/** What was written since it was taken before: the writer counts on from there. */
function taken(bytes: ByteWriter): Uint8Array {
  const chunk = bytes.getBytes().slice();
  bytes.index = 0;
  return chunk;
}
