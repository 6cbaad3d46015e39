// A CSV file of any number of documents, some rows at a time.

import { csvText } from '@tollgate/runtime';

/** Rows that are in memory at once. */
const ROWS_MAX = 500;

/** Spreadsheets take a file without it for one of another encoding, and programs take it for a part of the first column's name. */
const BYTE_ORDER_MARK = '\ufeff';

export interface CsvTable<Document> {
  readonly opensIn: 'spreadsheets' | 'programs';
  readonly head: readonly string[];
  /** Texts that others choose come out of `textCell`. */
  readonly rowsOf: (document: Document) => Iterable<readonly string[]>;
}

/** UTF-8, records that end with CRLF, one head. */
export function csvWriter<Document>({ opensIn, head, rowsOf }: CsvTable<Document>) {
  return async function* write(documents: AsyncIterable<Document>): AsyncGenerator<Uint8Array, void> {
    const encoder = new TextEncoder();
    if (opensIn === 'spreadsheets') yield encoder.encode(BYTE_ORDER_MARK);
    let rows: (readonly string[])[] = [head];
    for await (const document of documents) {
      for (const row of rowsOf(document)) {
        rows.push(row);
        if (rows.length < ROWS_MAX) continue;
        yield encoder.encode(csvText(rows));
        rows = [];
      }
    }
    if (rows.length > 0) yield encoder.encode(csvText(rows));
  };
}
