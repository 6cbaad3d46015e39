// The rows of credit notes, and of what invoices use of them and of what earlier invoices carried over.

import { figuresOf, type StoredFigures, storedFigures } from './credit-note-figures.ts';
import type { CreditNote, InvoiceRecords } from './invoices.ts';
import type { Query } from './postgres-query.ts';
import { toTime } from './time-column.ts';

interface CreditNoteRow {
  readonly id: string;
  readonly customer_id: string;
  readonly invoice_id: string;
  readonly series: string;
  readonly sequence: string;
  readonly number: string;
  readonly issued_at: Date;
  readonly reason: string;
  readonly settlement: CreditNote['settlement'];
  readonly figures: StoredFigures;
  readonly currency: string;
  readonly content: string;
  readonly hash: string;
  readonly previous_hash: string;
}

const INSERT = `
  INSERT INTO credit_notes (id, customer_id, invoice_id, series, sequence, number, issued_at, reason, settlement, figures,
    total_minor, currency, content, hash, previous_hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`;

const LIST = `
  SELECT * FROM credit_notes
  WHERE id > $1 AND ($3::text IS NULL OR customer_id = $3) AND ($4::text[] IS NULL OR invoice_id = ANY($4))
  ORDER BY id LIMIT $2`;

const OPEN = `
  SELECT origin_id, left_minor FROM carried_balances
  WHERE customer_id = $1 AND left_minor > 0 ORDER BY at, origin_id`;

const USE = `
  INSERT INTO carried_balance_uses (origin_id, invoice_id, amount_minor) VALUES ($1, $2, $3)
  ON CONFLICT (origin_id, invoice_id) DO NOTHING`;

const RETURN = 'UPDATE carried_balance_uses SET is_returned = true WHERE invoice_id = $1 AND NOT is_returned';

type CreditNoteRecords = Pick<
  InvoiceRecords,
  'createCreditNote' | 'creditNote' | 'creditNotes' | 'openCreditNotes' | 'useCreditNotes' | 'returnCreditNotes'
>;

export function creditNoteRecords(query: Query): CreditNoteRecords {
  return {
    async createCreditNote(note) {
      await query(INSERT, valuesOf(note));
    },
    async creditNote(id) {
      const [row] = await query<CreditNoteRow>('SELECT * FROM credit_notes WHERE id = $1', [id]);
      return row === undefined ? null : toCreditNote(row);
    },
    async creditNotes({ limit, after, customerId, invoiceId, invoiceIds }) {
      const ofInvoices = invoiceId === undefined ? (invoiceIds ?? null) : [invoiceId];
      const rows = await query<CreditNoteRow>(LIST, [after ?? '', limit, customerId ?? null, ofInvoices]);
      return rows.map(toCreditNote);
    },
    async openCreditNotes(customerId) {
      const rows = await query<{ origin_id: string; left_minor: string }>(OPEN, [customerId]);
      return rows.map(({ origin_id: id, left_minor: left }) => ({ id, leftMinor: BigInt(left) }));
    },
    async useCreditNotes(invoiceId, uses) {
      for (const { creditNoteId, amountMinor } of uses) {
        await query(USE, [creditNoteId, invoiceId, amountMinor.toString()]);
      }
    },
    async returnCreditNotes(invoiceId) {
      await query(RETURN, [invoiceId]);
    },
  };
}

function valuesOf(note: CreditNote): readonly unknown[] {
  return [
    note.id,
    note.customerId,
    note.invoiceId,
    note.series,
    note.sequence.toString(),
    note.number,
    toTime(note.issuedAtMs),
    note.reason,
    note.settlement,
    JSON.stringify(storedFigures(note.figures)),
    note.figures.totalMinor.toString(),
    note.currency,
    note.content,
    note.hash,
    note.previousHash,
  ];
}

function toCreditNote(row: CreditNoteRow): CreditNote {
  const figures = figuresOf(row.figures);
  return {
    id: row.id,
    customerId: row.customer_id,
    invoiceId: row.invoice_id,
    number: row.number,
    series: row.series,
    sequence: BigInt(row.sequence),
    issuedAtMs: row.issued_at.getTime(),
    reason: row.reason,
    settlement: row.settlement,
    lines: figures.lines,
    figures,
    currency: row.currency,
    content: row.content,
    hash: row.hash,
    previousHash: row.previous_hash,
  };
}
