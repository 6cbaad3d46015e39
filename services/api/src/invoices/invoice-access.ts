// Who sees which invoices, and who may do something with them.

import type { Invoice, InvoiceState } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';
import type { Act } from '@tollgate/invoicing';
import type { CallContext } from '../route.ts';
import { confinedTo, mustBeSeen, notFound } from '../tenancy.ts';

/** Drafts are the operator's: a customer sees the preview of its open period, and what was finalized. */
export const CUSTOMERS_STATES: readonly InvoiceState[] = ['finalized', 'paid', 'uncollectible', 'void'];

export function visibleInvoice(caller: Caller, invoice: Invoice | null): Invoice {
  const seen = mustBeSeen(caller, invoice, ({ customerId }) => customerId);
  if (confinedTo(caller) !== null && !CUSTOMERS_STATES.includes(seen.state)) throw notFound();
  return seen;
}

/** Who does something with an invoice: always the operator. */
export function operatorsAct({ caller, origin }: Pick<CallContext, 'caller' | 'origin'>): Act {
  mustBeOperator(caller);
  return { keyId: caller.keyId, origin };
}

export function mustBeOperator(caller: Caller): void {
  if (confinedTo(caller) === null) return;
  throw new TollgateError({
    code: 'customer_mismatch',
    detail: "This is done by the operator only. Use one of the operator's keys.",
  });
}
