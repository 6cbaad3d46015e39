// The rows of the customers.

import type { AccountRecords, Customer } from './accounts.ts';
import type { Query } from './postgres-query.ts';

interface CustomerRow {
  readonly id: string;
  readonly name: string;
  readonly external_id: string | null;
  readonly currency: string;
  readonly zone: string;
  readonly metadata: Record<string, unknown>;
  readonly created_at: Date;
}

const COLUMNS = 'id, name, external_id, currency, zone, metadata, created_at';

export function customerRecords(query: Query): Pick<AccountRecords, 'createCustomer' | 'customer' | 'customers'> {
  return {
    async createCustomer({ id, name, externalId, currency, zone, metadata, createdAtMs }) {
      await query(`INSERT INTO customers (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)`, [
        id,
        name,
        externalId,
        currency,
        zone,
        metadata,
        new Date(createdAtMs),
      ]);
    },
    async customer(id) {
      const [row] = await query<CustomerRow>(`SELECT ${COLUMNS} FROM customers WHERE id = $1`, [id]);
      return row === undefined ? null : toCustomer(row);
    },
    async customers({ limit, after }) {
      const rows = await query<CustomerRow>(`SELECT ${COLUMNS} FROM customers WHERE id > $1 ORDER BY id LIMIT $2`, [
        after ?? '',
        limit,
      ]);
      return rows.map(toCustomer);
    },
  };
}

function toCustomer(row: CustomerRow): Customer {
  const { id, name, currency, zone, metadata } = row;
  return { id, name, externalId: row.external_id, currency, zone, metadata, createdAtMs: row.created_at.getTime() };
}
