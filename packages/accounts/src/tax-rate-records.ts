// The rows of tax rates.

import { exactText } from '@tollgate/domain';
import type { BillingTermRecords, StoredTaxRate } from './billing-terms.ts';
import { fromNumeric } from './exact-column.ts';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';

interface TaxRateRow {
  readonly id: string;
  readonly name: string;
  readonly percent: string;
  readonly country: string | null;
  readonly archived_at: Date | null;
  readonly created_at: Date;
}

const INSERT = `
  INSERT INTO tax_rates (id, name, percent, country, archived_at, created_at) VALUES ($1, $2, $3, $4, $5, $6)`;

type TaxRateRecords = Pick<BillingTermRecords, 'createTaxRate' | 'taxRates' | 'taxRatesById' | 'archiveTaxRate'>;

export function taxRateRecords(query: Query): TaxRateRecords {
  return {
    async createTaxRate({ id, name, percent, country, archivedAtMs, createdAtMs }) {
      await query(INSERT, [id, name, exactText(percent), country, toTime(archivedAtMs), toTime(createdAtMs)]);
    },
    async taxRates({ limit, after }) {
      const text = 'SELECT * FROM tax_rates WHERE id > $1 ORDER BY id LIMIT $2';
      return (await query<TaxRateRow>(text, [after ?? '', limit])).map(toTaxRate);
    },
    async taxRatesById(ids) {
      return (await query<TaxRateRow>('SELECT * FROM tax_rates WHERE id = ANY($1)', [ids])).map(toTaxRate);
    },
    async archiveTaxRate(id, atMs) {
      await query('UPDATE tax_rates SET archived_at = $2 WHERE id = $1 AND archived_at IS NULL', [id, toTime(atMs)]);
    },
  };
}

function toTaxRate(row: TaxRateRow): StoredTaxRate {
  return {
    id: row.id,
    name: row.name,
    percent: fromNumeric(row.percent),
    country: row.country,
    archivedAtMs: fromTime(row.archived_at),
    createdAtMs: row.created_at.getTime(),
  };
}
