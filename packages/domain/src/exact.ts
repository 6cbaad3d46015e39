// Exact decimals of any length. Everything between a count and the rounding of an invoice line is added and multiplied, never
// divided, so nothing is lost on the way and the line is rounded once.

import { formatDecimal, parseDecimal } from './decimal.ts';

/** `value` × 10^−`digits`. The same amount may be written with more digits than it needs. */
export interface Exact {
  readonly value: bigint;
  readonly digits: number;
}

export const ZERO: Exact = { value: 0n, digits: 0 };

const PARSED_DIGITS_MAX = 24;

export function exact(value: bigint, digits = 0): Exact {
  return { value, digits };
}

/** Undefined for what is no plain decimal of at most 24 digits before and after the point. */
export function parseExact(text: string): Exact | undefined {
  const value = parseDecimal(text, PARSED_DIGITS_MAX);
  return value === undefined ? undefined : trimmed({ value, digits: PARSED_DIGITS_MAX });
}

/** Without an exponent and without zeros at the end. */
export function exactText({ value, digits }: Exact): string {
  return formatDecimal(value, digits);
}

export function plus(a: Exact, b: Exact): Exact {
  const digits = Math.max(a.digits, b.digits);
  return { value: valueAt(a, digits) + valueAt(b, digits), digits };
}

export function minus(a: Exact, b: Exact): Exact {
  return plus(a, { value: -b.value, digits: b.digits });
}

export function times(a: Exact, b: Exact): Exact {
  return { value: a.value * b.value, digits: a.digits + b.digits };
}

export function sum(amounts: Iterable<Exact>): Exact {
  let total = ZERO;
  for (const amount of amounts) total = plus(total, amount);
  return total;
}

/** Negative, zero or positive, as `a` is less than, the same as or more than `b`. */
export function compare(a: Exact, b: Exact): number {
  const digits = Math.max(a.digits, b.digits);
  const difference = valueAt(a, digits) - valueAt(b, digits);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function lesser(a: Exact, b: Exact): Exact {
  return compare(a, b) <= 0 ? a : b;
}

export function greater(a: Exact, b: Exact): Exact {
  return compare(a, b) >= 0 ? a : b;
}

/** In units of 10^−`digits`. A half goes away from zero, so that what is credited is what was billed. */
export function roundHalfUp(amount: Exact, digits: number): bigint {
  if (amount.digits <= digits) return valueAt(amount, digits);
  return divideHalfUp(amount.value, 10n ** BigInt(amount.digits - digits));
}

/** `over` / `under`, rounded as above; `under` is positive. */
export function divideHalfUp(over: bigint, under: bigint): bigint {
  const size = over < 0n ? -over : over;
  const rounded = (2n * size + under) / (2n * under);
  return over < 0n ? -rounded : rounded;
}

/** The least whole number of `size` that holds `amount`; none for an amount that is not positive. */
export function timesNeeded(amount: Exact, size: Exact): bigint {
  const digits = Math.max(amount.digits, size.digits);
  const [over, under] = [valueAt(amount, digits), valueAt(size, digits)];
  return over <= 0n ? 0n : (over + under - 1n) / under;
}

function valueAt({ value, digits }: Exact, wanted: number): bigint {
  return value * 10n ** BigInt(wanted - digits);
}

function trimmed({ value, digits }: Exact): Exact {
  const text = formatDecimal(value, digits);
  const point = text.indexOf('.');
  const needed = point < 0 ? 0 : text.length - point - 1;
  return { value: value / 10n ** BigInt(digits - needed), digits: needed };
}
