// The rows of invoices. What never changes, and which number is next, the database itself watches (0017_invoices.sql).

import type { JsonObject, TimeSpan } from '@tollgate/domain';
import { canonicalJson } from '@tollgate/domain';
import type { Invoice, InvoiceFilter, InvoiceRecords, InvoiceSnapshot, InvoiceState } from './invoices.ts';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';

interface InvoiceRow {
  readonly id: string;
  readonly customer_id: string;
  readonly start_at: Date;
  readonly end_at: Date;
  readonly zone: string;
  readonly currency: string;
  readonly state: InvoiceState;
  readonly drafted_at: Date;
  readonly finalizes_at: Date | null;
  readonly refusal: JsonObject | null;
  readonly settled_at: Date | null;
  readonly settled_reason: string | null;
}

/** The columns of a snapshot: all of them, or none. */
interface SnapshotRow {
  readonly series: string;
  readonly sequence: string;
  readonly number: string;
  readonly finalized_at: Date;
  readonly due_at: Date;
  readonly content: string;
  readonly subtotal_minor: string;
  readonly total_minor: string;
  readonly due_minor: string;
  readonly basis: JsonObject;
  readonly hash: string;
  readonly previous_hash: string;
}

type StoredRow = InvoiceRow & (SnapshotRow | { readonly number: null });

const ZONES_APART_MS = 15 * 3_600_000;
const FIRST_HASH = '0'.repeat(64);

const INSERT = `
  INSERT INTO invoices (id, customer_id, start_at, end_at, zone, currency, state, drafted_at, finalizes_at)
  VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8)`;

const FILTER = `
  ($1::text IS NULL OR customer_id = $1) AND ($2::text[] IS NULL OR state = ANY($2))
  AND ($3::timestamptz IS NULL OR end_at >= $3) AND ($4::timestamptz IS NULL OR end_at < $4)
  AND ($5::text IS NULL OR number = $5)
  AND ($6::text IS NULL OR to_char((end_at - interval '1 millisecond') AT TIME ZONE zone, 'YYYY-MM') = $6)`;

const IS_DUE = `
  state = 'draft' AND finalizes_at <= $1
  AND (refusal ->> 'retry_at' IS NULL OR (refusal ->> 'retry_at')::timestamptz <= $1)`;

const DUE = `FROM invoices WHERE ${IS_DUE} ORDER BY finalizes_at, id LIMIT $2`;

const CLAIM_CUSTOMERS = `
  SELECT id FROM customers WHERE id IN (SELECT customer_id ${DUE} OFFSET $3)
  ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`;

// Read after the locks are had: somebody may have been done with some of them just before.
const CLAIMED = `
  SELECT DISTINCT ON (customer_id) id FROM invoices
  WHERE customer_id = ANY($2) AND ${IS_DUE} ORDER BY customer_id, start_at`;

const IN_SPAN = `
  SELECT * FROM invoices
  WHERE customer_id = $1 AND state <> 'void' AND tstzrange(start_at, end_at) && tstzrange($2, $3) ORDER BY start_at`;

const FINALIZE = `
  UPDATE invoices SET state = 'finalized', refusal = NULL, series = $2, sequence = $3, number = $4, finalized_at = $5,
    due_at = $6, content = $7, subtotal_minor = $8, total_minor = $9, due_minor = $10, basis = $11, hash = $12,
    previous_hash = $13
  WHERE id = $1 AND state = 'draft' RETURNING id`;

const SETTLE = `
  UPDATE invoices SET state = $2, settled_at = $3, settled_reason = $4 WHERE id = $1 AND state <> 'draft' RETURNING id`;

type StoredInvoices = Pick<
  InvoiceRecords,
  | 'createDraft'
  | 'deleteDraft'
  | 'invoice'
  | 'lockInvoice'
  | 'invoices'
  | 'countInvoices'
  | 'draftsToFinalize'
  | 'claimDrafts'
  | 'invoicesIn'
  | 'noteRefusal'
  | 'nextNumber'
  | 'finalizeInvoice'
  | 'settleInvoice'
>;

