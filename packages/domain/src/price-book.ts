// All versions of all prices in memory, and what a usage costs by them. The order of calculation:
//
//   1. the tier is read from the event (`serviceTierOf`), the total input is the sum of all input classes, cached included;
//   2. of the versions known when the record was received and in force at the event's time one is chosen for each class
//      (`price-choice.ts`): the result is a pure function of the record, whenever and wherever it is computed;
//   3. a list price is marked up and converted, rounded half-up to the millionth of the currency's unit per million tokens;
//   4. tokens × that amount are exactly picounits: no division, and no rounding before the invoice line.
//
// Zero tokens need no price. A price of zero is a price. A request as such costs something only where a price of the class
// `requests` says so; any other quantity without a price makes the whole usage unpriced.

import { isPricedByPiece, type Markup, type Price, type PriceClass, serviceTierOf } from './price.ts';
import { type Choice, chooseAt, type Moment, type Rate, type RateQuestion, ratesFor } from './price-choice.ts';
import { modelNamesOf, providerNameOf } from './priced-model.ts';
import { TOKEN_CLASSES, type TokenClass, type TokenCounts } from './token-classes.ts';
import { type UnpricedReason, whyUnpriced } from './unpriced-reason.ts';
import { ALL_CUSTOMERS, createVersionIndex } from './version-index.ts';

/** What a price depends on besides quantities. */
export interface PricedContext extends Moment {
  readonly customerId: string;
  /** The customer's, ISO 4217; empty when it is not known. */
  readonly currency: string;
  readonly provider: string;
  readonly model: string;
  /** As the event says it. */
  readonly serviceTier: string;
  /** Empty when it is not known: then only prices for any region apply. */
  readonly region: string;
}

export interface PricedUsage extends PricedContext {
  readonly tokens: TokenCounts;
  readonly requests: bigint;
  readonly webSearches: bigint;
}

export interface PricedLine {
  readonly rate: Rate;
  readonly quantity: bigint;
  readonly costPico: bigint;
}

export type PricedResult =
  | {
      readonly kind: 'priced';
      /** Picounits of the customer's currency. */
      readonly costPico: bigint;
      /** The versions that made the cost: prices, and the mark-ups on them. */
      readonly priceIds: readonly string[];
      readonly lines: readonly PricedLine[];
    }
  | {
      readonly kind: 'unpriced';
      readonly reason: UnpricedReason;
      /** The classes that have a quantity and no price. */
      readonly missing: readonly PriceClass[];
      /** What could be priced. */
      readonly lines: readonly PricedLine[];
    };

export interface PriceBook {
  /** Versions that it does not have yet, in any order. */
  add(versions: { readonly prices: readonly Price[]; readonly markups: readonly Markup[] }): void;
  readonly size: number;
  /** What each class costs in a request of this size. Empty for a tier without a name. */
  ratesFor(context: PricedContext, totalInput: bigint): ReadonlyMap<PriceClass, Rate>;
  whyUnpriced(context: PricedContext, priceClass: PriceClass): UnpricedReason;
}

/** Contexts that are remembered with their rates. All are forgotten when there are more, or when a version is added. */
const REMEMBERED_MAX = 20_000;
/** Stretches of time that are remembered of one context. */
const SEGMENTS_MAX = 100;
const NO_RATES: ReadonlyMap<PriceClass, Rate> = new Map();
const PICO_PER_MICRO = 1_000_000n;

const INPUT_CLASSES = TOKEN_CLASSES.filter(
  (name) => name.includes('input') || name.startsWith('cache_'),
) satisfies readonly TokenClass[];

export function priceUsage(book: PriceBook, usage: PricedUsage): PricedResult {
  const { tokens, requests, webSearches } = usage;
  const rates = book.ratesFor(usage, totalInputOf(tokens));
  const lines: PricedLine[] = [];
  const missing: PriceClass[] = [];
  let costPico = 0n;
  const add = (priceClass: PriceClass, quantity: bigint): void => {
    if (quantity === 0n) return;
    const rate = rates.get(priceClass);
    if (rate === undefined) {
      if (priceClass !== 'requests') missing.push(priceClass);
      return;
    }
    const line = { rate, quantity, costPico: costOf(rate, quantity) };
    costPico += line.costPico;
    lines.push(line);
  };
  for (const name of TOKEN_CLASSES) add(name, tokens[name] ?? 0n);
  add('requests', requests);
  add('web_searches', webSearches);

  const [firstMissing] = missing;
  if (firstMissing === undefined) return { kind: 'priced', costPico, priceIds: versionsOf(lines), lines };
  return { kind: 'unpriced', reason: book.whyUnpriced(usage, firstMissing), missing, lines };
}

/** What decides the context band. */
export function totalInputOf(tokens: TokenCounts): bigint {
  let total = 0n;
  for (const name of INPUT_CLASSES) {
    const count = tokens[name];
    if (count !== undefined) total += count;
  }
  return total;
}

