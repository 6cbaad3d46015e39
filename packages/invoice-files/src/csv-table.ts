// A CSV file of any number of invoices, some rows at a time.

import type { CanonicalInvoice } from '@tollgate/domain';
import { csvText } from '@tollgate/runtime';

/** Rows that are in memory at once. */
const ROWS_MAX = 500;

export interface CsvTable {
  readonly head: readonly string[];
  /** Texts that others choose come out of `textCell`. */
  readonly rowsOf: (invoice: CanonicalInvoice) => Iterable<readonly string[]>;
}

/** UTF-8 without a mark, records that end with CRLF, one head. */
export function csvWriter({ head, rowsOf }: CsvTable) {
  return async function* write(invoices: AsyncIterable<CanonicalInvoice>): AsyncGenerator<Uint8Array, void> {
    const encoder = new TextEncoder();
    let rows: (readonly string[])[] = [head];
    for await (const invoice of invoices) {
      for (const row of rowsOf(invoice)) {
        rows.push(row);
        if (rows.length < ROWS_MAX) continue;
        yield encoder.encode(csvText(rows));
        rows = [];
      }
    }
    if (rows.length > 0) yield encoder.encode(csvText(rows));
  };
}
