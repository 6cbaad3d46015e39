// The shape of a plan's terms as JSON: what the API takes and shows, and what is stored. What may be left out on the way in
// is always there on the way out.

import Type, { type Static } from 'typebox';
import { SPLIT_FIELDS } from './charge.ts';
import { MODEL_PATTERN_LENGTH_MAX } from './model-patterns.ts';
import { TOKEN_CLASSES } from './token-classes.ts';

const CHARGES_MAX = 100;
const TIERS_MAX = 100;

const closed = { additionalProperties: false } as const;

const Id = Type.String({
  pattern: '^[A-Za-z0-9_.-]{1,64}$',
  description: 'Of the charge, not of a version of it: keep it from version to version.',
  examples: ['tokens'],
});
const Description = Type.String({ minLength: 1, maxLength: 500, description: 'What the invoice says.' });
const Decimal = Type.String({
  pattern: '^-?\\d{1,24}(\\.\\d{1,24})?$',
  description: 'Decimal text, exact.',
  examples: ['0.0000025'],
});
const Amount = Type.String({
  pattern: '^\\d{1,15}(\\.\\d{1,4})?$',
  description: 'Decimal text in the currency of the plan, with no more digits than its minor unit has.',
  examples: ['20.00'],
});

const Tier = Type.Object(
  {
    up_to: Type.Union([Decimal, Type.Null()], { description: 'It ends with it; null: the last one.' }),
    unit_price: Decimal,
    flat_fee: Type.Optional({
      ...Decimal,
      description: 'Asked once when the tier is reached; the first one always is.',
    }),
  },
  closed,
);
const Tiers = Type.Array(Tier, { minItems: 1, maxItems: TIERS_MAX });

const PriceModel = Type.Union(
  [
    Type.Object({ kind: Type.Literal('per_unit'), unit_price: Decimal }, closed),
    Type.Object({ kind: Type.Literal('graduated'), tiers: Tiers }, closed),
    Type.Object({ kind: Type.Literal('volume'), tiers: Tiers }, closed),
    Type.Object({ kind: Type.Literal('package'), size: Decimal, price: Decimal }, closed),
    Type.Object(
      {
        kind: Type.Literal('percentage'),
        of: Type.Union([Type.Literal('quantity'), Type.Literal('cost')]),
        percent: Decimal,
        fee_per_event: Type.Optional(Decimal),
      },
      closed,
    ),
    Type.Object({ kind: Type.Literal('cost_plus'), percent: Decimal }, closed),
  ],
  {
    description:
      '`per_unit`; `graduated` (each unit at the price of its tier); `volume` (all units at the price of the tier of their total); `package` (started packages); `percentage` of a quantity that is money or of the cost, and a fee for each event; `cost_plus` (what the price book says, and hundredths on top).',
  },
);

const Discount = Type.Union([
  Type.Null(),
  Type.Object({ kind: Type.Literal('percent'), percent: Decimal }, closed),
  Type.Object({ kind: Type.Literal('amount'), amount: Decimal }, closed),
]);

const Charge = Type.Object(
  {
    id: Id,
    description: Description,
    classes: Type.Optional(
      Type.Union(
        [
          Type.Array(
            Type.String({
              pattern: `^(?:${TOKEN_CLASSES.join('|')}|requests|web_searches|meter:[a-z0-9][a-z0-9_.-]{0,63})$`,
            }),
            { minItems: 1, maxItems: 50, uniqueItems: true },
          ),
          Type.Null(),
        ],
        { description: 'Token classes, `requests`, `web_searches` or `meter:SLUG`. Absent or null: all.' },
      ),
    ),
    model: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: MODEL_PATTERN_LENGTH_MAX }), Type.Null()], {
        description: 'Such as `gpt-4o*`. Absent or null: every model.',
      }),
    ),
    project: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()], {
        description: 'For its use only. Absent or null: every project.',
      }),
    ),
    takes: Type.Optional(
      Type.Union([Type.Literal('own'), Type.Literal('all')], {
        description: '`own`: use that no charge before it has. `all`: also what others are for. Absent: `own`.',
      }),
    ),
    split_by: Type.Optional(
      Type.Array(Type.Enum([...SPLIT_FIELDS]), { uniqueItems: true, description: 'A line for each of these.' }),
    ),
    price_model: PriceModel,
    allowance: Type.Optional({
      ...Decimal,
      description: 'What is free in a period, of what the price model looks at.',
    }),
    discount: Type.Optional(Discount),
    maximum: Type.Optional(Type.Union([Decimal, Type.Null()])),
    minimum: Type.Optional(
      Type.Union([Decimal, Type.Null()], { description: 'What is missing is a line of its own.' }),
    ),
  },
  closed,
);

const Fee = Type.Object({ id: Id, description: Description, amount: Amount }, closed);

const Commitment = Type.Object(
  {
    id: Id,
    description: Description,
    amount: Amount,
    charges: Type.Optional(
      Type.Union([Type.Array(Id, { minItems: 1, maxItems: 2 * CHARGES_MAX, uniqueItems: true }), Type.Null()], {
        description: 'The charges and fees that count towards it. Absent or null: all.',
      }),
    ),
  },
  closed,
);

/** What a plan asks for in a period. */
export const PlanTermsSchema = Type.Object(
  {
    charges: Type.Optional(
      Type.Array(Charge, {
        maxItems: CHARGES_MAX,
        description:
          'In their order. Use that none of them is for is billed as the price book has it: nothing that has a price is forgotten.',
      }),
    ),
    fees: Type.Optional(
      Type.Array(Fee, { maxItems: CHARGES_MAX, description: 'Asked whatever is used; prorated by days.' }),
    ),
    commitment: Type.Optional(
      Type.Union([Commitment, Type.Null()], {
        description: 'What the lines of a period come to at least; what is missing is a line of its own.',
      }),
    ),
  },
  closed,
);

export type PlanTermsJson = Static<typeof PlanTermsSchema>;
export type ChargeJson = Static<typeof Charge>;
export type PriceModelJson = Static<typeof PriceModel>;
export type DiscountJson = Static<typeof Discount>;
export type TierJson = Static<typeof Tier>;
