// CSV by RFC 4180, safe to open in a spreadsheet: the one place where cells become text.

import { stringify } from 'csv-stringify/sync';

/** A cell that begins so is a formula to a spreadsheet, and its text comes from whoever reports usage. */
const FORMULA = /^[=+\-@\t\r]/;

/** Records end with CRLF; cells are quoted where they need it. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((cells) => [...cells]),
    { record_delimiter: 'windows' },
  );
}

/**
 * A cell whose text others choose: an apostrophe makes a spreadsheet take what follows for text. Not for numbers, so that
 * a negative amount stays one.
 */
export function textCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}
