// Stores a batch whatever it takes. While the warehouse is away it is tried again for as long as the partition is ours; rows
// that it refuses for what they hold are found by halving and become dead letters, so that they block nothing.

import { setTimeout as pause } from 'node:timers/promises';
import { TollgateError } from '@tollgate/domain';
import type { OffsetRange, Warehouse } from '@tollgate/warehouse';
import type { RecordRows } from './batch-rows.ts';

export interface StoreOptions {
  readonly warehouse: Pick<Warehouse, 'store'>;
  readonly range: OffsetRange;
  readonly signal: AbortSignal;
  /** Puts the record into the dead letters and gives what is stored for it instead. */
  readonly bury: (rows: RecordRows, detail: string) => Promise<RecordRows>;
  readonly onRetry: (error: unknown) => void;
}

const RETRY_FIRST_MS = 200;
const RETRY_MAX_MS = 10_000;

/** ClickHouse's codes for a value that it cannot take. Any other refusal is about the server or the schema, not the row. */
const CONTENT_CODES: ReadonlySet<string> = new Set([
  '6', // CANNOT_PARSE_TEXT
  '26', // CANNOT_PARSE_QUOTED_STRING
  '27', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '33', // CANNOT_READ_ALL_DATA
  '38', // CANNOT_PARSE_DATE
  '41', // CANNOT_PARSE_DATETIME
  '69', // ARGUMENT_OUT_OF_BOUND
  '70', // CANNOT_CONVERT_TYPE
  '72', // CANNOT_PARSE_NUMBER
  '117', // INCORRECT_DATA
  '128', // TOO_LARGE_ARRAY_SIZE
  '131', // TOO_LARGE_STRING_SIZE
  '321', // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  '349', // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  '407', // DECIMAL_OVERFLOW
  '469', // VIOLATED_CONSTRAINT
]);

/** Resolves when every row, or the letter in its place, is stored; rejects when `signal` is aborted. */
export async function storeRows(rows: readonly RecordRows[], options: StoreOptions): Promise<void> {
  for (let failures = 0; ; failures++) {
    options.signal.throwIfAborted();
    try {
      await storeOnce(rows, options);
      return;
    } catch (error) {
      options.signal.throwIfAborted();
      if (isRefusedContent(error)) {
        await storeHalves(rows, error, options);
        return;
      }
      options.onRetry(error);
      const pauseMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(failures, 10));
      await pause(pauseMs, undefined, { signal: options.signal });
    }
  }
}

async function storeOnce(rows: readonly RecordRows[], { warehouse, range }: StoreOptions): Promise<void> {
  await warehouse.store({
    range,
    receipts: rows.map(({ receipt }) => receipt),
    usage: rows.flatMap(({ usage }) => (usage === null ? [] : [usage])),
  });
}

async function storeHalves(rows: readonly RecordRows[], error: unknown, options: StoreOptions): Promise<void> {
  const [only] = rows;
  if (only !== undefined && rows.length === 1) {
    // A receipt alone holds nothing that could be refused; if it is, the schema is at fault, and a person has to see to it.
    if (only.usage === null) throw error;
    await storeRows(
      [await options.bury(only, 'The warehouse refuses the row of this event for what it holds.')],
      options,
    );
    return;
  }
  const middle = rows.length >> 1;
  // Only the last piece says that the range is stored.
  const { range } = options;
  await storeRows(rows.slice(0, middle), { ...options, range: { ...range, nextOffset: range.firstOffset } });
  await storeRows(rows.slice(middle), options);
}

/** A `RangeError` comes from encoding a number that its column cannot hold. */
export function isRefusedContent(error: unknown): boolean {
  if (error instanceof RangeError) return true;
  if (error instanceof TollgateError || !(error instanceof Error)) return false;
  return 'code' in error && CONTENT_CODES.has(String(error.code));
}
