// The rows of the periods that wait for their invoice.

import type { InvoiceRecords, OpenPeriod } from './invoices.ts';
import type { Query } from './postgres-query.ts';
import { toTime } from './time-column.ts';

interface PeriodRow {
  readonly customer_id: string;
  readonly start_at: Date;
  readonly end_at: Date;
}

const SET = `
  INSERT INTO open_periods (customer_id, start_at, end_at) VALUES ($1, $2, $3)
  ON CONFLICT (customer_id) DO UPDATE SET start_at = EXCLUDED.start_at, end_at = EXCLUDED.end_at, is_stale = false`;

const WITHOUT = `
  SELECT id FROM (
    SELECT c.id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM open_periods o WHERE o.customer_id = c.id)
    UNION ALL
    SELECT customer_id FROM open_periods WHERE is_stale
  ) AS without ORDER BY id LIMIT $1`;

const CLAIM_ENDED = `
  SELECT id FROM customers WHERE id IN (
    SELECT customer_id FROM open_periods WHERE end_at <= $3 ORDER BY end_at, customer_id LIMIT $1 OFFSET $2
  ) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`;

const CLAIM_WITHOUT = `
  SELECT id FROM customers WHERE id IN (${WITHOUT} OFFSET $2) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`;

type PeriodRecords = Pick<
  InvoiceRecords,
  'openPeriod' | 'setOpenPeriod' | 'endedPeriods' | 'customersWithoutPeriod' | 'claimCustomers'
>;

export function periodRecords(query: Query): PeriodRecords {
  return {
    async openPeriod(customerId) {
      const [row] = await query<PeriodRow>('SELECT * FROM open_periods WHERE customer_id = $1', [customerId]);
      return row === undefined ? null : toPeriod(row);
    },
    async setOpenPeriod({ customerId, period }) {
      await query(SET, [customerId, toTime(period.startMs), toTime(period.endMs)]);
    },
    async endedPeriods(nowMs, limit) {
      const text = 'SELECT * FROM open_periods WHERE end_at <= $1 ORDER BY end_at, customer_id LIMIT $2';
      return (await query<PeriodRow>(text, [toTime(nowMs), limit])).map(toPeriod);
    },
    async claimCustomers(nowMs, { of, limit, offset }) {
      const rows =
        of === 'ended'
          ? await query<{ id: string }>(CLAIM_ENDED, [limit, offset, toTime(nowMs)])
          : await query<{ id: string }>(CLAIM_WITHOUT, [limit, offset]);
      return rows.map(({ id }) => id);
    },
    async customersWithoutPeriod(limit) {
      return (await query<{ id: string }>(WITHOUT, [limit])).map(({ id }) => id);
    },
  };
}

function toPeriod(row: PeriodRow): OpenPeriod {
  return {
    customerId: row.customer_id,
    period: { startMs: row.start_at.getTime(), endMs: row.end_at.getTime() },
  };
}
