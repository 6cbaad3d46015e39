// The shape of a credit note as JSON, as it is published. A member is never removed or given another meaning under the same
// `format`.

import Type, { type Static } from 'typebox';
import { CanonicalInvoiceSchema } from './canonical-invoice-schema.ts';
import { CREDIT_NOTE_SETTLEMENTS } from './ledger.ts';

const closed = { additionalProperties: false } as const;

const Money = Type.String({
  pattern: '^-?\\d+(\\.\\d+)?$',
  description: 'What is taken back, as decimal text in the currency of the invoice: positive where the invoice is.',
});

const { seller, buyer, currency, minor_digits, taxes, tax_text, issued_at } = CanonicalInvoiceSchema.properties;

export const CanonicalCreditNoteSchema = Type.Object(
  {
    format: Type.Literal('tollgate.credit_note/1'),
    id: Type.String(),
    number: Type.String(),
    issued_at: Type.String({ format: 'date-time', description: 'RFC 3339, in UTC.' }),
    invoice: Type.Object(
      { id: Type.String(), number: Type.String(), issued_at },
      { ...closed, description: 'The invoice that is corrected.' },
    ),
    reason: Type.String(),
    settlement: Type.Enum([...CREDIT_NOTE_SETTLEMENTS], {
      description: '`invoice`: less is due of it. `balance`: for later invoices. `outside`: paid back elsewhere.',
    }),
    currency,
    minor_digits,
    seller,
    buyer,
    lines: Type.Array(
      Type.Object({ line: Type.String(), charge: Type.String(), description: Type.String(), amount: Money }, closed),
      { description: 'Lines of the invoice, and what is taken back of each.' },
    ),
    coupons: Type.Array(Type.Object({ id: Type.String(), description: Type.String(), amount: Money }, closed)),
    taxes,
    tax_text,
    totals: Type.Object({ subtotal: Money, net: Money, total: Money }, closed),
  },
  { ...closed, $id: 'tollgate.credit_note/1', title: 'Credit note' },
);

export type CanonicalCreditNote = Static<typeof CanonicalCreditNoteSchema>;
