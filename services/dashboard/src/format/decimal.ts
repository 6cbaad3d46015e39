// Exact decimals as the api writes them: text, never a float. Sums and comparisons are of integers.

const PLACES = 12;
const UNIT = 10n ** BigInt(PLACES);
const SHAPE = /^(-?)(\d+)(?:\.(\d+))?$/;

/** In units of 10⁻¹². Fails for what is no decimal, or has more places than money has here. */
export function toUnits(decimal: string): bigint {
  const [, sign, whole = '', fraction = ''] = SHAPE.exec(decimal) ?? [];
  if (whole === '' || fraction.length > PLACES) throw new Error(`${decimal} is no amount`);
  const units = BigInt(whole) * UNIT + BigInt(fraction.padEnd(PLACES, '0'));
  return sign === '-' ? -units : units;
}

export function fromUnits(units: bigint): string {
  const size = units < 0n ? -units : units;
  const fraction = (size % UNIT).toString().padStart(PLACES, '0').replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${size / UNIT}${fraction === '' ? '' : `.${fraction}`}`;
}

export function sumOf(decimals: readonly string[]): string {
  return fromUnits(decimals.reduce((sum, decimal) => sum + toUnits(decimal), 0n));
}

/** For drawing alone, where a pixel is coarser than a float. */
export function toDrawn(decimal: string): number {
  return Number(decimal);
}
