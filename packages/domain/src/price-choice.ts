// Which price applies, and why it and no other. Versions of the same key first give one: the latest that is in force. Keys then
// outrank each other, dimension by dimension, in this order:
//
//   1. the customer's own before the list's, and list prices in the customer's currency before those that a mark-up converts;
//   2. the model that fits more closely (see `closenessOf`);
//   3. the provider's before any provider's;
//   4. the class itself before the class that it is billed as (`reasoning` as `output`; the inputs of tools, images and video
//      as `input`: so providers bill them where they name no price);
//   5. the region's before any region's;
//   6. the band with the highest threshold that the input passes, before none.
//
// The service tier is not outranked: a tier without a price has none. A customer's price thus hides the list's bands and
// regions of the same class: who agrees on a price agrees on all of it.

import { type ContextBand, type Markup, markedUp, type Price, type PriceClass, type ServiceTier } from './price.ts';
import { ANY, closenessOf, type ModelNames, providerNameOf } from './priced-model.ts';
import type { TokenClass } from './token-classes.ts';

const BILLED_AS: Readonly<Partial<Record<PriceClass, TokenClass>>> = {
  reasoning: 'output',
  tool_input: 'input',
  input_image: 'input',
  input_video: 'input',
};

/** What one class costs here and now. */
export interface Rate {
  readonly class: PriceClass;
  /** In the currency that was asked for, as `Price.amountMicros`. */
  readonly amountMicros: bigint;
  readonly price: Price;
  /** Set when `price` is the list's and was marked up or converted. */
  readonly markup: Markup | null;
}

/** Whose rates are asked for. The provider by its one name. */
export interface RateQuestion {
  readonly currency: string;
  readonly provider: string;
  readonly names: ModelNames;
  readonly tier: ServiceTier;
  readonly region: string;
}

export interface Moment {
  /** The time of the event, in milliseconds since the epoch. */
  readonly timeMs: number;
  /** When its record was received: only what was known then counts. */
  readonly receivedAtMs: number;
}

interface Candidate extends Rate {
  readonly rank: readonly number[];
  readonly context: ContextBand | null;
}

/** What may apply at a moment, the highest-ranking first; the bands are left to `ratesFor`. */
export interface Choice {
  readonly candidates: readonly Candidate[];
  /** The thresholds at which rates may change, as the least input that is past each, ascending. */
  readonly steps: readonly bigint[];
}

/** `prices` and `markups` may hold more than fits; nothing depends on their order. */
export function chooseAt(
  of: { readonly prices: readonly Price[]; readonly markups: readonly Markup[] },
  question: RateQuestion,
  moment: Moment,
): Choice {
  const markups = versionsInForce(of.markups, markupKeyOf, moment).filter(
    ({ percentMicros }) => percentMicros !== null,
  );
  const candidates = versionsInForce(of.prices, priceKeyOf, moment)
    .flatMap((price) => candidatesOf(price, markups, question))
    .sort(byRank);
  const steps = new Set(candidates.flatMap(({ context }) => (context === null ? [] : [leastInputOf(context)])));
  return { candidates, steps: [...steps].sort((a, b) => (a < b ? -1 : 1)) };
}

/** The rate of each class for a request with this much input. */
export function ratesFor({ candidates }: Choice, totalInput: bigint): ReadonlyMap<PriceClass, Rate> {
  const rates = new Map<PriceClass, Rate>();
  for (const candidate of candidates) {
    const { context } = candidate;
    if (rates.has(candidate.class) || (context !== null && totalInput < leastInputOf(context))) continue;
    rates.set(candidate.class, candidate);
  }
  return rates;
}

function candidatesOf(price: Price, markups: readonly Markup[], question: RateQuestion): readonly Candidate[] {
  const { names, region, tier } = question;
  const { amountMicros, context } = price;
  const closeness = closenessOf(price.model.toLowerCase(), names);
  if (amountMicros === null || closeness === null || price.serviceTier !== tier) return [];
  if (!fitsProvider(price, question) || (price.region !== null && price.region !== region)) return [];
  const asked = amountIn(price, { amountMicros, markups, question });
  if (asked === null) return [];

  return classesPricedBy(price.class).map((priceClass) => ({
    class: priceClass,
    amountMicros: asked.amountMicros,
    price,
    markup: asked.markup,
    context,
    rank: [
      price.customerId === null ? 0 : 1,
      price.currency === question.currency ? 1 : 0,
      closeness,
      price.provider === ANY ? 0 : 1,
      priceClass === price.class ? 1 : 0,
      price.region === null ? 0 : 1,
      // Exact: a threshold is far below 2^53.
      context === null ? -1 : Number(leastInputOf(context)),
    ],
  }));
}

