// The rows of the customers.

import type { AccountRecords, Customer } from './accounts.ts';
import type { Query } from './postgres-query.ts';
import { knownScopes } from './scope-column.ts';
import { fromTime, toTime } from './time-column.ts';

interface CustomerRow {
  readonly id: string;
  readonly name: string;
  readonly external_id: string | null;
  readonly currency: string;
  readonly zone: string;
  readonly billing_day: number;
  readonly metadata: Record<string, unknown>;
  readonly suspended_at: Date | null;
  readonly suspension_reason: string | null;
  readonly keys_max: number;
  readonly key_scopes: readonly string[] | null;
  readonly created_at: Date;
}

const INSERT = `
  INSERT INTO customers (id, name, external_id, currency, zone, billing_day, metadata, suspended_at, suspension_reason,
    keys_max, key_scopes, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

/** The row has the calendar that the customer was made with; its last move says what it has now. */
const SELECT = `
  SELECT c.id, c.name, c.external_id, c.currency, coalesce(m.zone, c.zone) AS zone,
    coalesce(m.billing_day, c.billing_day) AS billing_day, c.metadata, c.suspended_at, c.suspension_reason, c.keys_max,
    c.key_scopes, c.created_at
  FROM customers c LEFT JOIN LATERAL (
    SELECT zone, billing_day FROM customer_calendars WHERE customer_id = c.id ORDER BY from_at DESC LIMIT 1
  ) m ON true`;

const UPDATE = `
  UPDATE customers SET
    name = $2, external_id = $3, metadata = $4, suspended_at = $5, suspension_reason = $6, keys_max = $7, key_scopes = $8
  WHERE id = $1`;

type CustomerRecords = Pick<
  AccountRecords,
  'createCustomer' | 'customer' | 'lockCustomer' | 'updateCustomer' | 'customers' | 'currenciesOf'
>;

export function customerRecords(query: Query): CustomerRecords {
  const customer = async (id: string): Promise<Customer | null> => {
    const [row] = await query<CustomerRow>(`${SELECT} WHERE c.id = $1`, [id]);
    return row === undefined ? null : toCustomer(row);
  };
  return {
    async createCustomer(customer) {
      const { id, currency, zone, billingDay, createdAtMs } = customer;
      const [name, externalId, ...rest] = changeableValues(customer);
      await query(INSERT, [id, name, externalId, currency, zone, billingDay, ...rest, toTime(createdAtMs)]);
    },
    customer,
    async lockCustomer(id) {
      // Read after the lock is had: what moves it wrote meanwhile lies in another table.
      await query('SELECT 1 FROM customers WHERE id = $1 FOR NO KEY UPDATE', [id]);
      return await customer(id);
    },
    async updateCustomer(customer) {
      await query(UPDATE, [customer.id, ...changeableValues(customer)]);
    },
    async customers({ limit, after }) {
      const rows = await query<CustomerRow>(`${SELECT} WHERE c.id > $1 ORDER BY c.id LIMIT $2`, [after ?? '', limit]);
      return rows.map(toCustomer);
    },
    async currenciesOf(customerIds) {
      const rows = await query<Pick<CustomerRow, 'id' | 'currency'>>(
        'SELECT id, currency FROM customers WHERE id = ANY($1)',
        [customerIds],
      );
      return new Map(rows.map(({ id, currency }) => [id, currency]));
    },
  };
}

function changeableValues(customer: Customer): readonly unknown[] {
  const { name, externalId, metadata, suspendedAtMs, suspensionReason, keyPolicy } = customer;
  const { keysMax, allowedScopes } = keyPolicy;
  return [name, externalId, metadata, toTime(suspendedAtMs), suspensionReason, keysMax, allowedScopes];
}

function toCustomer(row: CustomerRow): Customer {
  const { id, name, currency, zone, billing_day: billingDay, metadata } = row;
  return {
    id,
    name,
    externalId: row.external_id,
    currency,
    zone,
    billingDay,
    metadata,
    suspendedAtMs: fromTime(row.suspended_at),
    suspensionReason: row.suspension_reason,
    keyPolicy: {
      keysMax: row.keys_max,
      allowedScopes: row.key_scopes === null ? null : knownScopes(row.key_scopes),
    },
    createdAtMs: row.created_at.getTime(),
  };
}
