// The rows of re-rates and of closed periods.

import { lockNumberOf, type Query } from './postgres-query.ts';
import { knownSoon } from './price-records.ts';
import type { ClosedPeriod, Rerate, RerateFilter, ReratePlace, RerateRecords, RerateState } from './rerates.ts';

interface RerateRow {
  readonly id: string;
  readonly start_at: Date;
  readonly end_at: Date;
  readonly filter: RerateFilter;
  readonly is_dry_run: boolean;
  readonly reason: string;
  readonly state: RerateState;
  readonly known_at: Date;
  readonly created_at: Date;
  readonly created_by: string;
  readonly finished_at: Date | null;
  readonly examined: string;
  readonly changed: string;
  readonly applied: string;
  readonly skipped: string;
  readonly place: ReratePlace | null;
}

interface PeriodRow {
  readonly customer_id: string;
  readonly start_at: Date;
  readonly end_at: Date;
  readonly invoice_id: string;
}

/** Longer than a step takes; a worker that died is replaced after it. */
const LEASE = "interval '10 seconds'";
/** Shared by those who bill, many of whom may be at work at once; held alone by the step of a re-rate. */
const BILLING_LOCK = lockNumberOf('closed_periods');

const CREATE = `
  INSERT INTO rerates (id, start_at, end_at, filter, is_dry_run, reason, state, known_at, created_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, 'rating', $7, $8, $9)
  RETURNING *`;

const MOVE = `
  UPDATE rerates SET state = $3, place = NULL, finished_at = CASE WHEN $3 IN ('rating', 'rated', 'applying') THEN NULL ELSE $4::timestamptz END
  WHERE id = $1 AND state = ANY($2)
  RETURNING *`;

// Those that waited longest first, so that one that fails again and again does not hold up the others.
const CLAIM = `
  UPDATE rerates SET worker = $1, worker_until = clock_timestamp() + ${LEASE}
  WHERE id = (
    SELECT id FROM rerates
    WHERE state IN ('rating', 'applying') AND (worker = $1 OR worker_until IS NULL OR worker_until < clock_timestamp())
    ORDER BY worker_until NULLS FIRST, created_at
    LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  RETURNING *`;

const SAVE = `
  UPDATE rerates SET place = $4, examined = $5, changed = $6, applied = $7, skipped = $8,
    worker_until = clock_timestamp() + ${LEASE}
  WHERE id = $1 AND worker = $2 AND state = $3
  RETURNING id`;

const APPLIED = `
  SELECT id, known_at FROM rerates
  WHERE state IN ('applied', 'failed') AND applied > 0 AND tstzrange(start_at, end_at) && tstzrange($1, $2)
  ORDER BY finished_at, id`;

const APPLYING = `
  SELECT 1 FROM rerates WHERE state = 'applying' AND tstzrange(start_at, end_at) && tstzrange($1, $2) LIMIT 1`;

const CLOSED = `
  SELECT customer_id, lower(period) AS start_at, upper(period) AS end_at, invoice_id
  FROM closed_periods
  WHERE customer_id = ANY($1) AND period && tstzrange($2, $3)
  ORDER BY customer_id, period`;

export function rerateRecords(query: Query): RerateRecords {
  const one = async (text: string, values: readonly unknown[]): Promise<Rerate | null> => {
    const [row] = await query<RerateRow>(text, values);
    return row === undefined ? null : toRerate(row);
  };
  return {
    async createRerate(rerate) {
      const { id, filter, isDryRun, reason, createdBy } = rerate;
      const [startAt, endAt, createdAt] = [rerate.startMs, rerate.endMs, rerate.createdAtMs].map((ms) => new Date(ms));
      const knownAt = await knownSoon(query);
      const values = [id, startAt, endAt, JSON.stringify(filter), isDryRun, reason, knownAt, createdAt, createdBy];
      const created = await one(CREATE, values);
      if (created === null) throw new Error('a re-rate was not stored');
      return created;
    },
    rerate: (id) => one('SELECT * FROM rerates WHERE id = $1', [id]),
    async rerates({ limit, after }) {
      const text = 'SELECT * FROM rerates WHERE $2::text IS NULL OR id < $2 ORDER BY id DESC LIMIT $1';
      return (await query<RerateRow>(text, [limit, after ?? null])).map(toRerate);
    },
    moveRerate: ({ id, from, to, atMs }) => one(MOVE, [id, from, to, new Date(atMs)]),
    claimRerate: (worker) => one(CLAIM, [worker]),
    async saveRerate({ worker, rerate }) {
      const { id, state, place, examined, changed, applied, skipped } = rerate;
      const counts = [examined, changed, applied, skipped].map(String);
      const kept = place === null ? null : JSON.stringify(place);
      return (await query(SAVE, [id, worker, state, kept, ...counts])).length > 0;
    },
    async appliedRerates({ startMs, endMs }) {
      const rows = await query<Pick<RerateRow, 'id' | 'known_at'>>(APPLIED, [new Date(startMs), new Date(endMs)]);
      return rows.map((row) => ({ id: row.id, knownAtMs: row.known_at.getTime() }));
    },
    async isRerateApplying({ startMs, endMs }) {
      return (await query(APPLYING, [new Date(startMs), new Date(endMs)])).length > 0;
    },
    async holdBilling() {
      await query('SELECT pg_advisory_xact_lock($1)', [BILLING_LOCK]);
    },
    async holdRerates() {
      await query('SELECT pg_advisory_xact_lock_shared($1)', [BILLING_LOCK]);
    },
    async closedPeriods({ customerIds, startMs, endMs }) {
      const rows = await query<PeriodRow>(CLOSED, [customerIds, new Date(startMs), new Date(endMs)]);
      return rows.map(toPeriod);
    },
    async closePeriod({ customerId, startMs, endMs, invoiceId }) {
      await query('INSERT INTO closed_periods (customer_id, period, invoice_id) VALUES ($1, tstzrange($2, $3), $4)', [
        customerId,
        new Date(startMs),
        new Date(endMs),
        invoiceId,
      ]);
    },
    async reopenPeriod(invoiceId) {
      await query('DELETE FROM closed_periods WHERE invoice_id = $1', [invoiceId]);
    },
  };
}

function toRerate(row: RerateRow): Rerate {
  return {
    id: row.id,
    startMs: row.start_at.getTime(),
    endMs: row.end_at.getTime(),
    filter: row.filter,
    isDryRun: row.is_dry_run,
    reason: row.reason,
    state: row.state,
    knownAtMs: row.known_at.getTime(),
    createdAtMs: row.created_at.getTime(),
    createdBy: row.created_by,
    finishedAtMs: row.finished_at?.getTime() ?? null,
    examined: BigInt(row.examined),
    changed: BigInt(row.changed),
    applied: BigInt(row.applied),
    skipped: BigInt(row.skipped),
    place: row.place,
  };
}

function toPeriod(row: PeriodRow): ClosedPeriod {
  return {
    customerId: row.customer_id,
    startMs: row.start_at.getTime(),
    endMs: row.end_at.getTime(),
    invoiceId: row.invoice_id,
  };
}