function costOf(rate: Rate, quantity: bigint): bigint {
  const costPico = quantity * rate.amountMicros;
  return isPricedByPiece(rate.class) ? costPico * PICO_PER_MICRO : costPico;
}

function versionsOf(lines: readonly PricedLine[]): readonly string[] {
  const ids = new Set<string>();
  for (const { rate } of lines) {
    ids.add(rate.price.id);
    if (rate.markup !== null) ids.add(rate.markup.id);
  }
  return [...ids];
}

export function createPriceBook(): PriceBook {
  const prices = createVersionIndex<Price>();
  const markups = createVersionIndex<Markup>();
  const known = new Set<string>();
  const remembered = new Map<string, Remembered>();

  /** Undefined for a tier without a name. */
  const look = (context: PricedContext): { readonly at: Segment; readonly entry: Remembered } | undefined => {
    const scope =
      prices.has(context.customerId) || markups.has(context.customerId) ? context.customerId : ALL_CUSTOMERS;
    const { currency, provider, model, serviceTier, region } = context;
    const key = `${scope}\n${currency}\n${provider}\n${serviceTier}\n${region}\n${model}`;
    let entry = remembered.get(key);
    if (entry === undefined) {
      const tier = serviceTierOf(serviceTier);
      if (tier === undefined) return undefined;
      const names = modelNamesOf(provider, model);
      entry = {
        question: { currency, provider: providerNameOf(provider), names, tier, region },
        prices: prices.find(scope, names),
        markups: markups.find(scope, names),
        segments: [],
      };
      if (remembered.size >= REMEMBERED_MAX) remembered.clear();
      remembered.set(key, entry);
    }
    return { entry, at: segmentAt(entry, context) };
  };

  return {
    add(versions) {
      const fresh = <Version extends Price | Markup>(given: readonly Version[]): readonly Version[] =>
        given.filter(({ id }) => !known.has(id) && known.add(id));
      prices.add(fresh(versions.prices));
      markups.add(fresh(versions.markups));
      remembered.clear();
    },
    get size() {
      return known.size;
    },
    ratesFor(context, totalInput) {
      const found = look(context);
      return found === undefined ? NO_RATES : ratesOf(found.at, totalInput);
    },
    whyUnpriced(context, priceClass) {
      if (context.currency === '') return 'unknown_customer';
      const found = look(context);
      if (found === undefined) return 'unknown_service_tier';
      const { at, entry } = found;
      const reason = at.reasons.get(priceClass) ?? whyUnpriced(priceClass, entry.prices, { ...entry, moment: context });
      at.reasons.set(priceClass, reason);
      return reason;
    },
  };
}

/** What may apply to one context at any time, and what was found out about some times. */
interface Remembered {
  readonly question: RateQuestion;
  readonly prices: readonly Price[];
  readonly markups: readonly Markup[];
  readonly segments: Segment[];
}

/** A stretch of times, and of times of receipt, in which no version begins, ends or becomes known. */
interface Segment {
  readonly time: Stretch;
  readonly received: Stretch;
  readonly choice: Choice;
  /** By the number of steps that the input is past. */
  readonly rates: ReadonlyMap<PriceClass, Rate>[];
  readonly reasons: Map<PriceClass, UnpricedReason>;
}

/** Half-open. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

function segmentAt(entry: Remembered, { timeMs, receivedAtMs }: Moment): Segment {
  const { segments } = entry;
  for (const segment of segments) {
    if (holds(segment.time, timeMs) && holds(segment.received, receivedAtMs)) return segment;
  }
  const versions = [...entry.prices, ...entry.markups];
  const segment: Segment = {
    time: stretchAround(
      timeMs,
      versions.flatMap(({ effectiveFromMs, effectiveToMs }) => [effectiveFromMs, effectiveToMs ?? effectiveFromMs]),
    ),
    received: stretchAround(
      receivedAtMs,
      versions.map(({ knownFromMs }) => knownFromMs),
    ),
    choice: chooseAt(entry, entry.question, { timeMs, receivedAtMs }),
    rates: [],
    reasons: new Map(),
  };
  if (segments.length >= SEGMENTS_MAX) segments.length = 0;
  segments.push(segment);
  return segment;
}

function holds({ from, to }: Stretch, instant: number): boolean {
  return instant >= from && instant < to;
}

function stretchAround(instant: number, edges: readonly number[]): Stretch {
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  for (const edge of edges) {
    if (edge <= instant) from = Math.max(from, edge);
    else to = Math.min(to, edge);
  }
  return { from, to };
}

function ratesOf({ choice, rates }: Segment, totalInput: bigint): ReadonlyMap<PriceClass, Rate> {
  let passed = 0;
  for (const step of choice.steps) {
    if (totalInput < step) break;
    passed++;
  }
  const found = rates[passed] ?? ratesFor(choice, totalInput);
  rates[passed] = found;
  return found;
}
