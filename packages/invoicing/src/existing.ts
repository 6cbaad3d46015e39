// What an act is about, or `not_found`.

import type { Customer, Invoice } from '@tollgate/accounts';
import { TollgateError } from '@tollgate/domain';
import type { Records } from './parts.ts';

export async function existingCustomer(records: Pick<Records, 'customer'>, id: string): Promise<Customer> {
  return (await records.customer(id)) ?? missing('customer', id);
}

export async function existingInvoice(records: Pick<Records, 'invoice'>, id: string): Promise<Invoice> {
  return (await records.invoice(id)) ?? missing('invoice', id);
}

/** Both are held until the transaction ends: first the customer, whose credit other invoices draw on too. */
export async function lockedInvoice(
  records: Pick<Records, 'invoice' | 'lockCustomer' | 'lockInvoice'>,
  id: string,
): Promise<{ readonly customer: Customer; readonly invoice: Invoice }> {
  const { customerId } = await existingInvoice(records, id);
  const customer = (await records.lockCustomer(customerId)) ?? missing('customer', customerId);
  const invoice = (await records.lockInvoice(id)) ?? missing('invoice', id);
  return { customer, invoice };
}

function missing(what: string, id: string): never {
  throw new TollgateError({ code: 'not_found', detail: `There is no ${what} ${id}.` });
}
