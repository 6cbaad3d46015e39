// What a caller says of a new price or mark-up, to a version that can be stored: defaults filled in, and checked for what no
// schema can say.

import type { NewMarkup, NewPrice } from '@tollgate/accounts';
import { type ContextBand, type FieldError, isPriceClass, parseDecimal, parseTimestamp } from '@tollgate/domain';
import type { IdGenerator } from '@tollgate/runtime';
import { AMOUNT_DIGITS, type NewMarkupBody, type NewPriceBody, PERCENT_DIGITS, RATE_DIGITS } from './price-json.ts';

export interface PriceContext {
  /** The currencies of the customers that are named and exist. */
  readonly currencies: ReadonlyMap<string, string>;
  /** The organization's. */
  readonly currency: string;
  readonly newId: IdGenerator;
  readonly nowMs: number;
  /** The key that makes it; null: the system itself. */
  readonly createdBy: string | null;
}

export type Read<Version> =
  | { readonly kind: 'read'; readonly version: Version }
  | { readonly kind: 'flawed'; readonly errors: readonly FieldError[] };

/** A million of the unit for a million tokens: what is dearer is a mistake. */
const AMOUNT_MICROS_MAX = 1_000_000_000_000n;
const PERCENT_MICROS_MIN = -100_000_000n;
const PERCENT_MICROS_MAX = 100_000_000_000n;
const RATE_NANOS_MAX = 1_000_000_000_000_000n;
const SAME_RATE_NANOS = 1_000_000_000n;

/** Pointers begin at the price itself. */
export function readPrice(body: NewPriceBody, context: PriceContext): Read<NewPrice> {
  const flaws: FieldError[] = [];
  const flaw = (pointer: string, detail: string): void => void flaws.push({ pointer, detail });
  const shared = readShared(body, context, flaw);
  const currency = body.currency ?? shared.customerCurrency ?? context.currency;
  if (shared.customerCurrency !== undefined && currency !== shared.customerCurrency) {
    flaw('/currency', `must be the customer's, which is ${shared.customerCurrency}.`);
  }
  const amountMicros = body.amount === null ? null : parseDecimal(body.amount, AMOUNT_DIGITS);
  if (amountMicros === undefined) {
    flaw('/amount', `must be a decimal with ${AMOUNT_DIGITS} digits after the point at most, such as 2.50.`);
  } else if (amountMicros !== null && (amountMicros < 0n || amountMicros > AMOUNT_MICROS_MAX)) {
    flaw('/amount', 'must be between 0 and 1000000.');
  }
  const { class: priceClass } = body;
  if (!isPriceClass(priceClass)) flaw('/class', 'is no class that has prices.');
  if (flaws.length > 0 || amountMicros === undefined || !isPriceClass(priceClass))
    return { kind: 'flawed', errors: flaws };
  return {
    kind: 'read',
    version: {
      id: context.newId('prc'),
      ...shared.version,
      provider: body.provider,
      model: body.model,
      class: priceClass,
      serviceTier: body.service_tier ?? 'standard',
      context: readContext(body.context),
      region: body.region ?? null,
      currency,
      amountMicros,
      source: body.source ?? null,
    },
  };
}

export function readMarkup(body: NewMarkupBody, context: PriceContext): Read<NewMarkup> {
  const flaws: FieldError[] = [];
  const flaw = (pointer: string, detail: string): void => void flaws.push({ pointer, detail });
  const provider = body.provider ?? '*';
  const model = body.model ?? '*';
  const shared = readShared({ ...body, provider, model }, context, flaw);
  const currency = body.currency ?? context.currency;
  const toCurrency = body.to_currency ?? shared.customerCurrency ?? currency;
  if (shared.customerCurrency !== undefined && toCurrency !== shared.customerCurrency) {
    flaw('/to_currency', `must be the customer's, which is ${shared.customerCurrency}.`);
  }
  const percentMicros = body.percent === null ? null : parseDecimal(body.percent, PERCENT_DIGITS);
  if (percentMicros === undefined || isOutside(percentMicros, PERCENT_MICROS_MIN, PERCENT_MICROS_MAX)) {
    flaw('/percent', `must be a decimal from -100 to 100000 with ${PERCENT_DIGITS} digits after the point at most.`);
  }
  const rateNanos = body.rate === undefined ? SAME_RATE_NANOS : parseDecimal(body.rate, RATE_DIGITS);
  if (rateNanos === undefined || isOutside(rateNanos, 1n, RATE_NANOS_MAX)) {
    flaw('/rate', `must be a decimal over 0 with ${RATE_DIGITS} digits after the point at most.`);
  } else if (currency === toCurrency && rateNanos !== SAME_RATE_NANOS) {
    flaw('/rate', 'is for two currencies, and both are the same.');
  } else if (currency !== toCurrency && body.rate === undefined) {
    flaw('/rate', 'is required where the currencies differ.');
  }
  if (flaws.length > 0 || percentMicros === undefined || rateNanos === undefined) {
    return { kind: 'flawed', errors: flaws };
  }
  const own = { provider, model, currency, toCurrency, percentMicros, rateNanos };
  return { kind: 'read', version: { id: context.newId('mkp'), ...shared.version, ...own } };
}

type SharedBody = Pick<NewPriceBody, 'customer' | 'provider' | 'model' | 'effective_from' | 'effective_to' | 'note'>;

function readShared(body: SharedBody, context: PriceContext, flaw: (pointer: string, detail: string) => void) {
  const customerId = body.customer ?? null;
  const customerCurrency = customerId === null ? undefined : context.currencies.get(customerId);
  if (customerId !== null && customerCurrency === undefined) flaw('/customer', 'is no customer that exists.');
  if (body.provider !== '*' && body.provider.includes('*')) flaw('/provider', 'must be a name, or * alone.');
  if (body.model.slice(0, -1).includes('*')) flaw('/model', 'may have one *, at its end.');
  // The schema has checked both.
  const effectiveFromMs = body.effective_from === undefined ? context.nowMs : instantOf(body.effective_from);
  const effectiveToMs =
    body.effective_to === undefined || body.effective_to === null ? null : instantOf(body.effective_to);
  if (effectiveToMs !== null && effectiveToMs <= effectiveFromMs)
    flaw('/effective_to', 'must be after `effective_from`.');
  const version = {
    customerId,
    effectiveFromMs,
    effectiveToMs,
    createdAtMs: context.nowMs,
    createdBy: context.createdBy,
    note: body.note ?? null,
  };
  return { version, customerCurrency };
}

function readContext(context: NewPriceBody['context']): ContextBand | null {
  if (context === undefined || context === null) return null;
  return 'over' in context
    ? { threshold: BigInt(context.over), isInclusive: false }
    : { threshold: BigInt(context.from), isInclusive: true };
}

function isOutside(value: bigint | null, min: bigint, max: bigint): boolean {
  return value !== null && (value < min || value > max);
}

function instantOf(text: string): number {
  return parseTimestamp(text) ?? Number.NaN;
}
