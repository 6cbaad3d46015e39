// Prices as CSV: what is exported can be imported again, and the list that is shipped is such a file.

import { formatDecimal, formatTimestamp, type Price, TollgateError } from '@tollgate/domain';
import { textCell } from '@tollgate/runtime';
import { CsvError, parse } from 'csv-parse/sync';
import { AMOUNT_DIGITS } from './price-json.ts';

export const PRICE_COLUMNS = [
  'customer',
  'provider',
  'model',
  'class',
  'service_tier',
  'context',
  'region',
  'amount',
  'currency',
  'effective_from',
  'effective_to',
  'source',
  'note',
] as const;

/** Where an imported row stands in its file, for errors. */
export const LINE = 'line';

const CONTEXT = /^(over|from) (\d{1,15})$/;
/** Put before what a spreadsheet would take for a formula. */
const GUARDED = /^'(?=[=+\-@\t\r])/;

/** The rows as bodies of `POST /v1/prices`, unchecked, each with its line. An empty cell says nothing. */
export function pricesFromCsv(text: string): readonly Record<string, unknown>[] {
  const rows = recordsOf(text);
  return rows.map(({ record, info }) => {
    const row: Record<string, unknown> = { [LINE]: info.lines, amount: null };
    for (const [name, cell] of Object.entries(record)) {
      if (cell !== '') row[name] = name === 'context' ? contextOf(cell) : cell.replace(GUARDED, '');
    }
    return row;
  });
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

function recordsOf(text: string): readonly CsvRecord[] {
  try {
    // One kind of line ends: within quotes the parser counts two lines where there are two characters.
    return parse<CsvRecord>(text.replaceAll(/\r\n?/g, '\n'), {
      bom: true,
      columns: (names: string[]) => names.map((name) => name.trim()),
      info: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new TollgateError({
      code: 'validation_failed',
      detail: 'The body is not CSV by RFC 4180 with a header. See `errors`.',
      errors: [{ pointer: '', detail: `Line ${String(error['lines'] ?? '?')}: ${error.code}.` }],
      cause: error,
    });
  }
}

/** Another text is left for the check to refuse. */
function contextOf(cell: string): unknown {
  const match = CONTEXT.exec(cell);
  return match === null ? cell : { [match[1] ?? '']: Number(match[2]) };
}

export function priceCells(price: Price): readonly string[] {
  const { context } = price;
  return [
    price.customerId ?? '',
    price.provider,
    price.model,
    price.class,
    price.serviceTier,
    context === null ? '' : `${context.isInclusive ? 'from' : 'over'} ${context.threshold}`,
    price.region ?? '',
    price.amountMicros === null ? '' : formatDecimal(price.amountMicros, AMOUNT_DIGITS),
    price.currency,
    formatTimestamp(price.effectiveFromMs),
    price.effectiveToMs === null ? '' : formatTimestamp(price.effectiveToMs),
    price.source ?? '',
    price.note ?? '',
  ].map(textCell);
}
