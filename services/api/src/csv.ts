// Pages as CSV, page by page as they come.

import { TollgateError } from '@tollgate/domain';
import { csvText } from '@tollgate/runtime';
import type { Page } from '@tollgate/warehouse';

/** More rows than a spreadsheet opens. Past it the download breaks off, so that nobody takes a part for the whole. */
const ROWS_MAX = 1_000_000;

interface CsvOptions<Row> {
  readonly head: readonly string[];
  readonly cellsOf: (row: Row) => readonly string[];
  /** The page after this cursor; the first without one. */
  readonly ask: (cursor: string | undefined) => Promise<Page<Row>>;
  readonly rowsMax?: number;
}

export async function* csvOfPages<Row>(options: CsvOptions<Row>): AsyncGenerator<string> {
  const { head, cellsOf, ask, rowsMax = ROWS_MAX } = options;
  yield csvText([head]);
  let rowCount = 0;
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: Page<Row> = await ask(cursor);
    rowCount += page.rows.length;
    if (rowCount > rowsMax) throw tooManyRows(rowsMax);
    yield csvText(page.rows.map(cellsOf));
    cursor = page.nextCursor;
  }
}

function tooManyRows(rowsMax: number): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: `The answer has more than ${rowsMax} rows. Ask for a shorter period or fewer groups.`,
  });
}
