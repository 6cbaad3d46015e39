// What invoicing is made of: the ports it reads and writes, and all that a test may want to hand in.

import type { AccountRecords, Accounts, PriceReader } from '@tollgate/accounts';
import type { Clock, Failpoint, IdGenerator } from '@tollgate/runtime';
import type { Warehouse } from '@tollgate/warehouse';

/** All reads and writes of one act: those of a transaction, where something is written. */
export type Records = AccountRecords;

export type InvoicingWarehouse = Pick<
  Warehouse,
  | 'asOf'
  | 'storedUntil'
  | 'consumedUntil'
  | 'books'
  | 'invoiceUse'
  | 'invoiceTotals'
  | 'invoiceRows'
  | 'meterValue'
  | 'changedSince'
  | 'booksOfEach'
  | 'invoiceUseOfEach'
  | 'invoiceTotalsOfEach'
  | 'changedSinceOfEach'
  | 'event'
>;

export interface InvoicingParts {
  readonly accounts: Accounts;
  readonly warehouse: InvoicingWarehouse;
  readonly prices: PriceReader;
  readonly clock: Clock;
  readonly newId: IdGenerator;
  readonly failpoint: Failpoint;
}

/** Who does something, for the audit log; without a key it is the system itself. */
export interface Act {
  readonly keyId: string | null;
  /** Null for what no request asked for. */
  readonly origin: { readonly address: string; readonly requestId: string } | null;
}
