// The shape of an invoice as JSON, as it is published: JSON Schema from which types and checks are made. A member is never
// removed or given another meaning under the same `format`.

import Type, { type Static } from 'typebox';
import { LINE_KINDS } from './invoice-line.ts';
import { TAX_TREATMENTS } from './tax.ts';

const closed = { additionalProperties: false } as const;

const Money = Type.String({
  pattern: '^-?\\d+(\\.\\d+)?$',
  description: 'Decimal text in the currency of the invoice, with all digits of its minor unit.',
});
const Decimal = Type.String({ pattern: '^-?\\d+(\\.\\d+)?$', description: 'Decimal text, exact, not rounded.' });
const Count = Type.String({ pattern: '^\\d+$', description: 'A whole number as text: it can be of any size.' });
const Time = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC.' });
const OptionalTime = Type.Union([Time, Type.Null()]);
const OptionalText = Type.Union([Type.String(), Type.Null()]);

const provenance = Type.Object(
  { reported: Decimal, counted: Decimal, estimated: Decimal },
  { ...closed, description: 'How much of the quantity a provider reported, an exact rule counted, or was estimated.' },
);

const day = Type.Object(
  { date: Type.String({ format: 'date' }), quantity: Decimal, cost: Decimal, events: Count },
  { ...closed, description: 'What of the group fell on a date of the zone.' },
);

const group = Type.Object(
  {
    project: OptionalText,
    provider: Type.String(),
    model: Type.String({ description: 'Empty for meters.' }),
    service_tier: Type.String(),
    class: Type.String({ description: 'A token class, `requests`, `web_searches` or `meter:` and a slug.' }),
    price_ids: Type.Array(Type.String(), { description: 'The versions of prices that made the cost of the events.' }),
    quantity: Decimal,
    provenance,
    cost: Decimal,
    events: Count,
    days: Type.Array(day, { description: 'Each date once, in order. They add up to the group.' }),
  },
  closed,
);

const step = Type.Object(
  {
    tier: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
    quantity: Decimal,
    unit_price: Decimal,
    flat_fee: Decimal,
    amount: Decimal,
  },
  { ...closed, description: '`amount` = `quantity` × `unit_price` + `flat_fee`.' },
);

const usage = Type.Object(
  {
    quantity: Decimal,
    cost: Decimal,
    events: Count,
    allowance: Type.String({ description: 'What of the quantity, or of the cost, was free.' }),
    steps: Type.Array(step),
    rated: Decimal,
    discount: Decimal,
    over_maximum: Decimal,
    amount: Decimal,
    billed_before: Money,
    provenance,
    price_ids: Type.Array(Type.String()),
    groups: Type.Array(group),
  },
  {
    ...closed,
    description:
      'The use of the period up to the end of the line. The line is `amount`, rounded half-up, less `billed_before`.',
  },
);

const line = Type.Object(
  {
    id: Type.String(),
    subject: Type.String({ description: 'What the line is for: the same on every invoice.' }),
    kind: Type.Enum([...LINE_KINDS]),
    charge: Type.String(),
    description: Type.String(),
    start: Time,
    end: Time,
    amount: Money,
    original_invoice: Type.Union([Type.String(), Type.Null()], {
      description: 'The finalized invoice that an adjustment belongs to.',
    }),
    usage: Type.Union([usage, Type.Null()]),
  },
  closed,
);

const party = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    address: Type.Array(Type.String(), { description: 'Lines of the address, without the country.' }),
    country: Type.Union([Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1.' }), Type.Null()]),
    tax_ids: Type.Array(Type.Object({ kind: Type.String(), value: Type.String() }, closed)),
    email: OptionalText,
  },
  closed,
);

const invoice = Type.Object(
  {
    format: Type.Literal('tollgate.invoice/1'),
    id: Type.String(),
    number: OptionalText,
    issued_at: OptionalTime,
    due_at: OptionalTime,
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217.' }),
    minor_digits: Type.Integer({ minimum: 0, maximum: 4 }),
    period: Type.Object(
      {
        start: Time,
        end: Type.String({ format: 'date-time', description: 'RFC 3339, in UTC. Not in the period.' }),
        zone: Type.String({ description: 'IANA time zone, in which the dates are.' }),
        first_date: Type.String({ format: 'date' }),
        last_date: Type.String({ format: 'date' }),
        days: Type.Integer({ minimum: 0 }),
      },
      closed,
    ),
    seller: party,
    buyer: party,
    purchase_order: OptionalText,
    payment_details: OptionalText,
    note: OptionalText,
    projects: Type.Optional(
      Type.Array(Type.Object({ id: Type.String(), name: Type.String() }, closed), {
        description:
          'The projects that groups name, as they were called then. Absent on invoices before there were names.',
      }),
    ),
    numbers: Type.Optional(
      Type.Array(Type.Object({ id: Type.String(), number: Type.String() }, closed), {
        description: 'Of the invoices and credit notes that are named by their ids. Absent as `projects` is.',
      }),
    ),
    lines: Type.Array(line),
    coupons: Type.Array(Type.Object({ id: Type.String(), description: Type.String(), amount: Money }, closed)),
    taxes: Type.Array(
      Type.Object({ id: Type.String(), name: Type.String(), percent: Decimal, base: Money, amount: Money }, closed),
    ),
    tax_treatment: Type.Enum([...TAX_TREATMENTS], { description: '`reverse_charge`: the buyer accounts for the tax.' }),
    tax_text: OptionalText,
    credit_notes: Type.Array(Type.Object({ id: Type.String(), amount: Money }, closed)),
    credits: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          kind: Type.Union([Type.Literal('paid'), Type.Literal('promotional')]),
          amount: Money,
          lines: Type.Array(Type.Object({ line: Type.String(), amount: Money }, closed)),
        },
        closed,
      ),
    ),
    totals: Type.Object(
      {
        subtotal: Type.String({ description: 'The lines together.' }),
        net: Type.String({ description: 'Less coupons, without tax.' }),
        total: Type.String({ description: 'With tax.' }),
        due: Type.String({ description: 'Less credit notes and credits. Never negative.' }),
        carried: Type.String({ description: 'What is over for the next invoice, where the total is negative.' }),
      },
      closed,
    ),
  },
  { ...closed, $id: 'tollgate.invoice/1', title: 'Invoice' },
);

const SCHEMAS = { invoice, line, usage, step, group, provenance, party };

export type SchemaOf<Name extends keyof typeof SCHEMAS> = Static<(typeof SCHEMAS)[Name]>;

export { invoice as CanonicalInvoiceSchema };
