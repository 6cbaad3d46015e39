// A price and a mark-up as the API shows and takes them: amounts as decimal text, never as numbers.

import {
  type ContextBand,
  formatDecimal,
  formatTimestamp,
  isPricedByPiece,
  type Markup,
  type Price,
  SERVICE_TIERS,
  TOKEN_CLASSES,
} from '@tollgate/domain';
import Type, { type Static } from 'typebox';
import { CustomerId } from './customers.ts';
import { Decimal, idOf, orNull, Timestamp } from './schemas.ts';

export const AMOUNT_DIGITS = 6;
export const PERCENT_DIGITS = 6;
export const RATE_DIGITS = 9;

const Text = Type.String({ minLength: 1, maxLength: 500 });
const Tokens = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 });

export const Provider = Type.String({
  minLength: 1,
  maxLength: 256,
  description: 'As in events, or `*` for any. Case does not matter.',
  examples: ['openai'],
});
export const ModelPattern = Type.String({
  minLength: 1,
  maxLength: 256,
  description:
    'A model as in events, `gpt-4o*` for all that begin so, or `*` for any. Case does not matter. A dated name such as `gpt-4o-2024-08-06` finds the price of `gpt-4o` where it has none of its own.',
  examples: ['gpt-4o'],
});
export const PriceClassName = Type.String({
  pattern: `^(?:${TOKEN_CLASSES.join('|')}|requests|web_searches|meter:[a-z0-9][a-z0-9_.-]{0,63})$`,
  description:
    'A token class, `requests`, `web_searches`, or `meter:SLUG`. Without a price of their own `reasoning` is billed as `output`, and `tool_input`, `input_image` and `input_video` as `input`.',
});
const ServiceTierName = Type.Enum([...SERVICE_TIERS], { description: 'No tier stands in for another.' });
const Context = Type.Union(
  [
    Type.Null(),
    Type.Object({ over: Tokens }, { additionalProperties: false }),
    Type.Object({ from: Tokens }, { additionalProperties: false }),
  ],
  {
    description:
      'Only for requests whose total input, cached included, is over (or from) so many tokens. It then holds for the whole request.',
  },
);
const Region = Type.String({ minLength: 1, maxLength: 100, description: 'Absent or null: any.' });
const Currency = Type.String({ format: 'iso-currency' });

const PriceId = idOf('prc', 'a price');
const MarkupId = idOf('mkp', 'a mark-up');
const EffectiveFrom = Type.String({
  format: 'date-time',
  description: 'By the time of the event. Absent: now.',
});
const EffectiveTo = Type.String({
  format: 'date-time',
  description: 'Exclusive. Null: until a version that begins later takes its place.',
});
const KnownFrom = Type.String({
  format: 'date-time',
  description:
    'Events that were received before do not know the price: what is counted is not changed by a price that is made later, unless it is rated again.',
});

export const NewPrice = Type.Object(
  {
    customer: Type.Optional(
      orNull({ ...CustomerId, description: 'Whose price it is. Absent or null: of the list, for all.' }),
    ),
    provider: Provider,
    model: ModelPattern,
    class: PriceClassName,
    service_tier: Type.Optional(ServiceTierName),
    context: Type.Optional(Context),
    region: Type.Optional(orNull(Region)),
    amount: orNull(
      Type.String({
        maxLength: 40,
        description: `Decimal, with ${AMOUNT_DIGITS} digits after the point at most: for a million tokens, or for one of what is no token. Zero is a price. Null ends the price: from then on what applies to less applies.`,
        examples: ['2.50'],
      }),
    ),
    currency: Type.Optional({ ...Currency, description: "ISO 4217. Absent: the customer's, or the organization's." }),
    effective_from: Type.Optional(EffectiveFrom),
    effective_to: Type.Optional(orNull(EffectiveTo)),
    source: Type.Optional(orNull({ ...Text, description: 'Where the figure comes from.' })),
    note: Type.Optional(orNull(Text)),
  },
  { additionalProperties: false },
);
export type NewPriceBody = Static<typeof NewPrice>;

export const Per = Type.Enum(['million_tokens', 'unit']);

