// Money on the wire: decimal text, exact, made from picounits (a millionth of a millionth of the currency's unit).

const PICO_DIGITS = 12;

/** `60_000_000n` is `"0.00006"`; no exponent, no trailing zeros. */
export function decimalOfPico(pico: bigint): string {
  const sign = pico < 0n ? '-' : '';
  const digits = (pico < 0n ? -pico : pico).toString().padStart(PICO_DIGITS + 1, '0');
  const whole = digits.slice(0, -PICO_DIGITS);
  const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}
