// A table in as many files as its importer wants it in.

/** Most that is taken in one file. */
export interface ImportLimits<Document> {
  readonly documents: number;
  /** Without the head. */
  readonly rows: number;
  readonly rowsOf: (document: Document) => number;
}

/**
 * The documents of each file, one file after the other: one has to be read to its end before the next is asked for. There is
 * always a first one. What has more rows than are taken stands alone.
 */
export async function* splitTable<Document>(
  documents: AsyncIterable<Document>,
  limits: ImportLimits<Document>,
): AsyncGenerator<AsyncIterable<Document>, void> {
  const source = documents[Symbol.asyncIterator]();
  let next = await source.next();
  const ofOneFile = async function* (): AsyncGenerator<Document, void> {
    let count = 0;
    let rows = 0;
    while (next.done !== true) {
      rows += limits.rowsOf(next.value);
      if (count > 0 && (count === limits.documents || rows > limits.rows)) return;
      count += 1;
      yield next.value;
      next = await source.next();
    }
  };
  do yield ofOneFile();
  while (next.done !== true);
}
