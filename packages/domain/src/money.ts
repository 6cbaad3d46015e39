// Amounts that are owed, in whole minor units of a currency, and the one rounding that makes them of exact amounts.

import { minorDigitsOf } from './currency.ts';
import { type Exact, exact, roundHalfUp } from './exact.ts';

const PICO_DIGITS = 12;

/** What events cost is kept in picounits: a millionth of a millionth of the currency's unit. */
export function fromPico(pico: bigint): Exact {
  return exact(pico, PICO_DIGITS);
}

export function fromMinor(minor: bigint, currency: string): Exact {
  return exact(minor, minorDigitsOf(currency));
}

/** Half-up: half a cent is a cent, and half a cent of a credit is a cent of it. */
export function toMinor(amount: Exact, currency: string): bigint {
  return roundHalfUp(amount, minorDigitsOf(currency));
}

/** With all digits of the minor unit: `"12.30"` in dollars, `"1230"` in yen. */
export function formatMinor(minor: bigint, currency: string): string {
  const digits = minorDigitsOf(currency);
  const sign = minor < 0n ? '-' : '';
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