export function invoiceRecords(query: Query): StoredInvoices {
  const invoiceWhere = async (condition: string, id: string): Promise<Invoice | null> => {
    const [row] = await query<StoredRow>(`SELECT * FROM invoices WHERE ${condition}`, [id]);
    return row === undefined ? null : toInvoice(row);
  };
  return {
    async createDraft({ id, customerId, period, zone, currency, draftedAtMs, finalizesAtMs }) {
      const span = [toTime(period.startMs), toTime(period.endMs)];
      await query(INSERT, [id, customerId, ...span, zone, currency, toTime(draftedAtMs), toTime(finalizesAtMs)]);
    },
    async deleteDraft(id) {
      await query("DELETE FROM invoices WHERE id = $1 AND state = 'draft'", [id]);
    },
    invoice: (id) => invoiceWhere('id = $1', id),
    lockInvoice: (id) => invoiceWhere('id = $1 FOR NO KEY UPDATE', id),
    async invoices({ limit, after, ...filter }) {
      const text = `SELECT * FROM invoices WHERE ${FILTER} AND id > $7 ORDER BY id LIMIT $8`;
      return (await query<StoredRow>(text, [...filterValues(filter), after ?? '', limit])).map(toInvoice);
    },
    async countInvoices(filter) {
      const text = `SELECT count(*)::integer AS count FROM invoices WHERE ${FILTER}`;
      const [row] = await query<{ count: number }>(text, filterValues(filter));
      return row?.count ?? 0;
    },
    async draftsToFinalize(nowMs, limit) {
      return (await query<{ id: string }>(`SELECT id ${DUE}`, [toTime(nowMs), limit])).map(({ id }) => id);
    },
    async claimDrafts(nowMs, { limit, offset }) {
      const rows = await query<{ id: string }>(CLAIM_CUSTOMERS, [toTime(nowMs), limit, offset]);
      if (rows.length === 0) return [];
      const customers = rows.map(({ id }) => id);
      return (await query<{ id: string }>(CLAIMED, [toTime(nowMs), customers])).map(({ id }) => id);
    },
    async invoicesIn(customerId, { startMs, endMs }) {
      return (await query<StoredRow>(IN_SPAN, [customerId, toTime(startMs), toTime(endMs)])).map(toInvoice);
    },
    async noteRefusal(id, refusal) {
      await query("UPDATE invoices SET refusal = $2 WHERE id = $1 AND state = 'draft'", [id, canonicalJson(refusal)]);
    },
    async nextNumber(series) {
      await query(
        'INSERT INTO document_series (series, last_sequence, last_hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING',
        [series, FIRST_HASH],
      );
      const [row] = await query<{ last_sequence: string; last_hash: string }>(
        'SELECT last_sequence, last_hash FROM document_series WHERE series = $1 FOR NO KEY UPDATE',
        [series],
      );
      if (row === undefined) throw new Error(`the series ${series} is not there although it was just made`);
      return { sequence: BigInt(row.last_sequence) + 1n, previousHash: row.last_hash };
    },
    async finalizeInvoice(id, snapshot) {
      const moved = await query(FINALIZE, [id, ...snapshotValues(snapshot)]);
      if (moved.length === 0) throw new Error(`the invoice ${id} is no draft`);
    },
    async settleInvoice({ id, state, atMs, reason }) {
      const moved = await query(SETTLE, [id, state, toTime(atMs), reason]);
      if (moved.length === 0) throw new Error(`the invoice ${id} is not finalized`);
    },
  };
}

function filterValues(filter: Omit<InvoiceFilter, 'limit'>): readonly unknown[] {
  const { customerId, states, number, month, endsIn = month === undefined ? undefined : spanAround(month) } = filter;
  const span = endsIn === undefined ? [null, null] : [toTime(endsIn.startMs), toTime(endsIn.endMs)];
  return [customerId ?? null, states ?? null, ...span, number ?? null, month ?? null];
}

/** The month by the calendar of any zone: they are up to 14 hours apart from UTC. It is for the index alone. */
function spanAround(month: string): TimeSpan {
  const [year = 0, monthNumber = 0] = month.split('-').map(Number);
  return {
    startMs: Date.UTC(year, monthNumber - 1) - ZONES_APART_MS,
    endMs: Date.UTC(year, monthNumber) + ZONES_APART_MS,
  };
}

function snapshotValues(snapshot: InvoiceSnapshot): readonly unknown[] {
  const { subtotalMinor, totalMinor, dueMinor } = snapshot;
  return [
    snapshot.series,
    snapshot.sequence.toString(),
    snapshot.number,
    toTime(snapshot.finalizedAtMs),
    toTime(snapshot.dueAtMs),
    snapshot.content,
    ...[subtotalMinor, totalMinor, dueMinor].map(String),
    canonicalJson(snapshot.basis),
    snapshot.hash,
    snapshot.previousHash,
  ];
}

function toInvoice(row: StoredRow): Invoice {
  return {
    id: row.id,
    customerId: row.customer_id,
    period: { startMs: row.start_at.getTime(), endMs: row.end_at.getTime() },
    zone: row.zone,
    currency: row.currency,
    state: row.state,
    draftedAtMs: row.drafted_at.getTime(),
    finalizesAtMs: fromTime(row.finalizes_at),
    refusal: row.refusal,
    snapshot: row.number === null ? null : toSnapshot(row),
    settledAtMs: fromTime(row.settled_at),
    settledReason: row.settled_reason,
  };
}

function toSnapshot(row: SnapshotRow): InvoiceSnapshot {
  return {
    number: row.number,
    series: row.series,
    sequence: BigInt(row.sequence),
    finalizedAtMs: row.finalized_at.getTime(),
    dueAtMs: row.due_at.getTime(),
    content: row.content,
    subtotalMinor: BigInt(row.subtotal_minor),
    totalMinor: BigInt(row.total_minor),
    dueMinor: BigInt(row.due_minor),
    basis: row.basis,
    hash: row.hash,
    previousHash: row.previous_hash,
  };
}
