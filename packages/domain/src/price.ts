// What a price is: an immutable, dated version of what one token class (or counter, or meter) of one model costs; and a
// mark-up, which makes a customer's price from the list's. How one of them is chosen is in `price-choice.ts`.

import { TOKEN_CLASSES, type TokenClass } from './token-classes.ts';

export const SERVICE_TIERS = ['standard', 'batch', 'flex', 'priority'] as const;
export type ServiceTier = (typeof SERVICE_TIERS)[number];

/** What has a price beside tokens: the counters of a row, and meters. */
export type PriceClass = TokenClass | 'requests' | 'web_searches' | `meter:${string}`;

const METER_CLASS = /^meter:[a-z0-9][a-z0-9_.-]{0,63}$/;

export function isPriceClass(text: string): text is PriceClass {
  const names: readonly string[] = [...TOKEN_CLASSES, 'requests', 'web_searches'];
  return names.includes(text) || METER_CLASS.test(text);
}

/** Prices that hold for requests with a large input only. Decided by the request's total input, cached tokens included. */
export interface ContextBand {
  /** In tokens. */
  readonly threshold: bigint;
  /** True: from the threshold on. False: over it, strictly. */
  readonly isInclusive: boolean;
}

/** A version, with the instants between which it holds and the one from which it is known. */
interface Version {
  readonly id: string;
  /** Null: for all customers. A plan's will be a third kind. */
  readonly customerId: string | null;
  /** As in events, or `*` for any. */
  readonly provider: string;
  /** A model's name, `gpt-4o*` for all that begin so, or `*` for any. */
  readonly model: string;
  /** By the time of the event. */
  readonly effectiveFromMs: number;
  /** Exclusive; null: until another version follows. */
  readonly effectiveToMs: number | null;
  /** Records received before do not know the version, so that counting them again gives the cost they had. */
  readonly knownFromMs: number;
  readonly createdAtMs: number;
  /** The API key that made it; null: shipped with the system. */
  readonly createdBy: string | null;
  readonly note: string | null;
}

export interface Price extends Version {
  readonly class: PriceClass;
  readonly serviceTier: ServiceTier;
  /** Null: whatever the size of the input. */
  readonly context: ContextBand | null;
  /** Null: in any region. */
  readonly region: string | null;
  /** ISO 4217. */
  readonly currency: string;
  /**
   * Millionths of the currency's unit for a million tokens, or for one of a counter or meter. Null: from here on nothing is
   * asked under this key, and what applies to less applies.
   */
  readonly amountMicros: bigint | null;
  /** Where the figure comes from. */
  readonly source: string | null;
}

export interface Markup extends Version {
  /** The list prices that it is applied to, ISO 4217. */
  readonly currency: string;
  /** What it makes of them; the same currency unless there is a rate. */
  readonly toCurrency: string;
  /** Hundredths, in millionths: 20 % is 20_000_000n. Null: the mark-up ends here. */
  readonly percentMicros: bigint | null;
  /** Units of `toCurrency` for one of `currency`, in billionths. */
  readonly rateNanos: bigint;
}

const PERCENT_WHOLE_MICROS = 100_000_000n;
const RATE_WHOLE_NANOS = 1_000_000_000n;

/** Rounded half-up, once, to the millionth of the currency's unit. */
export function markedUp(amountMicros: bigint, { percentMicros, rateNanos }: Markup): bigint {
  const factor = (PERCENT_WHOLE_MICROS + (percentMicros ?? 0n)) * rateNanos;
  const whole = PERCENT_WHOLE_MICROS * RATE_WHOLE_NANOS;
  return (2n * amountMicros * factor + whole) / (2n * whole);
}

/** Undefined for a tier that has no name here: it is never taken for another. */
export function serviceTierOf(given: string): ServiceTier | undefined {
  if (given === '' || given === 'default' || given === 'auto') return 'standard';
  return SERVICE_TIERS.find((tier) => tier === given);
}

/** Counters and meters are priced by the piece, tokens by the million. */
export function isPricedByPiece(priceClass: PriceClass): boolean {
  return priceClass === 'requests' || priceClass === 'web_searches' || priceClass.startsWith('meter:');
}
