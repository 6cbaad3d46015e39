// Facts that others are told of: rows in the transaction of each fact, delivered later.

import { canonicalJson } from '@tollgate/domain';
import type { AccountRecords } from './accounts.ts';
import type { Query } from './postgres-query.ts';

export function outboxRecords(query: Query): Pick<AccountRecords, 'tell'> {
  return {
    async tell({ type, customerId, data }) {
      await query('INSERT INTO outbox (type, customer_id, data) VALUES ($1, $2, $3)', [
        type,
        customerId,
        canonicalJson(data),
      ]);
    },
  };
}
