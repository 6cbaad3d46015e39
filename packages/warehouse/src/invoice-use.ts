// What invoices are made from: a customer's use of a span up to a place in the log, from the events themselves; the same
// added up in another way, to be held against it; and the rows, to calculate all of it again.

import {
  COST_CLASSES,
  type CostClass,
  type DayUse,
  dateTextAt,
  exact,
  fromPico,
  mergeUse,
  type Provenance,
  TOKEN_CLASSES,
  type TokenClass,
  type UseGroup,
  ZERO,
} from '@tollgate/domain';
import { runsParams, runsSql } from './arithmetic-runs.ts';
import { bucketsOf } from './buckets.ts';
import type { Connection, QueryParams } from './connection.ts';
import type { InvoiceRow, InvoiceRowsQuery, InvoiceSpan, InvoiceSpans, InvoiceTotals, OfEach } from './invoices.ts';
import { HOUR_MS } from './marked-insert.ts';
import { parseProvenance } from './provenance.ts';
import type { RowKey } from './rerates.ts';
import { fillSql, loadSql } from './sql.ts';
import { type UsageAnswer, usageRowOf } from './stored-rows.ts';
import { untilSql } from './until.ts';
import { STORED_SQL, withdrawnSql } from './withdrawn-rows.ts';

const USE_SQL = loadSql('invoice-use');
const TOTALS_SQL = loadSql('invoice-totals');
const ROWS_SQL = loadSql('invoice-rows');
const ROW_COLUMNS = loadSql('usage-columns');

type UsedClass = Exclude<CostClass, 'meter'>;
const USED_CLASSES = COST_CLASSES.filter((name): name is UsedClass => name !== 'meter');

/** `('input', input, class_costs[1])` for each class; what is past the end of the array is 0. */
const PARTS_SQL = `[${USED_CLASSES.map((name) => `('${name}', ${name}, class_costs[${COST_CLASSES.indexOf(name) + 1}])`).join(', ')}]`;

interface UseAnswer {
  readonly customer_id: string;
  readonly project_id: string;
  readonly provider: string;
  readonly model: string;
  readonly service_tier: string;
  readonly provenance: string;
  readonly prices: readonly string[];
  readonly class: UsedClass;
  readonly quantity: string;
  readonly used_pico: string;
  readonly used_by: string;
  readonly unpriced: string;
  readonly days: readonly (readonly [startMs: string, quantity: string, usedPico: string, usedBy: string])[];
}

export async function invoiceUseOfEach(
  connection: Connection,
  query: InvoiceSpans & { readonly zone: string },
): Promise<OfEach<readonly UseGroup[]>> {
  if (query.startMs >= query.endMs) return new Map();
  const days = bucketsOf({ ...query, bucket: 'day' });
  const until = untilSql(query.until);
  const answers = await connection.select<UseAnswer>(
    fillSql(USE_SQL, { days: runsSql('day'), parts: PARTS_SQL, until: until.sql }),
    { ...spansParams(query), ...until.params, ...runsParams('day', days.starts) },
  );
  const dateOf = dateNames(query.zone);
  const use = new Map<string, UseGroup[]>();
  for (const answer of answers) {
    const known = use.get(answer.customer_id);
    if (known === undefined) use.set(answer.customer_id, [groupOf(answer, dateOf)]);
    else known.push(groupOf(answer, dateOf));
  }
  return new Map([...use].map(([customerId, groups]) => [customerId, mergeUse(groups)]));
}

/** Asking the calendar takes a while, and there are few days. */
function dateNames(zone: string): (startMs: string) => string {
  const names = new Map<string, string>();
  return (startMs) => {
    const name = names.get(startMs) ?? dateTextAt(Number(startMs), zone);
    names.set(startMs, name);
    return name;
  };
}

function groupOf(answer: UseAnswer, dateOf: (startMs: string) => string): UseGroup {
  const quantity = exact(BigInt(answer.quantity));
  return {
    projectId: answer.project_id === '' ? null : answer.project_id,
    provider: answer.provider,
    model: answer.model,
    serviceTier: answer.service_tier,
    class: answer.class,
    priceIds: answer.prices,
    ...{ quantity, cost: fromPico(BigInt(answer.used_pico)), events: BigInt(answer.used_by) },
    provenance: { reported: ZERO, counted: ZERO, estimated: ZERO, [provenanceOf(answer)]: quantity },
    unpricedEvents: BigInt(answer.unpriced),
    days: answer.days.map(([startMs, amount, usedPico, usedBy]): DayUse => {
      return {
        date: dateOf(startMs),
        quantity: exact(BigInt(amount)),
        cost: fromPico(BigInt(usedPico)),
        events: BigInt(usedBy),
      };
    }),
  };
}

