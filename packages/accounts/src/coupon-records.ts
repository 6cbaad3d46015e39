// The rows of coupons, and of who was given them.

import { type Coupon, exactText } from '@tollgate/domain';
import type { BillingTermRecords, CustomerCoupon, GivenCoupon, StoredCoupon } from './billing-terms.ts';
import { fromNumeric } from './exact-column.ts';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';

interface CouponRow {
  readonly id: string;
  readonly description: string;
  readonly percent: string | null;
  readonly amount_minor: string | null;
  readonly currency: string | null;
  readonly archived_at: Date | null;
  readonly created_at: Date;
}

interface GivenRow {
  readonly id: string;
  readonly customer_id: string;
  readonly coupon_id: string;
  readonly start_at: Date;
  readonly end_at: Date | null;
  readonly invoices_max: number | null;
  readonly created_at: Date;
  readonly invoices_used: number;
}

const INSERT = `
  INSERT INTO coupons (id, description, percent, amount_minor, currency, archived_at, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;

const GIVE = `
  INSERT INTO customer_coupons (id, customer_id, coupon_id, start_at, end_at, invoices_max, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;

const GIVEN = `
  SELECT g.*, (
    SELECT count(*)::integer FROM invoices i
    WHERE i.customer_id = g.customer_id AND i.coupon_ids @> ARRAY[g.coupon_id] AND i.state <> 'void'
      AND i.end_at >= g.start_at AND (g.end_at IS NULL OR i.end_at < g.end_at)
  ) AS invoices_used
  FROM customer_coupons g WHERE `;

type CouponRecords = Pick<
  BillingTermRecords,
  | 'createCoupon'
  | 'coupon'
  | 'coupons'
  | 'archiveCoupon'
  | 'giveCoupon'
  | 'takeCouponBack'
  | 'customerCoupon'
  | 'customerCoupons'
>;

export function couponRecords(query: Query): CouponRecords {
  return {
    async createCoupon({ id, description, takes, currency, archivedAtMs, createdAtMs }) {
      const values = [
        id,
        description,
        takes.kind === 'percent' ? exactText(takes.percent) : null,
        takes.kind === 'amount' ? takes.amountMinor.toString() : null,
        currency,
        toTime(archivedAtMs),
        toTime(createdAtMs),
      ];
      await query(INSERT, values);
    },
    async coupon(id) {
      const [row] = await query<CouponRow>('SELECT * FROM coupons WHERE id = $1', [id]);
      return row === undefined ? null : toCoupon(row);
    },
    async coupons({ limit, after }) {
      const text = 'SELECT * FROM coupons WHERE id > $1 ORDER BY id LIMIT $2';
      return (await query<CouponRow>(text, [after ?? '', limit])).map(toCoupon);
    },
    async archiveCoupon(id, atMs) {
      await query('UPDATE coupons SET archived_at = $2 WHERE id = $1 AND archived_at IS NULL', [id, toTime(atMs)]);
    },
    async giveCoupon(given) {
      await query(GIVE, valuesOf(given));
    },
    async takeCouponBack(id, endMs) {
      const text = 'UPDATE customer_coupons SET end_at = greatest(start_at, least(end_at, $2)) WHERE id = $1';
      await query(text, [id, toTime(endMs)]);
    },
    async customerCoupon(id) {
      const [row] = await query<GivenRow>(`${GIVEN} g.id = $1`, [id]);
      return row === undefined ? null : toGiven(row);
    },
    async customerCoupons(customerId) {
      return (await query<GivenRow>(`${GIVEN} g.customer_id = $1 ORDER BY g.id`, [customerId])).map(toGiven);
    },
  };
}

function valuesOf(given: CustomerCoupon): readonly unknown[] {
  const { id, customerId, couponId, startMs, endMs, invoicesMax, createdAtMs } = given;
  return [id, customerId, couponId, toTime(startMs), toTime(endMs), invoicesMax, toTime(createdAtMs)];
}

function toCoupon(row: CouponRow): StoredCoupon {
  return {
    id: row.id,
    description: row.description,
    takes: takesOf(row),
    currency: row.currency,
    archivedAtMs: fromTime(row.archived_at),
    createdAtMs: row.created_at.getTime(),
  };
}

function takesOf({ percent, amount_minor: amount }: CouponRow): Coupon['takes'] {
  if (percent !== null) return { kind: 'percent', percent: fromNumeric(percent) };
  return { kind: 'amount', amountMinor: BigInt(amount ?? 0) };
}

function toGiven(row: GivenRow): GivenCoupon {
  return {
    id: row.id,
    customerId: row.customer_id,
    couponId: row.coupon_id,
    startMs: row.start_at.getTime(),
    endMs: fromTime(row.end_at),
    invoicesMax: row.invoices_max,
    createdAtMs: row.created_at.getTime(),
    invoicesUsed: row.invoices_used,
  };
}
