// Import and export of prices, as CSV and JSON: many at once, checked row by row, all or none.

import type { AccountRecords, NewPrice as NewPriceVersion } from '@tollgate/accounts';
import type { FieldError, Price } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { auditOf } from './audit.ts';
import { csvOfPages } from './csv.ts';
import { CustomerId } from './customers.ts';
import { decideImport, placeOf, standing } from './decide-import.ts';
import { toJsonText } from './json-text.ts';
import { LINE, PRICE_COLUMNS, priceCells, pricesFromCsv } from './price-csv.ts';
import { NewPrice, type NewPriceBody, PriceSchema, priceJson } from './price-json.ts';
import { invalidPrice, mustBeOperator, priceContext, untilKnown } from './prices.ts';
import { readPrice } from './read-price.ts';
import { type Answer, type Call, defineRoute, type Route } from './route.ts';
import { Count } from './schemas.ts';
import { confinedTo } from './tenancy.ts';
import { toFieldErrors } from './validation-errors.ts';

const ROWS_MAX = 10_000;
const BODY_BYTES_MAX = 5 * 1024 * 1024;
const SHOWN_MAX = 1_000;
const PAGE_ROWS = 5_000;

const ImportQuery = Type.Object(
  {
    dry_run: Type.Optional(Type.Enum(['true', 'false'], { description: '`true`: checks and counts, makes nothing.' })),
  },
  { additionalProperties: false },
);

const ExportQuery = Type.Object(
  {
    format: Type.Optional(Type.Enum(['csv', 'json'], { default: 'csv' })),
    customer: Type.Optional(
      Type.Union([CustomerId, Type.Literal('list')], { description: "A customer's, or `list`. Absent: all." }),
    ),
  },
  { additionalProperties: false },
);

const ImportSchema = Type.Object({
  dry_run: Type.Boolean(),
  created: Count,
  unchanged: Count,
  data: Type.Array(Type.Partial(PriceSchema), { description: `What was made, or would be: ${SHOWN_MAX} at most.` }),
});

export function priceFileRoutes(options: { readonly clock: Clock; readonly newId: IdGenerator }): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/prices/import',
      operationId: 'importPrices',
      tag: 'Prices',
      summary: 'Import prices from CSV or JSON',
      description: `Up to ${ROWS_MAX} rows, all or none. JSON: an array of bodies of \`POST /v1/prices\`. CSV: a header with any of ${PRICE_COLUMNS.join(', ')}; context as \`over 200000\` or \`from 200000\`; an empty amount ends the price. A row that says what is there already makes nothing. Errors name the line.`,
      scope: 'billing:write',
      query: ImportQuery,
      body: Type.Array(Type.Record(Type.String(), Type.Unknown()), { minItems: 1, maxItems: ROWS_MAX }),
      bodyBytesMax: BODY_BYTES_MAX,
      bodyReaders: { 'text/csv': pricesFromCsv },
      success: { status: 200, schema: ImportSchema },
      errors: ['customer_mismatch', 'conflict'],
      handle: (call) => importPrices(call, options),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/prices/export',
      operationId: 'exportPrices',
      tag: 'Prices',
      summary: 'Export prices as CSV or JSON',
      description: 'Every version that is or will be in force at some time, in the form that the import takes.',
      scope: 'billing:read',
      query: ExportQuery,
      success: { status: 200, schema: Type.Array(NewPrice), alternatives: ['text/csv'] },
      errors: ['customer_mismatch'],
      handle: exportPrices,
    }),
  ];
}

async function importPrices(
  call: Call<Static<typeof ImportQuery>, readonly Record<string, unknown>[]>,
  options: { readonly clock: Clock; readonly newId: IdGenerator },
): Promise<Answer> {
  const { body, query, records } = call;
  mustBeOperator(confinedTo(call.caller));
  const rows = checkRows(body);
  const context = await priceContext(call, { ...options, bodies: rows.map((row) => row.price) });
  const wanted = readRows(rows, (price) => readPrice(price, context));

  await records.lockPrices();
  const { create, unchanged } = decideImport(await allPrices(records), wanted);
  const isDry = query.dry_run === 'true';
  const made = isDry ? [] : await records.createPrices(create);
  if (made.length > 0) {
    await records.appendAudit(
      auditOf(call, {
        action: 'prices.imported',
        customerId: null,
        subject: { type: 'price', id: made[0]?.id ?? '' },
        before: null,
        after: { created: made.length, unchanged, ids: made.map(({ id }) => id) },
      }),
    );
  }
  const shown = isDry ? create.map((price) => ({ ...price, knownFromMs: price.createdAtMs })) : made;
  return {
    kind: 'json',
    status: 200,
    body: { dry_run: isDry, created: create.length, unchanged, data: shown.slice(0, SHOWN_MAX).map(priceJson) },
    afterCommit: () => untilKnown(made, options.clock),
  };
}

