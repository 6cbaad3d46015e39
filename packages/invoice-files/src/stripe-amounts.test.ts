import { minorDigitsOf } from '@tollgate/domain';
import { expect, it } from 'vitest';
import { minorUnitsOf, stripeUnitOf } from './stripe-amounts.ts';

it.each([
  ['USD', 1_234n, 1_234n],
  ['JPY', 500n, 500n],
  // Two digits by ISO 4217, none by Stripe.
  ['MGA', 1_250n, 13n],
  // Whole amounts with two zeros.
  ['ISK', 5n, 500n],
  ['UGX', 5n, 500n],
  // 5.124 dinars are 5.120, and 5.125 are 5.130.
  ['KWD', 5_124n, 5_120n],
  ['BHD', 5_125n, 5_130n],
  ['BHD', -5_125n, -5_130n],
])('%s: %s minor units are an amount of %s', (currency, minor, amount) => {
  expect(minorUnitsOf(minor, minorDigitsOf(currency), stripeUnitOf(currency))).toBe(amount);
});
