// Decimal text to whole numbers of a small unit and back, exactly: no float ever holds money.

const DECIMAL = /^(-?)(\d{1,24})(?:\.(\d{1,24}))?$/;

/** `"2.5"` with 6 digits is `2_500_000n`. Undefined for what is no plain decimal, or has more digits that are not zero. */
export function parseDecimal(text: string, digits: number): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > digits) return undefined;
  const value = BigInt(whole + kept.padEnd(digits, '0'));
  return sign === '' ? value : -value;
}

/** `2_500_000n` with 6 digits is `"2.5"`: no exponent, no trailing zeros. */
export function formatDecimal(value: bigint, digits: number): string {
  const sign = value < 0n ? '-' : '';
  const text = (value < 0n ? -value : value).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits).replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}
