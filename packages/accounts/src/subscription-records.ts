// The rows of subscriptions.

import type { BillingTermRecords, Subscription } from './billing-terms.ts';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';

interface SubscriptionRow {
  readonly id: string;
  readonly customer_id: string;
  readonly plan_id: string;
  readonly plan_version: number;
  readonly start_at: Date;
  readonly end_at: Date | null;
  readonly created_at: Date;
}

const INSERT = `
  INSERT INTO subscriptions (id, customer_id, plan_id, plan_version, start_at, end_at, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;

const LIST = `
  SELECT * FROM subscriptions
  WHERE id > $1 AND ($3::text IS NULL OR customer_id = $3) AND ($4::text IS NULL OR plan_id = $4)
  ORDER BY id LIMIT $2`;

const IN_SPAN = `
  SELECT * FROM subscriptions
  WHERE customer_id = $1 AND tstzrange(start_at, end_at) && tstzrange($2, $3) ORDER BY start_at`;

type SubscriptionRecords = Pick<
  BillingTermRecords,
  'createSubscription' | 'endSubscription' | 'subscription' | 'subscriptions' | 'subscriptionsIn'
>;

export function subscriptionRecords(query: Query): SubscriptionRecords {
  return {
    async createSubscription({ id, customerId, planId, planVersion, startMs, endMs, createdAtMs }) {
      const times = [startMs, endMs, createdAtMs].map(toTime);
      await query(INSERT, [id, customerId, planId, planVersion, ...times]);
    },
    async endSubscription(id, endMs) {
      await query('UPDATE subscriptions SET end_at = $2 WHERE id = $1', [id, toTime(endMs)]);
    },
    async subscription(id) {
      const [row] = await query<SubscriptionRow>('SELECT * FROM subscriptions WHERE id = $1', [id]);
      return row === undefined ? null : toSubscription(row);
    },
    async subscriptions({ limit, after, customerId, planId }) {
      const rows = await query<SubscriptionRow>(LIST, [after ?? '', limit, customerId ?? null, planId ?? null]);
      return rows.map(toSubscription);
    },
    async subscriptionsIn(customerId, { startMs, endMs }) {
      const end = Number.isFinite(endMs) ? toTime(endMs) : null;
      return (await query<SubscriptionRow>(IN_SPAN, [customerId, toTime(startMs), end])).map(toSubscription);
    },
  };
}

function toSubscription(row: SubscriptionRow): Subscription {
  return {
    id: row.id,
    customerId: row.customer_id,
    planId: row.plan_id,
    planVersion: row.plan_version,
    startMs: row.start_at.getTime(),
    endMs: fromTime(row.end_at),
    createdAtMs: row.created_at.getTime(),
  };
}
