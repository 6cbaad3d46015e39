// What a finalized invoice was calculated from besides events and prices, by the ids of things that never change: with it the
// invoice can be calculated again, whatever became of plans, coupons and credit since.

import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { JsonObject } from './json.ts';

const closed = { additionalProperties: false } as const;
const Minor = Type.String({ pattern: '^-?\\d+$', description: 'In minor units.' });
const Instant = Type.Integer({ description: 'Milliseconds since the epoch.' });

const parts = Type.Array(
  Type.Object(
    {
      start: Instant,
      end: Instant,
      subscription: Type.Union([
        Type.Null(),
        Type.Object({ id: Type.String(), plan: Type.String(), version: Type.Integer() }, closed),
      ]),
    },
    closed,
  ),
);

const basis = Type.Object(
  {
    /** When the reading began: what changed later is looked for from here. */
    read_at: Instant,
    /** By partition of the log: the last place that counts. */
    until: Type.Array(
      Type.Object({ partition: Type.Integer(), epoch: Type.Integer(), position: Type.String() }, closed),
    ),
    /** Of prices of meters; an event knows the prices of its time by itself. */
    prices_known_at: Instant,
    parts,
    earlier: Type.Array(
      Type.Object(
        {
          invoice: Type.String(),
          parts,
          /** Invoices with adjustments of it from before. */
          adjusted_on: Type.Array(Type.String()),
        },
        closed,
      ),
    ),
    /** In the order in which they were taken. */
    coupons: Type.Array(Type.String()),
    tax: Type.Union([
      Type.Object({ kind: Type.Literal('none') }, closed),
      Type.Object({ kind: Type.Enum(['reverse_charge', 'exempt']), text: Type.String() }, closed),
      Type.Object(
        { kind: Type.Literal('taxed'), rates: Type.Array(Type.String()), prices: Type.Enum(['included', 'added']) },
        closed,
      ),
    ]),
    credit_notes: Type.Array(Type.Object({ id: Type.String(), left: Minor }, closed)),
    balances: Type.Array(Type.Object({ grant: Type.String(), left: Minor }, closed)),
    /** Re-rates that had changed something by then, in the order in which they were applied. */
    rerates: Type.Array(Type.String()),
  },
  closed,
);

export type InvoiceBasis = Static<typeof basis>;

const schema = Compile(basis);

/** Throws for what is none: then the store is broken. */
export function parseInvoiceBasis(stored: JsonObject): InvoiceBasis {
  const value: unknown = stored;
  if (!schema.Check(value)) throw new Error('what is stored as the basis of an invoice is none');
  return value;
}