/** As `gatherUse` of the domain has it. */
function provenanceOf({ class: name, provenance }: UseAnswer): Provenance {
  if (name === 'requests') return 'counted';
  if (name === 'web_searches') return 'reported';
  return parseProvenance(provenance)[name] ?? 'estimated';
}

interface TotalsAnswer {
  readonly customer_id: string;
  readonly events: string;
  readonly unpriced_events: string;
  readonly cost_pico: string;
  readonly requests: string;
  readonly web_searches: string;
  readonly tokens: readonly string[];
}

export async function invoiceTotalsOfEach(connection: Connection, query: InvoiceSpans): Promise<OfEach<InvoiceTotals>> {
  const priced = USED_CLASSES.map((name) => `toInt128(class_costs[${COST_CLASSES.indexOf(name) + 1}])`).join(' + ');
  const tokens = `[${TOKEN_CLASSES.map((name) => `toUInt128(${name})`).join(', ')}]`;
  const until = untilSql(query.until);
  const answers = await connection.select<TotalsAnswer>(fillSql(TOTALS_SQL, { priced, tokens, until: until.sql }), {
    ...spansParams(query),
    ...until.params,
  });
  return new Map(answers.map((answer) => [answer.customer_id, totalsOf(answer)]));
}

export const NO_TOTALS: InvoiceTotals = {
  ...{ events: 0n, unpricedEvents: 0n, costPico: 0n, requests: 0n, webSearches: 0n, tokens: {} },
};

function totalsOf(answer: TotalsAnswer): InvoiceTotals {
  const sums = TOKEN_CLASSES.map((name, index): [TokenClass, bigint] => [name, BigInt(answer.tokens[index] ?? 0)]);
  return {
    events: BigInt(answer.events),
    unpricedEvents: BigInt(answer.unpriced_events),
    costPico: BigInt(answer.cost_pico),
    requests: BigInt(answer.requests),
    webSearches: BigInt(answer.web_searches),
    tokens: Object.fromEntries(sums.filter(([, tokens]) => tokens !== 0n)),
  };
}

type RowAnswer = UsageAnswer & { readonly hour_seconds: number; readonly rerates: readonly string[] };

export async function invoiceRows(
  connection: Connection,
  query: InvoiceRowsQuery,
): Promise<{ readonly rows: readonly InvoiceRow[]; readonly next: RowKey | null }> {
  const { after, limit, customerId, withdrawnSinceMs } = query;
  const source = withdrawnSinceMs === undefined ? STORED_SQL : withdrawnSql(withdrawnSinceMs);
  const until = untilSql(query.until);
  const sql = fillSql(ROWS_SQL, { columns: ROW_COLUMNS, until: until.sql, rows: source.sql });
  const answers = await connection.select<RowAnswer>(sql, {
    ...spanParams(query),
    ...until.params,
    ...source.params,
    after_hour: (after?.hourMs ?? 0) / 1_000,
    after_event: after?.eventId ?? '',
    rerates: query.rerateIds,
    limit,
  });
  const last = answers.at(-1);
  return {
    rows: answers.map((answer) => ({ ...usageRowOf(answer), rerateIds: answer.rerates })),
    next:
      last === undefined || answers.length < limit
        ? null
        : { customerId, hourMs: last.hour_seconds * 1_000, eventId: last.event_id },
  };
}

export function spanParams({ customerId, startMs, endMs }: InvoiceSpan): QueryParams {
  return { customer_id: customerId, ...timeParams({ startMs, endMs }) };
}

function spansParams({ customerIds, startMs, endMs }: InvoiceSpans): QueryParams {
  return { customer_ids: customerIds, ...timeParams({ startMs, endMs }) };
}

function timeParams({ startMs, endMs }: Pick<InvoiceSpan, 'startMs' | 'endMs'>): QueryParams {
  return {
    start_ms: startMs,
    end_ms: endMs,
    from_hour: (Math.floor(startMs / HOUR_MS) * HOUR_MS) / 1_000,
    to_hour: (Math.ceil(endMs / HOUR_MS) * HOUR_MS) / 1_000,
  };
}
