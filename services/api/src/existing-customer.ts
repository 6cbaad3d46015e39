// A customer that a body names must be there; a body that names none where one is needed says so.

import type { AccountRecords, Customer } from '@tollgate/accounts';
import { TollgateError } from '@tollgate/domain';

export async function existingCustomer(records: AccountRecords, customerId: string | undefined): Promise<Customer> {
  const customer = customerId === undefined ? null : await records.customer(customerId);
  if (customer !== null) return customer;
  throw new TollgateError({
    code: 'validation_failed',
    detail: 'The body names no customer that exists. See `errors`.',
    errors: [
      { pointer: '/customer', detail: customerId === undefined ? 'is required here.' : 'is no customer that exists.' },
    ],
  });
}
