// From a line of an invoice to its usage: the question that finds it, and the events themselves.

import {
  type CanonicalInvoice,
  parseInvoiceBasis,
  parseTimestamp,
  TOKEN_CLASSES,
  TollgateError,
  type UsageRow,
} from '@tollgate/domain';
import type { InvoiceRowsQuery, StoredPlace } from '@tollgate/warehouse';
import { existingInvoice } from './existing.ts';
import type { InvoicingParts } from './parts.ts';
import { viewInvoice } from './preview.ts';

const SCANNED_ROWS = 2_000;
const SCANS_MAX = 10;

export type CanonicalLine = CanonicalInvoice['lines'][number];
type Group = NonNullable<CanonicalLine['usage']>['groups'][number];

/** What is told apart on a line; the same as a usage query groups by. */
export type TracedUse = Pick<Group, 'project' | 'provider' | 'model' | 'service_tier' | 'class' | 'quantity' | 'cost'>;

export interface TracedLine {
  readonly line: CanonicalLine;
  readonly customerId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** By partition of the log: the last place that counts; null for a draft, for which everything does. */
  readonly until: ReadonlyMap<number, StoredPlace> | null;
  readonly use: readonly TracedUse[];
  /** May be empty and not the last page. */
  readonly events: readonly UsageRow[];
  readonly next: InvoiceRowsQuery['after'];
}

export async function traceLine(
  parts: InvoicingParts,
  of: {
    readonly invoiceId: string;
    readonly lineId: string;
    /** Events of the page. */
    readonly limit: number;
    readonly after: InvoiceRowsQuery['after'];
  },
): Promise<TracedLine> {
  const { invoiceId, lineId, limit } = of;
  const invoice = await existingInvoice(parts.accounts, invoiceId);
  const line = (await viewInvoice(parts, invoice)).lines.find(({ id }) => id === lineId);
  if (line === undefined) {
    throw new TollgateError({ code: 'not_found', detail: `The invoice has no line ${lineId}.` });
  }
  const until = invoice.snapshot === null ? null : placesOf(parseInvoiceBasis(invoice.snapshot.basis));
  const span = { startMs: timeOf(line.start), endMs: timeOf(line.end) };
  const groups = line.usage?.groups ?? [];
  const { customerId } = invoice;
  const query = { customerId, ...span, until: until ?? (await parts.warehouse.storedUntil()), after: of.after };
  const found = groups.length === 0 ? { events: [], next: null } : await eventsOf(parts, { query, groups, limit });
  return { line, customerId, ...span, until, use: groups.map(useOf), ...found };
}

export function placesOf({ until }: ReturnType<typeof parseInvoiceBasis>): ReadonlyMap<number, StoredPlace> {
  return new Map(until.map(({ partition, epoch, position }) => [partition, { epoch, position: BigInt(position) }]));
}

/** Rows are looked through in the order of their key; the page ends early rather than looking on for ever. */
async function eventsOf(
  { warehouse, accounts }: InvoicingParts,
  of: {
    readonly query: Omit<InvoiceRowsQuery, 'limit' | 'rerateIds'>;
    readonly groups: readonly Group[];
    readonly limit: number;
  },
): Promise<Pick<TracedLine, 'events' | 'next'>> {
  const { query, groups, limit } = of;
  const meterTypes = await eventTypesOf(accounts, groups);
  const events: UsageRow[] = [];
  let after = query.after;
  for (let scan = 0; scan < SCANS_MAX; scan += 1) {
    const page = await warehouse.invoiceRows({ ...query, after, limit: SCANNED_ROWS, rerateIds: [] });
    for (const { rerateIds: _, ...row } of page.rows) {
      if (!isOn(row, groups, meterTypes)) continue;
      events.push(row);
      if (events.length === limit) return { events, next: keyOf(row) };
    }
    if (page.next === null) return { events, next: null };
    after = page.next;
  }
  return { events, next: after };
}

const HOUR_MS = 3_600_000;

function keyOf({ customerId, timeMs, eventId }: UsageRow): NonNullable<InvoiceRowsQuery['after']> {
  return { customerId, hourMs: Math.floor(timeMs / HOUR_MS) * HOUR_MS, eventId };
}

async function eventTypesOf(
  accounts: InvoicingParts['accounts'],
  groups: readonly Group[],
): Promise<ReadonlySet<string>> {
  const types = new Set<string>();
  for (const { class: name } of groups) {
    if (!name.startsWith('meter:')) continue;
    const meter = await accounts.meter(name.slice('meter:'.length));
    if (meter !== null) types.add(meter.eventType);
  }
  return types;
}

/** Whether an event is in one of the groups. */
function isOn(row: UsageRow, groups: readonly Group[], meterTypes: ReadonlySet<string>): boolean {
  return meterTypes.has(row.type) || groups.some((group) => isInGroup(row, group));
}

export function isInGroup(row: UsageRow, group: TracedUse): boolean {
  return (
    group.project === row.projectId &&
    group.provider === row.provider &&
    group.model === row.model &&
    group.service_tier === row.serviceTier &&
    quantityOf(row, group.class) > 0n
  );
}

function quantityOf(row: UsageRow, name: string): bigint {
  if (name === 'requests') return row.requests;
  if (name === 'web_searches') return row.webSearches;
  const tokenClass = TOKEN_CLASSES.find((known) => known === name);
  return tokenClass === undefined ? 0n : (row.tokens[tokenClass] ?? 0n);
}

function useOf({ project, provider, model, service_tier, class: name, quantity, cost }: Group): TracedUse {
  return { project, provider, model, service_tier, class: name, quantity, cost };
}

export function timeOf(text: string): number {
  const atMs = parseTimestamp(text);
  if (atMs === undefined) throw new Error(`${text} is no time`);
  return atMs;
}
