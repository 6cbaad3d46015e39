// FOCUS 1.2 as CSV.

import { type CanonicalInvoice, exactText } from '@tollgate/domain';
import { textCell } from '@tollgate/runtime';
import { csvWriter } from './csv-table.ts';
import { FOCUS_COLUMNS, type FocusColumnName, type FocusRow, focusTime } from './focus-columns.ts';
import { focusRows } from './focus-rows.ts';

const NAMES = Object.keys(FOCUS_COLUMNS) as readonly FocusColumnName[];

export const writeFocusCsv = csvWriter<CanonicalInvoice>({
  opensIn: 'programs',
  head: NAMES,
  *rowsOf(invoice) {
    for (const row of focusRows(invoice)) yield NAMES.map((name) => cellOf(row, name));
  },
});

/** Null is an empty cell. */
function cellOf(row: FocusRow, name: FocusColumnName): string {
  const value = row[name];
  if (value === null) return '';
  if (typeof value === 'string') return textCell(value);
  return typeof value === 'number' ? focusTime(value) : withPoint(exactText(value));
}

/** Readers that guess a type take a column of whole numbers for integers, and the standard wants decimals. */
function withPoint(decimal: string): string {
  return decimal.includes('.') ? decimal : `${decimal}.0`;
}