/** The class itself, and those that are billed as it where they have no price. */
export function classesPricedBy(priceClass: PriceClass): readonly PriceClass[] {
  const billedAsIt = Object.entries(BILLED_AS).filter(([, as]) => as === priceClass);
  return [priceClass, ...billedAsIt.map(([name]) => name as TokenClass)];
}

/** A customer's own price is final; the list's is marked up, and only a mark-up can convert it. */
function amountIn(
  price: Price,
  of: { readonly amountMicros: bigint; readonly markups: readonly Markup[]; readonly question: RateQuestion },
): Pick<Rate, 'amountMicros' | 'markup'> | null {
  const { amountMicros, markups, question } = of;
  const isSameCurrency = price.currency === question.currency;
  if (price.customerId !== null) return isSameCurrency ? { amountMicros, markup: null } : null;
  const markup = closestMarkup(markups, price.currency, question);
  if (markup === null) return isSameCurrency ? { amountMicros, markup } : null;
  return { amountMicros: markedUp(amountMicros, markup), markup };
}

function closestMarkup(markups: readonly Markup[], from: string, question: RateQuestion): Markup | null {
  let closest: { readonly markup: Markup; readonly rank: readonly number[] } | null = null;
  for (const markup of markups) {
    const closeness = closenessOf(markup.model.toLowerCase(), question.names);
    const isOfCurrency = markup.currency === from && markup.toCurrency === question.currency;
    if (closeness === null || !isOfCurrency || !fitsProvider(markup, question)) continue;
    const rank = [markup.customerId === null ? 0 : 1, closeness, markup.provider === ANY ? 0 : 1];
    if (closest === null || compareRanks(rank, closest.rank) > 0) closest = { markup, rank };
  }
  return closest?.markup ?? null;
}

export function fitsProvider(version: { readonly provider: string }, question: RateQuestion): boolean {
  return version.provider === ANY || providerNameOf(version.provider) === question.provider;
}

function leastInputOf({ threshold, isInclusive }: ContextBand): bigint {
  return isInclusive ? threshold : threshold + 1n;
}

type Dated = Pick<Price, 'id' | 'effectiveFromMs' | 'effectiveToMs' | 'knownFromMs'>;

/** Of each key the version that began last; of those that began together the one that was known last. */
export function versionsInForce<Version extends Dated>(
  versions: readonly Version[],
  keyOf: (version: Version) => string,
  { timeMs, receivedAtMs }: Moment,
): readonly Version[] {
  const latest = new Map<string, Version>();
  for (const version of versions) {
    const { effectiveFromMs, effectiveToMs, knownFromMs } = version;
    if (knownFromMs > receivedAtMs || effectiveFromMs > timeMs) continue;
    if (effectiveToMs !== null && effectiveToMs <= timeMs) continue;
    const key = keyOf(version);
    const other = latest.get(key);
    if (other === undefined || isLater(version, other)) latest.set(key, version);
  }
  return [...latest.values()];
}

function isLater(version: Dated, other: Dated): boolean {
  if (version.effectiveFromMs !== other.effectiveFromMs) return version.effectiveFromMs > other.effectiveFromMs;
  if (version.knownFromMs !== other.knownFromMs) return version.knownFromMs > other.knownFromMs;
  return version.id > other.id;
}

/** What versions of one price share. */
export function priceKeyOf(price: Omit<Price, 'id'>): string {
  const { customerId, provider, model, serviceTier, context, region, currency } = price;
  const band = context === null ? null : String(leastInputOf(context));
  return JSON.stringify([
    customerId,
    providerNameOf(provider),
    model.toLowerCase(),
    ...[price.class, serviceTier, band, region, currency],
  ]);
}

function markupKeyOf({ customerId, provider, model, currency, toCurrency }: Markup): string {
  return JSON.stringify([customerId, providerNameOf(provider), model.toLowerCase(), currency, toCurrency]);
}

/** The highest first. Equal ranks are two spellings of one currency's conversion: told apart by currency, then id. */
function byRank(a: Candidate, b: Candidate): number {
  const order = compareRanks(b.rank, a.rank);
  if (order !== 0) return order;
  if (a.price.currency !== b.price.currency) return a.price.currency < b.price.currency ? -1 : 1;
  return a.price.id < b.price.id ? -1 : 1;
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0;
    if (value !== other) return value - other;
  }
  return 0;
}
