// Divides a whole among parts so that the parts add up to it: what is left after rounding down goes, unit by unit, to the
// parts that lost most by it (largest remainder), the earlier one first where two lost the same.

/**
 * Shares of `total` in proportion to the weights, none of which is negative. Where all are zero there is nothing to go by,
 * and the first part gets everything.
 */
export function apportion(total: bigint, weights: readonly bigint[]): readonly bigint[] {
  const size = total < 0n ? -total : total;
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) return weights.map((_, index) => (index === 0 ? total : 0n));
  const shares = weights.map((weight) => (size * weight) / whole);
  const left = Number(size - shares.reduce((sum, share) => sum + share, 0n));
  const favoured = weights
    .map((weight, index) => ({ index, remainder: (size * weight) % whole }))
    .toSorted((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of favoured.slice(0, left)) shares[index] = (shares[index] ?? 0n) + 1n;
  return total < 0n ? shares.map((share) => -share) : shares;
}
