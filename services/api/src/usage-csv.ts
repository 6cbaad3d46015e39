// Usage as CSV by RFC 4180, row by row as the pages come, safe to open in a spreadsheet.

import { formatTimestamp, TOKEN_CLASSES, TollgateError } from '@tollgate/domain';
import type { Page, UsageBucket, UsageQuery } from '@tollgate/warehouse';
import { decimalOfPico } from './money.ts';

/** More rows than a spreadsheet opens. Past it the download breaks off, so that nobody takes a part for the whole. */
const ROWS_MAX = 1_000_000;

/** A cell that begins so is a formula to a spreadsheet, and its text comes from whoever reports usage. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

interface UsageCsvOptions {
  readonly ask: (question: UsageQuery) => Promise<Page<UsageBucket>>;
  readonly question: UsageQuery;
  readonly rowsMax?: number;
}

export async function* usageCsv(options: UsageCsvOptions): AsyncGenerator<string> {
  const { ask, question, rowsMax = ROWS_MAX } = options;
  const { groupBy } = question;
  const groups = groupBy.map((field) => `group.${field}`);
  const tokens = TOKEN_CLASSES.map((tokenClass) => `tokens.${tokenClass}`);
  yield toLine(['start', 'end', ...groups, ...tokens, ...COUNTS]);
  let rowCount = 0;
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await ask(cursor === undefined ? question : { ...question, cursor });
    rowCount += page.rows.length;
    if (rowCount > rowsMax) throw tooManyRows(rowsMax);
    yield page.rows.map((row) => toLine(cellsOf(row, groupBy))).join('');
    cursor = page.nextCursor;
  }
}

const COUNTS = ['requests', 'web_searches', 'events', 'cost', 'unpriced_events'];

function cellsOf(row: UsageBucket, groupBy: readonly string[]): readonly string[] {
  return [
    formatTimestamp(row.startMs),
    formatTimestamp(row.endMs),
    ...groupBy.map((field) => textCell(row.group[field] ?? '')),
    ...TOKEN_CLASSES.map((tokenClass) => String(row.tokens[tokenClass] ?? 0n)),
    String(row.requests),
    String(row.webSearches),
    String(row.events),
    decimalOfPico(row.costPico),
    String(row.unpricedEvents),
  ];
}

/** An apostrophe makes a spreadsheet take what follows for text. */
function textCell(text: string): string {
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
