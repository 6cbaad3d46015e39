// Pages as CSV by RFC 4180, row by row as they come, safe to open in a spreadsheet.

import { TollgateError } from '@tollgate/domain';
import type { Page } from '@tollgate/warehouse';

/** More rows than a spreadsheet opens. Past it the download breaks off, so that nobody takes a part for the whole. */
const ROWS_MAX = 1_000_000;

/** A cell that begins so is a formula to a spreadsheet, and its text comes from whoever reports usage. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

interface CsvOptions<Row> {
  readonly head: readonly string[];
  readonly cellsOf: (row: Row) => readonly string[];
  /** The page after this cursor; the first without one. */
  readonly ask: (cursor: string | undefined) => Promise<Page<Row>>;
  readonly rowsMax?: number;
}

export async function* csvOfPages<Row>(options: CsvOptions<Row>): AsyncGenerator<string> {
  const { head, cellsOf, ask, rowsMax = ROWS_MAX } = options;
  yield toLine(head);
  let rowCount = 0;
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: Page<Row> = await ask(cursor);
    rowCount += page.rows.length;
    if (rowCount > rowsMax) throw tooManyRows(rowsMax);
    yield page.rows.map((row) => toLine(cellsOf(row))).join('');
    cursor = page.nextCursor;
  }
}

/** An apostrophe makes a spreadsheet take what follows for text. */
export function textCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function toLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}

function tooManyRows(rowsMax: number): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: `The answer has more than ${rowsMax} rows. Ask for a shorter period or fewer groups.`,
  });
}
