// What a usage costs, or would cost: the prices that apply, and a simulation that goes the same way as the counter.

import type { PriceReader } from '@tollgate/accounts';
import {
  formatDecimal,
  formatTimestamp,
  LLM_EVENT_TYPES,
  type PricedContext,
  type PricedLine,
  parseTimestamp,
  priceUsage,
  type Rate,
  TOKEN_CLASSES,
  type TokenCounts,
  TollgateError,
  UNPRICED_REASONS,
} from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import { normalizeUsage } from '@tollgate/tokenizer';
import Type, { type Static } from 'typebox';
import { CustomerId } from './customers.ts';
import { existingCustomer } from './existing-customer.ts';
import { decimalOfPico } from './money.ts';
import { AMOUNT_DIGITS, contextJson, Per, PriceClassName, perOf } from './price-json.ts';
import { type Answer, type Call, type CallContext, defineRoute, json, type Route } from './route.ts';
import { Count, Decimal, orNull, Timestamp } from './schemas.ts';
import { confinedTo, customerInQuestion } from './tenancy.ts';

const Name = Type.String({ minLength: 1, maxLength: 256 });
const Instant = Type.String({ format: 'date-time' });

const questionFields = {
  provider: Name,
  model: Name,
  customer: Type.Optional({
    ...CustomerId,
    description:
      "Whose prices. Absent: the caller's own, or, for the operator, the list in the organization's currency.",
  }),
  service_tier: Type.Optional({ ...Name, description: 'As in events. Absent: `standard`.' }),
  region: Type.Optional(Name),
  known_at: Type.Optional({ ...Instant, description: 'What was known at this instant. Absent: now.' }),
};

const EffectiveQuery = Type.Object(
  {
    ...questionFields,
    at: Type.Optional({ ...Instant, description: 'The time of the event. Absent: now.' }),
    input_tokens: Type.Optional(
      Type.Integer({ minimum: 0, default: 0, description: 'The total input of the request, for prices by size.' }),
    ),
  },
  { additionalProperties: false },
);

const RateFields = {
  class: PriceClassName,
  amount: Decimal,
  per: Per,
  price_id: Type.String(),
  markup_id: orNull(
    Type.String({ description: 'Null where the price is not marked up, and for a key of a customer.' }),
  ),
  why: Type.String({ description: 'Which price it is and what it outranked, in words.' }),
};

const Asked = {
  provider: Type.String(),
  model: Type.String(),
  service_tier: Type.String(),
  region: orNull(Type.String()),
  customer: orNull(CustomerId),
  currency: Type.String(),
  at: Timestamp,
  known_at: Timestamp,
};

const EffectiveSchema = Type.Object({
  ...Asked,
  input_tokens: Count,
  data: Type.Array(Type.Object(RateFields), { description: 'A class that is not here has no price.' }),
});

const SimulateBody = Type.Object(
  {
    ...questionFields,
    type: Type.Optional(Type.Enum([...LLM_EVENT_TYPES], { description: 'As in events. Absent: `llm.chat`.' })),
    time: Type.Optional({ ...Instant, description: 'The time of the event. Absent: now.' }),
    usage: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: "The provider's usage object, as in events." }),
    ),
    tokens: Type.Optional(
      Type.Partial(Type.Object(Object.fromEntries(TOKEN_CLASSES.map((name) => [name, Count]))), {
        additionalProperties: false,
        description: 'Tokens by class, instead of `usage`.',
      }),
    ),
    requests: Type.Optional(Type.Integer({ minimum: 0, default: 1 })),
    web_searches: Type.Optional(Type.Integer({ minimum: 0, description: 'Absent: what `usage` says, or 0.' })),
  },
  { additionalProperties: false },
);

const SimulateSchema = Type.Object({
  ...Asked,
  tokens: Type.Partial(Type.Object(Object.fromEntries(TOKEN_CLASSES.map((name) => [name, Count])))),
  cost: orNull(Type.String({ description: 'Decimal. Null: unpriced.' })),
  lines: Type.Array(Type.Object({ ...RateFields, quantity: Count, cost: Decimal })),
  unpriced_reason: orNull(Type.Enum([...UNPRICED_REASONS])),
  missing: Type.Array(PriceClassName, { description: 'The classes that have a quantity and no price.' }),
});

interface LookupOptions {
  readonly prices: PriceReader;
  readonly clock: Clock;
}

export function priceLookupRoutes(options: LookupOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/prices/effective',
      operationId: 'getEffectivePrices',
      tag: 'Prices',
      summary: 'What applies to a model, for a customer, at an instant',
      scope: 'billing:read',
      query: EffectiveQuery,
      success: { status: 200, schema: EffectiveSchema },
      errors: ['customer_mismatch'],
      handle: (call) => effective(call, options),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/prices/simulate',
      operationId: 'simulatePrice',
      tag: 'Prices',
      summary: 'What a usage would cost, line by line',
      description: 'Goes the same way as the counter. Nothing is stored.',
      scope: 'billing:read',
      body: SimulateBody,
      success: { status: 200, schema: SimulateSchema },
      errors: ['customer_mismatch', 'invalid_event'],
      handle: (call) => simulate(call, options),
    }),
  ];
}

async function effective(call: Call<Static<typeof EffectiveQuery>, unknown>, options: LookupOptions): Promise<Answer> {
  const { query, caller } = call;
  const context = await contextOf(call, { ...query, time: query.at }, options);
  const totalInput = BigInt(query.input_tokens ?? 0);
  const rates = [...options.prices.book.ratesFor(context, totalInput).values()];
  const isOperator = confinedTo(caller) === null;
  return json(200, {
    ...askedJson(context),
    input_tokens: totalInput,
    data: rates.sort((a, b) => (a.class < b.class ? -1 : 1)).map((rate) => rateJson(rate, isOperator)),
  });
}

