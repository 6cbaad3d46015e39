// The rows of limits, of the calendars of their windows, and of what they told.

import type { CalendarEra, LimitScopeKind } from '@tollgate/domain';
import { limitDefaultRecords } from './limit-default-records.ts';
import { type LimitTermsRow, termValues, toTerms } from './limit-terms-columns.ts';
import type { Limit, LimitAlert, LimitReckoning, LimitRecords, LimitSet, UsedUpAlert } from './limits.ts';
import { lockNumberOf, type Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';

interface LimitRow extends LimitTermsRow {
  readonly id: string;
  readonly customer_id: string | null;
  readonly scope_kind: LimitScopeKind;
  readonly scope_id: string;
  readonly set_by: Limit['setBy'];
  readonly counts_from: Date | null;
  readonly suspended_until: Date | null;
  readonly revision: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

interface EraRow {
  readonly id: string;
  readonly from_at: Date | null;
  readonly zone: string;
  readonly billing_day: number;
  /** Null for a move. */
  readonly currency: string | null;
}

interface AlertRow {
  readonly limit_id: string;
  readonly revision: number;
  readonly window_start: Date;
  readonly kind: LimitAlert['kind'];
  readonly threshold: number;
  readonly used: string;
  readonly amount: string;
  readonly at: Date;
}

const INSERT = `
  INSERT INTO limits (id, customer_id, scope_kind, scope_id, set_by, created_at, model, metric, window_kind, amount, mode,
    thresholds, allowance, refuses_events, counts_from, suspended_until, revision, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`;

const UPDATE = `
  UPDATE limits SET model = $2, metric = $3, window_kind = $4, amount = $5, mode = $6, thresholds = $7, allowance = $8,
    refuses_events = $9, counts_from = $10, suspended_until = $11, revision = $12, updated_at = $13
  WHERE id = $1 AND deleted_at IS NULL`;

const LIST = `
  SELECT * FROM limits
  WHERE deleted_at IS NULL AND id > $1
    AND ($3::text IS NULL OR customer_id = $3)
    AND ($4::text IS NULL OR scope_kind = $4)
    AND ($5::text IS NULL OR scope_id = $5)
    AND ($6::text IS NULL OR metric = $6)
  ORDER BY id LIMIT $2`;

/** Limits of one owner: every request passes all that apply, and every event is held against each. */
const OF_OWNER = 'SELECT * FROM limits WHERE deleted_at IS NULL AND customer_id IS NOT DISTINCT FROM $1 ORDER BY id';

/** The first row of each customer is the customer as it was made, the others are its moves. */
const ERAS = `
  SELECT id, NULL::timestamptz AS from_at, zone, billing_day, currency FROM customers WHERE id = ANY($1)
  UNION ALL
  SELECT customer_id, from_at, zone, billing_day, NULL FROM customer_calendars WHERE customer_id = ANY($1)
  ORDER BY id, from_at NULLS FIRST`;

const CHANGE_CALENDAR = `
  INSERT INTO customer_calendars (customer_id, from_at, zone, billing_day) VALUES ($1, $2, $3, $4)
  ON CONFLICT (customer_id, from_at) DO UPDATE SET zone = $3, billing_day = $4`;

const ALERTS = `
  SELECT * FROM limit_alerts
  WHERE limit_id = $1
    AND ($3::timestamptz IS NULL OR (at, revision, window_start, kind, threshold) < ($3, $4::integer, $5::timestamptz, $6::text, $7::integer))
  ORDER BY at DESC, revision DESC, window_start DESC, kind DESC, threshold DESC LIMIT $2`;

const DELETE_OF_SCOPE = `
  UPDATE limits SET deleted_at = $3 WHERE scope_kind = $1 AND scope_id = $2 AND deleted_at IS NULL RETURNING *`;

const NOTE_ALERT = `
  INSERT INTO limit_alerts (limit_id, revision, window_start, kind, threshold, used, amount, at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING 1`;

/** What was told of a limit that is used up, and was not taken back. */
const USED_UP = `
  SELECT told.*, limits.customer_id
  FROM limits JOIN limit_alerts AS told ON told.limit_id = limits.id
  WHERE limits.deleted_at IS NULL
    AND (limits.customer_id = ANY ($1) OR ($2 AND limits.customer_id IS NULL))
    AND told.kind = 'threshold' AND told.threshold = 100
    AND NOT EXISTS (
      SELECT 1 FROM limit_alerts AS resolved
      WHERE resolved.limit_id = told.limit_id AND resolved.revision = told.revision
        AND resolved.window_start = told.window_start AND resolved.kind = 'resolved'
    )
  ORDER BY told.at DESC LIMIT 1000`;

export function limitRecords(query: Query): LimitRecords {
  const limitWhere = async (condition: string, id: string): Promise<Limit | null> => {
    const [row] = await query<LimitRow>(`SELECT * FROM limits WHERE deleted_at IS NULL AND ${condition}`, [id]);
    return row === undefined ? null : toLimit(row);
  };
  return {
    async createLimit(limit) {
      const { id, customerId, scope, setBy, createdAtMs } = limit;
      const fixed = [id, customerId, scope.kind, scope.id, setBy, toTime(createdAtMs)];
      await query(INSERT, [...fixed, ...changeableValues(limit)]);
    },
    limit: (id) => limitWhere('id = $1', id),
    lockLimit: (id) => limitWhere('id = $1 FOR NO KEY UPDATE', id),
    async updateLimit(limit) {
      await query(UPDATE, [limit.id, ...changeableValues(limit)]);
    },
    async deleteLimit(id, deletedAtMs) {
      await query('UPDATE limits SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL', [id, toTime(deletedAtMs)]);
    },
    async deleteLimitsOf({ kind, id }, deletedAtMs) {
      return (await query<LimitRow>(DELETE_OF_SCOPE, [kind, id, toTime(deletedAtMs)])).map(toLimit);
    },
    async countLimits({ customerId, setBy }) {
      await query('SELECT pg_advisory_xact_lock($1)', [lockNumberOf(`limits of ${customerId ?? 'organization'}`)]);
      const [row] = await query<{ count: number }>(
        `SELECT count(*)::integer AS count FROM limits
         WHERE deleted_at IS NULL AND customer_id IS NOT DISTINCT FROM $1 AND set_by = $2`,
        [customerId, setBy],
      );
      return row?.count ?? 0;
    },
    async limits({ limit, after, customerId, scopeKind, scopeId, metric }) {
      const filter = [customerId ?? null, scopeKind ?? null, scopeId ?? null, metric ?? null];
      return (await query<LimitRow>(LIST, [after ?? '', limit, ...filter])).map(toLimit);
    },
    limitSet: (customerId) => limitSet(query, customerId),
    limitReckonings: (customerIds) => reckoningsOf(query, customerIds),
    async customersWithLimits({ limit, after }) {
      const rows = await query<{ customer_id: string }>(
        `SELECT DISTINCT customer_id FROM limits
         WHERE deleted_at IS NULL AND customer_id > $1 ORDER BY customer_id LIMIT $2`,
        [after ?? '', limit],
      );
      return rows.map((row) => row.customer_id);
    },
    async changeCalendar(customerId, { fromMs, zone, anchorDay }) {
      await query(CHANGE_CALENDAR, [customerId, toTime(fromMs), zone, anchorDay]);
    },
    async noteLimitAlert(alert) {
      const { limitId, revision, windowStartMs, kind, threshold, used, amount, atMs } = alert;
      const values = [limitId, revision, toTime(windowStartMs), kind, threshold, String(used), String(amount)];
      return (await query(NOTE_ALERT, [...values, toTime(atMs)])).length > 0;
    },
    async usedUpAlerts(customerIds) {
      const values = [customerIds.filter((id) => id !== null), customerIds.includes(null)];
      const rows = await query<AlertRow & { readonly customer_id: string | null }>(USED_UP, values);
      return rows.map((row): UsedUpAlert => ({ ...toAlert(row), customerId: row.customer_id }));
    },
    async limitAlerts({ limitId, limit, after }) {
      const place = [
        toTime(after?.atMs ?? null),
        after?.revision ?? null,
        toTime(after?.windowStartMs ?? null),
        after?.kind ?? null,
        after?.threshold ?? null,
      ];
      return (await query<AlertRow>(ALERTS, [limitId, limit, ...place])).map(toAlert);
    },
    ...limitDefaultRecords(query),
  };
}

async function limitSet(query: Query, customerId: string | null): Promise<LimitSet | null> {
  const owner = await (customerId === null ? organizationOf(query) : reckoningOf(query, customerId));
  if (owner === null) return null;
  return { ...owner, limits: (await query<LimitRow>(OF_OWNER, [customerId])).map(toLimit) };
}

async function reckoningOf(query: Query, customerId: string): Promise<LimitReckoning | null> {
  return (await reckoningsOf(query, [customerId])).get(customerId) ?? null;
}

async function organizationOf(query: Query): Promise<LimitReckoning | null> {
  const [row] = await query<{ zone: string; currency: string }>('SELECT zone, currency FROM organization');
  if (row === undefined) return null;
  return { currency: row.currency, calendar: [{ fromMs: Number.NEGATIVE_INFINITY, zone: row.zone, anchorDay: 1 }] };
}

async function reckoningsOf(
  query: Query,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, LimitReckoning>> {
  const reckonings = new Map<string, LimitReckoning>();
  for (const row of await query<EraRow>(ERAS, [customerIds])) {
    const before = reckonings.get(row.id);
    if (before !== undefined) {
      reckonings.set(row.id, { ...before, calendar: [...before.calendar, toEra(row)] });
    } else if (row.currency !== null) {
      reckonings.set(row.id, { currency: row.currency, calendar: [toEra(row)] });
    }
  }
  return reckonings;
}

function toEra({ from_at: from, zone, billing_day: anchorDay }: EraRow): CalendarEra {
  return { fromMs: fromTime(from) ?? Number.NEGATIVE_INFINITY, zone, anchorDay };
}

function changeableValues(limit: Limit): readonly unknown[] {
  return [
    ...termValues(limit),
    limit.countsFromMs === 0 ? null : toTime(limit.countsFromMs),
    toTime(limit.suspendedUntilMs),
    limit.revision,
    toTime(limit.updatedAtMs),
  ];
}

function toLimit(row: LimitRow): Limit {
  return {
    id: row.id,
    customerId: row.customer_id,
    scope: { kind: row.scope_kind, id: row.scope_id },
    setBy: row.set_by,
    ...toTerms(row),
    countsFromMs: fromTime(row.counts_from) ?? 0,
    suspendedUntilMs: fromTime(row.suspended_until),
    revision: row.revision,
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
  };
}

function toAlert(row: AlertRow): LimitAlert {
  return {
    limitId: row.limit_id,
    revision: row.revision,
    windowStartMs: row.window_start.getTime(),
    kind: row.kind,
    threshold: row.threshold,
    used: BigInt(row.used),
    amount: BigInt(row.amount),
    atMs: row.at.getTime(),
  };
}
