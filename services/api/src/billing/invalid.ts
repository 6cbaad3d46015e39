// What is wrong with the terms that a caller sent, beyond what a schema says.

import {
  type FieldError,
  formatMinor,
  minorDigitsOf,
  parseDecimal,
  parseTimestamp,
  TollgateError,
} from '@tollgate/domain';

/** More is a mistake, and would be more than a column holds. */
const MINOR_MAX = 10n ** 15n;

export function refuseInvalid(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  throw new TollgateError({
    code: 'validation_failed',
    detail: 'This cannot be taken as it is. See `errors`.',
    errors,
  });
}

export function invalid(pointer: string, detail: string): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: 'This cannot be taken as it is. See `errors`.',
    errors: [{ pointer, detail }],
  });
}

/** An amount of money that somebody sent, in minor units. */
export function readMinor(of: { readonly pointer: string; readonly text: string; readonly currency: string }): bigint {
  const { pointer, text, currency } = of;
  const digits = minorDigitsOf(currency);
  const minor = parseDecimal(text, digits);
  if (minor === undefined || minor < 0n) {
    throw invalid(
      pointer,
      `must be an amount of ${currency}: a decimal with ${digits} digits after the point at most.`,
    );
  }
  if (minor > MINOR_MAX) throw invalid(pointer, `must be ${formatMinor(MINOR_MAX, currency)} at most.`);
  return minor;
}

/** A time that the schema has checked already; null for none. */
export function readTime(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : (parseTimestamp(text) ?? null);
}