async function simulate(call: Call<unknown, Static<typeof SimulateBody>>, options: LookupOptions): Promise<Answer> {
  const { body, caller } = call;
  const context = await contextOf(call, body, options);
  const { tokens, webSearches } = quantitiesOf(body);
  const requests = BigInt(body.requests ?? 1);
  const result = priceUsage(options.prices.book, { ...context, tokens, webSearches, requests });
  const isOperator = confinedTo(caller) === null;
  const isPriced = result.kind === 'priced';
  return json(200, {
    ...askedJson(context),
    tokens,
    cost: isPriced ? decimalOfPico(result.costPico) : null,
    lines: result.lines.map((line) => lineJson(line, isOperator)),
    unpriced_reason: isPriced ? null : result.reason,
    missing: isPriced ? [] : result.missing,
  });
}

interface Question {
  readonly provider: string;
  readonly model: string;
  readonly customer?: string;
  readonly service_tier?: string;
  readonly region?: string;
  readonly time?: string | undefined;
  readonly known_at?: string;
}

async function contextOf(
  call: CallContext,
  question: Question,
  { prices, clock }: LookupOptions,
): Promise<PricedContext> {
  const { caller, records } = call;
  const customerId = customerInQuestion(caller, question.customer);
  const currency =
    customerId === undefined
      ? ((await records.organization())?.currency ?? '')
      : (await existingCustomer(records, customerId)).currency;
  await prices.refresh();
  const nowMs = clock.now();
  return {
    // No customer has this id: the list alone applies.
    customerId: customerId ?? '',
    currency,
    provider: question.provider,
    model: question.model,
    serviceTier: question.service_tier ?? '',
    region: question.region ?? '',
    timeMs: instantOr(question.time, nowMs),
    receivedAtMs: instantOr(question.known_at, nowMs),
  };
}

function instantOr(text: string | undefined, otherwiseMs: number): number {
  return text === undefined ? otherwiseMs : (parseTimestamp(text) ?? otherwiseMs);
}

function quantitiesOf(body: Static<typeof SimulateBody>): {
  readonly tokens: TokenCounts;
  readonly webSearches: bigint;
} {
  const { usage, tokens = {} } = body;
  if (usage !== undefined && body.tokens !== undefined) {
    throw new TollgateError({
      code: 'validation_failed',
      detail: 'A usage comes as the provider reports it or by class, not both.',
      errors: [{ pointer: '/tokens', detail: 'must be left out where there is `usage`.' }],
    });
  }
  if (usage === undefined) {
    const counts = Object.fromEntries(Object.entries(tokens).map(([name, count]) => [name, BigInt(count ?? 0)]));
    return { tokens: counts, webSearches: BigInt(body.web_searches ?? 0) };
  }
  const { type = 'llm.chat', provider, model } = body;
  const normalized = normalizeUsage(usage, { type, provider, model });
  if (normalized.kind === 'refusal') {
    throw new TollgateError({
      code: 'invalid_event',
      detail: normalized.detail,
      errors: [{ pointer: '/usage', detail: normalized.detail }],
    });
  }
  const webSearches = body.web_searches === undefined ? normalized.webSearches : BigInt(body.web_searches);
  return { tokens: normalized.tokens, webSearches };
}

function askedJson(context: PricedContext) {
  return {
    provider: context.provider,
    model: context.model,
    service_tier: context.serviceTier === '' ? 'standard' : context.serviceTier,
    region: context.region === '' ? null : context.region,
    customer: context.customerId === '' ? null : context.customerId,
    currency: context.currency,
    at: formatTimestamp(context.timeMs),
    known_at: formatTimestamp(context.receivedAtMs),
  };
}

/** A customer's key learns what it pays, not what that was made from. */
function rateJson(rate: Rate, isOperator: boolean) {
  return {
    class: rate.class,
    amount: formatDecimal(rate.amountMicros, AMOUNT_DIGITS),
    per: perOf(rate),
    price_id: rate.price.id,
    markup_id: isOperator ? (rate.markup?.id ?? null) : null,
    why: whyOf(rate, isOperator),
  };
}

function lineJson(line: PricedLine, isOperator: boolean) {
  return { ...rateJson(line.rate, isOperator), quantity: line.quantity, cost: decimalOfPico(line.costPico) };
}

function whyOf({ class: priceClass, price, markup }: Rate, isOperator: boolean): string {
  const parts = [
    `${price.customerId === null ? 'The list price' : "The customer's own price"} of ${price.provider}/${price.model}`,
  ];
  if (price.class !== priceClass) parts.push(`as ${price.class}, which ${priceClass} is billed as`);
  if (price.region !== null) parts.push(`in ${price.region}`);
  const context = contextJson(price.context);
  if (context !== null)
    parts.push('over' in context ? `over ${context.over} tokens` : `from ${context.from} tokens on`);
  parts.push(`effective from ${formatTimestamp(price.effectiveFromMs)}`);
  if (markup !== null && isOperator) {
    const percent = formatDecimal(markup.percentMicros ?? 0n, 6);
    const converted = markup.currency === markup.toCurrency ? '' : ` and converted from ${markup.currency}`;
    parts.push(`marked up by ${percent} %${converted}`);
  }
  return `${parts.join(', ')}.`;
}
