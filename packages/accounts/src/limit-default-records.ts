// The rows of the limits that each new key of a customer gets.

import { type LimitTermsRow, termValues, toTerms } from './limit-terms-columns.ts';
import type { LimitDefault, LimitRecords } from './limits.ts';
import type { Query } from './postgres-query.ts';
import { toTime } from './time-column.ts';

interface LimitDefaultRow extends LimitTermsRow {
  readonly id: string;
  readonly customer_id: string;
  readonly set_by: LimitDefault['setBy'];
  readonly created_at: Date;
}

const INSERT = `
  INSERT INTO limit_defaults (id, customer_id, set_by, created_at, model, metric, window_kind, amount, mode, thresholds,
    allowance, refuses_events)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

const LIST = `
  SELECT * FROM limit_defaults
  WHERE deleted_at IS NULL AND id > $1 AND ($3::text IS NULL OR customer_id = $3) ORDER BY id LIMIT $2`;

type LimitDefaultRecords = Pick<
  LimitRecords,
  'createLimitDefault' | 'lockLimitDefault' | 'deleteLimitDefault' | 'limitDefaults'
>;

export function limitDefaultRecords(query: Query): LimitDefaultRecords {
  return {
    async createLimitDefault(limitDefault) {
      const { id, customerId, setBy, createdAtMs } = limitDefault;
      await query(INSERT, [id, customerId, setBy, toTime(createdAtMs), ...termValues(limitDefault)]);
    },
    async lockLimitDefault(id) {
      const [row] = await query<LimitDefaultRow>(
        'SELECT * FROM limit_defaults WHERE deleted_at IS NULL AND id = $1 FOR NO KEY UPDATE',
        [id],
      );
      return row === undefined ? null : toLimitDefault(row);
    },
    async deleteLimitDefault(id, deletedAtMs) {
      await query('UPDATE limit_defaults SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL', [
        id,
        toTime(deletedAtMs),
      ]);
    },
    async limitDefaults({ customerId, limit, after }) {
      return (await query<LimitDefaultRow>(LIST, [after ?? '', limit, customerId ?? null])).map(toLimitDefault);
    },
  };
}

function toLimitDefault(row: LimitDefaultRow): LimitDefault {
  return {
    id: row.id,
    customerId: row.customer_id,
    setBy: row.set_by,
    ...toTerms(row),
    createdAtMs: row.created_at.getTime(),
  };
}