interface Row {
  readonly price: NewPriceBody;
  /** What comes before an error's sentence. */
  readonly label: string;
}

const rowCheck = Compile(NewPrice);
const isPriceBody = (value: unknown): value is NewPriceBody => rowCheck.Check(value);

function checkRows(body: readonly Record<string, unknown>[]): readonly Row[] {
  const rows: Row[] = [];
  const errors: FieldError[] = [];
  for (const [index, { [LINE]: line, ...price }] of body.entries()) {
    const label = typeof line === 'number' ? `Line ${line}: ` : '';
    if (isPriceBody(price)) rows.push({ price, label });
    else errors.push(...toFieldErrors(rowCheck.Errors(price)).map((error) => inRow(error, { index, label })));
  }
  if (errors.length > 0) throw invalidPrice(errors);
  return rows;
}

function readRows(
  rows: readonly Row[],
  read: (price: NewPriceBody) => ReturnType<typeof readPrice>,
): readonly NewPriceVersion[] {
  const wanted: NewPriceVersion[] = [];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { price, label }] of rows.entries()) {
    const result = read(price);
    if (result.kind === 'flawed') {
      errors.push(...result.errors.map((error) => inRow(error, { index, label })));
      continue;
    }
    const place = placeOf(result.version);
    if (seen.has(place)) {
      errors.push(
        inRow({ pointer: '', detail: 'is about the same price and beginning as a row before.' }, { index, label }),
      );
    }
    seen.add(place);
    wanted.push(result.version);
  }
  if (errors.length > 0) throw invalidPrice(errors);
  return wanted;
}

function inRow(
  { pointer, detail }: FieldError,
  { index, label }: { readonly index: number; readonly label: string },
): FieldError {
  const name = label === '' || pointer === '' ? '' : `\`${pointer.slice(1)}\` `;
  return { pointer: `/${index}${pointer}`, detail: `${label}${name}${detail}` };
}

async function exportPrices({ caller, query, records }: Call<Static<typeof ExportQuery>, unknown>): Promise<Answer> {
  mustBeOperator(confinedTo(caller));
  const { customer } = query;
  const prices = standing(await allPrices(records, customer === 'list' ? null : customer));
  if (query.format === 'json') {
    return file('application/json', 'prices.json', [toJsonText(prices.map(importJson))]);
  }
  return file(
    'text/csv; charset=utf-8; header=present',
    'prices.csv',
    csvOfPages({ head: PRICE_COLUMNS, cellsOf: priceCells, ask: async () => ({ rows: prices, nextCursor: null }) }),
  );
}

function file(contentType: string, name: string, chunks: Iterable<string> | AsyncIterable<string>): Answer {
  const headers = { 'Content-Disposition': `attachment; filename="${name}"` };
  return { kind: 'text', contentType, headers, chunks: asStream(chunks) };
}

async function* asStream(chunks: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  yield* chunks;
}

function importJson(price: Price) {
  const { id, per, known_from, created_at, created_by, ...given } = priceJson(price);
  return given;
}

/** There is a bound on all of them. `customerId` null: the list's; undefined: everyone's. */
async function allPrices(records: AccountRecords, customerId?: string | null): Promise<readonly Price[]> {
  const found: Price[] = [];
  for (;;) {
    const after = found.at(-1)?.id;
    const page = await records.prices({
      limit: PAGE_ROWS,
      ...(after === undefined ? {} : { after }),
      ...(customerId === undefined ? {} : { customerId }),
    });
    found.push(...page);
    if (page.length < PAGE_ROWS) return found;
  }
}