export const PriceSchema = Type.Object({
  id: PriceId,
  customer: orNull(CustomerId),
  provider: Provider,
  model: ModelPattern,
  class: PriceClassName,
  service_tier: ServiceTierName,
  context: Context,
  region: orNull(Region),
  amount: orNull(Decimal),
  per: Per,
  currency: Currency,
  effective_from: Timestamp,
  effective_to: orNull(Timestamp),
  known_from: KnownFrom,
  source: orNull(Type.String()),
  note: orNull(Type.String()),
  created_at: Timestamp,
  created_by: orNull(Type.String({ description: 'The API key. Null: shipped with the system.' })),
});

export function priceJson(price: Price) {
  return {
    id: price.id,
    customer: price.customerId,
    provider: price.provider,
    model: price.model,
    class: price.class,
    service_tier: price.serviceTier,
    context: contextJson(price.context),
    region: price.region,
    amount: price.amountMicros === null ? null : formatDecimal(price.amountMicros, AMOUNT_DIGITS),
    per: perOf(price),
    currency: price.currency,
    ...versionJson(price),
    source: price.source,
    note: price.note,
    created_at: formatTimestamp(price.createdAtMs),
    created_by: price.createdBy,
  };
}

export function perOf({ class: priceClass }: Pick<Price, 'class'>): 'million_tokens' | 'unit' {
  return isPricedByPiece(priceClass) ? 'unit' : 'million_tokens';
}

export function contextJson(context: ContextBand | null) {
  if (context === null) return null;
  return context.isInclusive ? { from: context.threshold } : { over: context.threshold };
}

export const NewMarkup = Type.Object(
  {
    customer: Type.Optional(orNull({ ...CustomerId, description: 'Absent or null: for all customers.' })),
    provider: Type.Optional(Provider),
    model: Type.Optional(ModelPattern),
    currency: Type.Optional({ ...Currency, description: "Of the list prices. Absent: the organization's." }),
    to_currency: Type.Optional({ ...Currency, description: 'Of the prices that it makes. Absent: the same.' }),
    percent: orNull(
      Type.String({
        maxLength: 40,
        description: `Decimal, with ${PERCENT_DIGITS} digits after the point at most; from -100 on. Null ends the mark-up.`,
        examples: ['20'],
      }),
    ),
    rate: Type.Optional(
      Type.String({
        maxLength: 40,
        description: `Units of \`to_currency\` for one of \`currency\`: decimal, with ${RATE_DIGITS} digits after the point at most. Needed where they differ.`,
      }),
    ),
    effective_from: Type.Optional(EffectiveFrom),
    effective_to: Type.Optional(orNull(EffectiveTo)),
    note: Type.Optional(orNull(Text)),
  },
  { additionalProperties: false },
);
export type NewMarkupBody = Static<typeof NewMarkup>;

export const MarkupSchema = Type.Object({
  id: MarkupId,
  customer: orNull(CustomerId),
  provider: Provider,
  model: ModelPattern,
  currency: Currency,
  to_currency: Currency,
  percent: orNull(Decimal),
  rate: Decimal,
  effective_from: Timestamp,
  effective_to: orNull(Timestamp),
  known_from: KnownFrom,
  note: orNull(Type.String()),
  created_at: Timestamp,
  created_by: orNull(Type.String()),
});

export function markupJson(markup: Markup) {
  return {
    id: markup.id,
    customer: markup.customerId,
    provider: markup.provider,
    model: markup.model,
    currency: markup.currency,
    to_currency: markup.toCurrency,
    percent: markup.percentMicros === null ? null : formatDecimal(markup.percentMicros, PERCENT_DIGITS),
    rate: formatDecimal(markup.rateNanos, RATE_DIGITS),
    ...versionJson(markup),
    note: markup.note,
    created_at: formatTimestamp(markup.createdAtMs),
    created_by: markup.createdBy,
  };
}

function versionJson(version: Pick<Price, 'effectiveFromMs' | 'effectiveToMs' | 'knownFromMs'>) {
  const { effectiveFromMs, effectiveToMs, knownFromMs } = version;
  return {
    effective_from: formatTimestamp(effectiveFromMs),
    effective_to: effectiveToMs === null ? null : formatTimestamp(effectiveToMs),
    known_from: formatTimestamp(knownFromMs),
  };
}
