// A CSV file of any number of documents, some rows at a time.

import { csvText } from '@tollgate/runtime';

/** Rows that are in memory at once. */
const ROWS_MAX = 500;

export interface CsvTable<Document> {
  readonly head: readonly string[];
  /** Texts that others choose come out of `textCell`. */
  readonly rowsOf: (document: Document) => Iterable<readonly string[]>;
}

/** UTF-8 without a mark, records that end with CRLF, one head. */
export function csvWriter<Document>({ head, rowsOf }: CsvTable<Document>) {
  return async function* write(documents: AsyncIterable<Document>): AsyncGenerator<Uint8Array, void> {
    const encoder = new TextEncoder();
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
