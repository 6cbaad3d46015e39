// Invoices and credit notes as the API shows them.

import { type CreditNote, INVOICE_STATES, type Invoice } from '@tollgate/accounts';
import {
  CanonicalCreditNoteSchema,
  CanonicalInvoiceSchema,
  CREDIT_NOTE_SETTLEMENTS,
  formatMinor,
  formatTimestamp,
  type JsonObject,
} from '@tollgate/domain';
import { REFUSAL_CODES, type Refusal } from '@tollgate/invoicing';
import Type from 'typebox';
import { CustomerId } from '../customers.ts';
import { asJson } from '../json-text.ts';
import { Decimal, idOf, orNull, Timestamp } from '../schemas.ts';

export const InvoiceId = idOf('inv', 'an invoice');
const CreditNoteId = idOf('crn', 'a credit note');

export const PeriodSchema = Type.Object({ start: Timestamp, end: Timestamp, zone: Type.String() });

export const RefusalSchema = Type.Object({
  code: Type.Enum([...REFUSAL_CODES]),
  detail: Type.String(),
  facts: Type.Record(Type.String(), Type.Unknown()),
});

export const RefusalsSchema = orNull(
  Type.Array(RefusalSchema, { description: 'Why it cannot be finalized. Null: told to the operator only.' }),
);

const invoiceFields = {
  id: InvoiceId,
  customer: CustomerId,
  state: Type.Enum([...INVOICE_STATES]),
  number: orNull(Type.String({ description: 'Null while it is a draft.' })),
  period: PeriodSchema,
  currency: Type.String(),
  drafted_at: Timestamp,
  finalizes_at: orNull(Type.String({ format: 'date-time', description: 'Null: not by itself.' })),
  refusal: orNull(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'Why the last attempt to finalize it was refused, and when it is tried again.',
    }),
  ),
  finalized_at: orNull(Timestamp),
  due_at: orNull(Timestamp),
  subtotal: orNull(Decimal),
  total: orNull(Decimal),
  due: orNull(Type.String({ description: 'When it was finalized: later credit notes and payments do not change it.' })),
  settled_at: orNull(Type.String({ format: 'date-time', description: 'When it was paid, given up or made void.' })),
  settled_reason: orNull(Type.String()),
  hash: orNull(Type.String({ description: 'SHA-256 over the hash before it in the series and its document.' })),
  previous_hash: orNull(Type.String()),
};

export const InvoiceSchema = Type.Object(invoiceFields);
export const InvoiceWithDocument = Type.Object({
  ...invoiceFields,
  document: Type.Unsafe({
    ...CanonicalInvoiceSchema,
    description: 'The canonical JSON. Of a draft as it would be now.',
  }),
});

export const CreditNoteSchema = Type.Object({
  id: CreditNoteId,
  customer: CustomerId,
  invoice: InvoiceId,
  number: Type.String(),
  issued_at: Timestamp,
  reason: Type.String(),
  settlement: Type.Enum([...CREDIT_NOTE_SETTLEMENTS]),
  currency: Type.String(),
  subtotal: Decimal,
  total: Decimal,
  document: Type.Unsafe({ ...CanonicalCreditNoteSchema, description: 'The canonical JSON.' }),
});

export function invoiceJson(invoice: Invoice) {
  const { snapshot, currency } = invoice;
  const money = (minor: bigint | undefined): string | null =>
    minor === undefined ? null : formatMinor(minor, currency);
  return {
    id: invoice.id,
    customer: invoice.customerId,
    state: invoice.state,
    number: snapshot?.number ?? null,
    period: periodJson(invoice),
    currency,
    drafted_at: formatTimestamp(invoice.draftedAtMs),
    finalizes_at: timeOrNull(invoice.finalizesAtMs),
    refusal: invoice.refusal,
    finalized_at: timeOrNull(snapshot?.finalizedAtMs),
    due_at: timeOrNull(snapshot?.dueAtMs),
    subtotal: money(snapshot?.subtotalMinor),
    total: money(snapshot?.totalMinor),
    due: money(snapshot?.dueMinor),
    settled_at: timeOrNull(invoice.settledAtMs),
    settled_reason: invoice.settledReason,
    hash: snapshot?.hash ?? null,
    previous_hash: snapshot?.previousHash ?? null,
  };
}

export function creditNoteJson(note: CreditNote) {
  const { currency, figures } = note;
  return {
    id: note.id,
    customer: note.customerId,
    invoice: note.invoiceId,
    number: note.number,
    issued_at: formatTimestamp(note.issuedAtMs),
    reason: note.reason,
    settlement: note.settlement,
    currency,
    subtotal: formatMinor(figures.subtotalMinor, currency),
    total: formatMinor(figures.totalMinor, currency),
    document: asJson(JSON.parse(note.content)),
  };
}

export function periodJson({ period, zone }: Pick<Invoice, 'period' | 'zone'>) {
  return { start: formatTimestamp(period.startMs), end: formatTimestamp(period.endMs), zone };
}

export function refusalsJson(refusals: readonly Refusal[]): readonly JsonObject[] {
  return refusals.map(({ code, detail, facts }) => ({ code, detail, facts }));
}

function timeOrNull(atMs: number | null | undefined): string | null {
  return atMs === null || atMs === undefined ? null : formatTimestamp(atMs);
}
