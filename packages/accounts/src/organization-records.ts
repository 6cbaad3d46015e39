// The one row that says who the operator is.

import type { AccountRecords } from './accounts.ts';
import type { Query } from './postgres-query.ts';

interface OrganizationRow {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly zone: string;
  readonly created_at: Date;
}

export function organizationRecords(query: Query): Pick<AccountRecords, 'organization' | 'createOrganization'> {
  return {
    async organization() {
      const [row] = await query<OrganizationRow>('SELECT id, name, currency, zone, created_at FROM organization');
      if (row === undefined) return null;
      const { id, name, currency, zone } = row;
      return { id, name, currency, zone, createdAtMs: row.created_at.getTime() };
    },
    async createOrganization({ id, name, currency, zone, createdAtMs }) {
      await query('INSERT INTO organization (id, name, currency, zone, created_at) VALUES ($1, $2, $3, $4, $5)', [
        id,
        name,
        currency,
        zone,
        new Date(createdAtMs),
      ]);
    },
  };
}
