// Why a class has no price: what a person has to add so that it gets one.

import type { Price, PriceClass } from './price.ts';
import {
  classesPricedBy,
  fitsProvider,
  type Moment,
  priceKeyOf,
  type RateQuestion,
  versionsInForce,
} from './price-choice.ts';
import { closenessOf } from './priced-model.ts';

export const UNPRICED_REASONS = [
  /** The customer, and so its currency, is not known. */
  'unknown_customer',
  /** The tier is none that prices are written for. */
  'unknown_service_tier',
  /** No price names the model at all. */
  'unknown_model',
  /** The class has a price in this tier, in currencies that nothing converts to the customer's. */
  'no_price_in_currency',
  /** The class has a price in another tier only. */
  'no_price_for_service_tier',
  /** The model has prices; none for this class, region and size. */
  'no_price',
] as const;
export type UnpricedReason = (typeof UNPRICED_REASONS)[number];

/** `prices` as for `chooseAt`, which found none for the class. */
export function whyUnpriced(
  priceClass: PriceClass,
  prices: readonly Price[],
  { question, moment }: { readonly question: RateQuestion; readonly moment: Moment },
): UnpricedReason {
  const ofModel = versionsInForce(prices, priceKeyOf, moment).filter(
    (price) =>
      price.amountMicros !== null &&
      fitsProvider(price, question) &&
      closenessOf(price.model.toLowerCase(), question.names) !== null,
  );
  if (ofModel.length === 0) return 'unknown_model';
  const ofClass = ofModel.filter((price) => classesPricedBy(price.class).includes(priceClass));
  if (ofClass.length === 0) return 'no_price';
  const ofTier = ofClass.filter(({ serviceTier }) => serviceTier === question.tier);
  if (ofTier.length === 0) return 'no_price_for_service_tier';
  return ofTier.some(({ currency }) => currency === question.currency) ? 'no_price' : 'no_price_in_currency';
}
