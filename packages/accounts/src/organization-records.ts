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

type OrganizationRecords = Pick<
  AccountRecords,
  'organization' | 'createOrganization' | 'isOperatorKeyReset' | 'noteOperatorKeyReset'
>;

export function organizationRecords(query: Query): OrganizationRecords {
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
    async isOperatorKeyReset(label) {
      return (await query('SELECT 1 FROM operator_key_resets WHERE label = $1', [label])).length > 0;
    },
    async noteOperatorKeyReset({ label, keyId, madeAtMs }) {
      const values = [label, keyId, new Date(madeAtMs)];
      await query('INSERT INTO operator_key_resets (label, key_id, made_at) VALUES ($1, $2, $3)', values);
    },
  };
}
