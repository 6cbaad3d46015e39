// The rows of the ledger.

import type { LedgerEntry } from '@tollgate/domain';
import type { InvoiceRecords } from './invoices.ts';
import type { Query } from './postgres-query.ts';
import { toTime } from './time-column.ts';

interface LedgerRow {
  readonly fact: string;
  readonly index: number;
  readonly customer_id: string;
  readonly invoice_id: string;
  readonly account: LedgerEntry['account'];
  readonly amount_minor: string;
  readonly currency: string;
  readonly at: Date;
}

// One statement, so that the entries of a fact add up also where nobody began a transaction.
const BOOK = `
  INSERT INTO ledger_entries (fact, index, customer_id, invoice_id, account, amount_minor, currency, at)
  SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::timestamptz[])
  ON CONFLICT (fact, index) DO NOTHING`;

export function ledgerRecords(query: Query): Pick<InvoiceRecords, 'bookLedger' | 'ledgerOf'> {
  return {
    async bookLedger(entries) {
      const column = (of: (entry: LedgerEntry) => unknown): readonly unknown[] => entries.map(of);
      await query(BOOK, [
        column(({ fact }) => fact),
        column(({ index }) => index),
        column(({ customerId }) => customerId),
        column(({ invoiceId }) => invoiceId),
        column(({ account }) => account),
        column(({ amountMinor }) => amountMinor.toString()),
        column(({ currency }) => currency),
        column(({ atMs }) => toTime(atMs)),
      ]);
    },
    async ledgerOf(invoiceId) {
      const text = 'SELECT * FROM ledger_entries WHERE invoice_id = $1 ORDER BY at, fact, index';
      return (await query<LedgerRow>(text, [invoiceId])).map(toEntry);
    },
  };
}

function toEntry(row: LedgerRow): LedgerEntry {
  return {
    fact: row.fact,
    index: row.index,
    customerId: row.customer_id,
    invoiceId: row.invoice_id,
    account: row.account,
    amountMinor: BigInt(row.amount_minor),
    currency: row.currency,
    atMs: row.at.getTime(),
  };
}
